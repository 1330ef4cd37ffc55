// Until when something holds: chosen as a span, or as a day, and told as a day.

import { ask } from './dialog';
import { Complaint } from './part';

const SPANS: [days: number, label: string][] = [
  [1, '1 day'],
  [7, '7 days'],
  [30, '30 days'],
  [90, '90 days'],
];
const DAY_MS = 86_400_000;

export const NEVER = 'never';
const DAY = 'day';

export function dayOf(time: string): string {
  const year = new Date(time).getFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const);
  return new Date(time).toLocaleDateString('en', { day: 'numeric', month: 'short', ...year });
}

// spans are the choices; most: the days that the policy allows, 0 for any.
export function spans(most = 0): (readonly [string, string])[] {
  const short = SPANS.filter(([days]) => most === 0 || days <= most).map(([days, label]) => [String(days), label] as const);
  return [most === 0 ? ([NEVER, 'No expiry'] as const) : ([String(most), `${most} days`] as const), ...short.filter(([days]) => days !== String(most))];
}

// choices are those for something that holds already, until then or for ever.
export function choices(until: string | undefined, most = 0): (readonly [string, string])[] {
  const now = until ? ([until, `until ${dayOf(until)}`] as const) : ([NEVER, 'No expiry'] as const);
  return [now, ...spans(most).filter(([value]) => value !== now[0]), [DAY, 'Until a day…']];
}

// until turns what was chosen into a time; undefined: never.
export function until(chosen: string, now = Date.now()): string | undefined {
  if (chosen === NEVER || chosen === '') return undefined;
  return /^\d+$/.test(chosen) ? new Date(now + Number(chosen) * DAY_MS).toISOString() : new Date(chosen).toISOString();
}

// withUntil calls set with what was chosen, after asking for the day if it is one.
export function withUntil(chosen: string, set: (until: string | undefined) => void): void {
  if (chosen !== DAY) return set(until(chosen));
  ask({
    title: 'Until which day?',
    text: 'It ends at the end of that day.',
    label: 'Day',
    type: 'date',
    action: 'Set',
    answer: (day) => {
      const end = new Date(`${day}T23:59:59`);
      if (Number.isNaN(end.getTime())) throw new Complaint('Choose a day.');
      if (end.getTime() <= Date.now()) throw new Complaint('That day is over.');
      set(end.toISOString());
    },
  });
}
