// Offer is text that could not be written, for its author to copy.

import { insertedText } from './delta';
import type { Unsent } from './replica';

export interface Offer {
  code: string;
  message: string;
  text: string;
}

// offerOf makes an offer of unsent edits.
export function offerOf(code: string, message: string, { pending, buffer }: Unsent): Offer {
  const delta = pending && buffer ? pending.delta.compose(buffer.delta) : (pending ?? buffer)?.delta;
  return { code, message, text: delta ? insertedText(delta) : '' };
}
