// Carrying unsent edits of earlier over what was committed meanwhile.

import type { Ops } from './bodies';
import { fromWire } from './delta';
import { Refusal } from './http';
import { rebase, type Unsent } from './replica';
import type { Revision, Welcome } from './wire';

// readMissed reads what was committed after a revision up to the snapshot of a welcome. It throws a Refusal when the log
// does not reach so far back.
export async function readMissed(ops: (after: number) => Promise<Ops>, from: { epoch: number; rev: number }, welcome: Welcome): Promise<Revision[]> {
  if (from.epoch !== welcome.document.epoch) throw new Refusal(410, 'resync', 'The document was replaced meanwhile.');
  let after = from.rev;
  const missed: Revision[] = [];
  while (after < welcome.rev) {
    const { epoch, items } = await ops(after);
    if (epoch !== welcome.document.epoch || items[0]?.rev !== after + 1) {
      throw new Refusal(410, 'gone', 'The document changed too much meanwhile.');
    }
    missed.push(...items.filter((item) => item.rev <= welcome.rev));
    after = items.at(-1)!.rev;
  }
  return missed;
}

// carry rebases unsent edits over revisions. Our own pending edit may be among them: then it was committed.
export function carry(unsent: Unsent, revisions: Revision[], isOwn: (item: Revision, now: Unsent) => boolean): Unsent {
  let { pending, buffer } = unsent;
  for (const item of revisions) {
    if (isOwn(item, { pending, buffer })) pending = null;
    else ({ pending, buffer } = rebase({ pending, buffer }, fromWire(item.delta!)));
  }
  return { pending, buffer };
}
