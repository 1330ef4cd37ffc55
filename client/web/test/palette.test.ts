import { expect, test } from 'vitest';
import css from '../src/pages/palette.css?raw';

// themes are the light palette and the dark one, as the style sheet has them.
const themes = css.split(":root[data-theme='dark']").map((part) => {
  const colors = [...part.matchAll(/--person-(ink|\d+): (#[0-9a-f]{6});/g)].map(([, name, color]) => [name!, color!] as const);
  return new Map(colors);
});

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test.each([['light', 0, '#ffffff'], ['dark', 1, '#1c1f25']] as const)('names can be read on all 12 colours, and the colours seen on the %s paper', (_theme, at, paper) => {
  const colors = themes[at]!;
  const ink = colors.get('ink')!;
  expect(colors.size).toBe(13);
  for (let i = 0; i < 12; i++) {
    const color = colors.get(String(i))!;
    expect(contrast(color, ink), `${color} under ${ink}`).toBeGreaterThanOrEqual(4.5);
    expect(contrast(color, paper), `${color} on ${paper}`).toBeGreaterThanOrEqual(3);
  }
});
