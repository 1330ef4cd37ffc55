// Who is here: a person once, however many tabs they have open.

import { html, type TemplateResult } from 'lit';
import type { Peer } from '../sdk';
import { initials, Part } from './part';

const MOST = 5; // before the rest is a number

export interface Person {
  user: string;
  name: string;
  color: number;
  seats: Peer[];
}

export function personsOf(peers: Peer[]): Person[] {
  const persons = new Map<string, Person>();
  for (const peer of peers) {
    const { user, name, color } = peer;
    const person = persons.get(user) ?? { user, name, color, seats: [] };
    person.seats.push(peer);
    persons.set(user, person);
  }
  return [...persons.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export class People extends Part {
  declare persons: Person[];
  declare jump: (seat: string) => void;

  static override properties = { persons: { attribute: false }, jump: { attribute: false } };

  protected override render(): TemplateResult {
    const shown = this.persons.slice(0, MOST);
    const rest = this.persons.length - shown.length;
    return html`<ul class="people" aria-label="Who is here">
      ${shown.map((person) => {
        const at = person.seats.find((seat) => seat.caret)?.seat;
        return html`<li>
          <button
            class="avatar person-${person.color % 12}"
            aria-label=${at ? `Go to ${person.name}` : `${person.name} is here`}
            title=${person.name}
            ?disabled=${!at}
            data-initials=${initials(person.name)}
            @click=${() => at && this.jump(at)}
          ></button>
        </li>`;
      })}
      ${rest > 0 ? html`<li class="avatar more" title=${this.persons.slice(MOST).map(({ name }) => name).join(', ')}>+${rest}</li>` : ''}
    </ul>`;
  }
}

customElements.define('cs-people', People);
