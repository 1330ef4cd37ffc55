// Who is connected to a document, and by what; and disconnecting them.

import { html, nothing } from 'lit';
import type { SeatItem } from '../sdk';
import { openDialog } from './dialog';
import { ago, http, sentence } from './part';
import { labelOf } from './roles';

export function openConnections(doc: string, mayEnd: boolean): void {
  let seats: SeatItem[] | null = null;
  let said = '';
  let error = '';
  const load = async () => {
    try {
      seats = (await http.sharing.seats(doc)).items;
    } catch (caught) {
      error = sentence(caught);
    }
    dialog.update();
  };
  const end = async ({ seat, name }: SeatItem) => {
    try {
      await http.sharing.disconnect(doc, seat);
      said = `${name} is disconnected. They can come back: to keep them out, take their access away.`;
    } catch (caught) {
      error = sentence(caught);
    }
    await load();
  };
  const dialog = openDialog(
    'Connections',
    () => html`<p class="said" role="status">${said}</p>
      <p class="error" role="alert" ?hidden=${!error}>${error}</p>
      <ul class="grants">
        ${(seats ?? []).map(
          (seat) => html`<li>
            <span class="grow"><strong>${seat.name}</strong> ${labelOf(seat.role)}<br />
              <small>${seat.guest ? 'a guest' : seat.by === 'token' ? 'a program, by a token' : 'in a browser'}, since ${ago(seat.since)}</small></span>
            ${mayEnd ? html`<button class="button" aria-label="Disconnect ${seat.name}" @click=${() => void end(seat)}>Disconnect</button>` : nothing}
          </li>`,
        )}
      </ul>
      ${seats?.length === 0 ? html`<p class="aside">Nobody has it open.</p>` : nothing}`,
  );
  void load();
}
