// What every part of the pages shares.

import { LitElement } from 'lit';
import { Http, Refusal, type User } from '../sdk';

export const http = new Http();

// Part renders into the page itself: one style sheet for all, labels and headings that belong together across parts, and
// an editor that selections work in.
export class Part extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}

// Shell is what the parts ask of the page around them.
export interface Shell {
  user: User | null;
  go(path: string, replace?: boolean): void;
  signedIn(user: User): void;
  entered(user: User, doc: string): void;
}

// Complaint is what is wrong with an answer, in words for who gave it.
export class Complaint extends Error {}

// Elsewhere, so that nothing written here is lost. The server's own words for it are for programs.
const SIGNED_OUT = 'You are not signed in any more. Sign in again, in another tab if something is written here, and repeat it.';

// sentence is an error in words for people.
export function sentence(error: unknown): string {
  if (error instanceof Refusal && error.code === 'not_signed_in') return SIGNED_OUT;
  if (error instanceof Refusal || error instanceof Complaint) return whole(error.message);
  console.error(error);
  return 'Something went wrong in this page. Reload it and try again.';
}

// whole makes a sentence of what the server says of a field, as "must be one line".
function whole(message: string): string {
  return /^\p{Ll}/u.test(message) ? `It ${message.replace(/\.?$/, '.')}` : message;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')][0] ?? '?';
  const last = words.length > 1 ? [...words.at(-1)!][0]! : '';
  return (first + last).toLocaleUpperCase();
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export function ago(time: string): string {
  const seconds = (Date.now() - Date.parse(time)) / 1000;
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  for (const [unit, size] of UNITS) if (seconds >= size) return format.format(-Math.floor(seconds / size), unit);
  return 'just now';
}

export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
