import { expect, test } from 'vitest';

declare global {
  interface ImportMeta {
    glob(pattern: string[], options: { query: '?raw'; import: 'default'; eager: true }): Record<string, string>;
  }
}

const sources = import.meta.glob(['../src/**/*.ts', '!../src/**/*.d.ts'], { query: '?raw', import: 'default', eager: true });
const names = Object.keys(sources);
const imports = new Map(names.map((name) => [name, importsOf(name)]));
const floors = ['sdk', 'editor', 'pages']; // from below

// importsOf takes those of types as well: they make a reader go in circles just the same.
function importsOf(name: string): string[] {
  return [...sources[name]!.matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']*)'|^import '(\.[^']*)'/gm)]
    .map(([, from, bare]) => (from ?? bare)!)
    .filter((path) => !path.endsWith('.css'))
    .map((path) => '..' + new URL(path, `file:///test/${name}`.replace('/test/../', '/')).pathname)
    .map((path) => names.find((source) => source === `${path}.ts` || source === `${path}/index.ts`) ?? path);
}

test('imports go down only', () => {
  const floor = (name: string) => floors.indexOf(name.split('/')[2]!);
  const up = [...imports].flatMap(([name, needs]) => needs.filter((need) => floor(need) > floor(name)).map((need) => `${name} → ${need}`));
  expect(up).toEqual([]);
});

test('imports make no circle', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (name: string, above: string[]) => {
    if (above.includes(name)) return void circles.push([...above.slice(above.indexOf(name)), name].join(' → '));
    if (done.has(name)) return;
    for (const need of imports.get(name) ?? []) walk(need, [...above, name]);
    done.add(name);
  };
  for (const name of names) walk(name, []);
  expect(circles).toEqual([]);
});

test('every import is of a file', () => {
  expect([...imports].flatMap(([name, needs]) => needs.filter((need) => !imports.has(need)).map((need) => `${name} → ${need}`))).toEqual([]);
  expect(imports.get('../src/sdk/session.ts')).toContain('../src/sdk/wire.ts');
});
