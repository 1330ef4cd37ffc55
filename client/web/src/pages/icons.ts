// Icons: strokes on a field of 24.

import { svg, type SVGTemplateResult } from 'lit';

const PATHS = {
  add: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  bold: 'M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z',
  bullet: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  checklist: 'M11 6h9M11 12h9M11 18h9M3.5 6l1.5 1.5L8 4.5M3.5 12l1.5 1.5L8 10.5M3.5 18l1.5 1.5L8 16.5',
  clear: 'M6 5h12M12 5l-2 14M4 20L20 8',
  close: 'M6 6l12 12M18 6L6 18',
  cloud: 'M7 18a4.5 4.5 0 0 1-.4-9A6 6 0 0 1 18 10.5 3.8 3.8 0 0 1 17.5 18zM9.5 13.5l2 2 3.5-3.5',
  code: 'M9 8l-4 4 4 4M15 8l4 4-4 4',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  divider: 'M4 12h16',
  document: 'M7 3h7l4 4v14H7zM14 3v5h4M10 13h5M10 17h5',
  group: 'M8.5 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM15.5 11a3 3 0 1 0 0-6M2.5 19c0-3.2 2.7-5 6-5s6 1.8 6 5M16.5 14.2c2.9.2 5 1.9 5 4.8',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01',
  italic: 'M11 5h6M7 19h6M14 5l-4 14',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  mail: 'M3.5 6h17v12h-17zM4 6.5l8 6.5 8-6.5',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5z',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  numbered: 'M10 6h10M10 12h10M10 18h10M4 5l1.5-.8V8M4 15.2c0-1.6 2.6-1.4 2.6.2 0 1.4-2.6 1.8-2.6 3.4h2.7',
  offline: 'M7 18a4.5 4.5 0 0 1-.4-9A6 6 0 0 1 18 10.5 3.8 3.8 0 0 1 17.5 18zM4 4l16 16',
  quote: 'M6 7v10M10 8h9M10 12h9M10 16h6',
  redo: 'M15 6l4 4-4 4M19 10H9a5 5 0 0 0 0 10h3',
  rename: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  share: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.3 2.7-6 6-6s6 2.7 6 6M18 8v6M15 11h6',
  strike: 'M5 12h14M16 7.5C15.5 5.8 14 5 12 5c-2.4 0-4 1.2-4 3 0 .9.4 1.6 1.2 2M8 16.5c.5 1.7 2 2.5 4 2.5 2.4 0 4-1.2 4-3 0-.4-.1-.7-.2-1',
  sun: 'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  underline: 'M7 5v6a5 5 0 0 0 10 0V5M6 20h12',
  undo: 'M9 6l-4 4 4 4M5 10h10a5 5 0 0 1 0 10h-3',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c0-3.9 3.4-6.5 7.5-6.5s7.5 2.6 7.5 6.5',
  world: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
};

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): SVGTemplateResult {
  return svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]}></path></svg>`;
}
