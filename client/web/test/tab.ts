import { Delta, Session, type Dial, type Locks, type Offer, type Shelf } from '../src/sdk';
import type { Authority } from './authority';
import { MemoryLocks, MemoryShelf } from './shelf';

export interface Device {
  shelf: Shelf;
  locks: Locks;
}

// Tab is a session with the screen that an editor would show.
export class Tab {
  screen = new Delta();
  drawn = 0; // how often the screen was changed by news
  readonly offers: Offer[] = [];
  readonly ended: string[] = [];
  readonly session: Session;

  constructor(authority: Authority, user = 'ana', device: Device = { shelf: new MemoryShelf(), locks: new MemoryLocks() }, dial: Dial = authority.dial(user)) {
    this.session = new Session({ doc: 'doc', user, dial, ops: authority.ops, ...device });
    this.session.on('load', (content) => this.#draw(content));
    this.session.on('change', (change) => this.#draw(this.screen.compose(change)));
    this.session.on('offer', (offer) => this.offers.push(offer));
    this.session.on('ended', (why) => this.ended.push(why));
    void this.session.start();
  }

  #draw(screen: Delta): void {
    this.screen = screen;
    this.drawn++;
  }

  edit(delta: Delta): void {
    this.screen = this.screen.compose(delta);
    this.session.edit(delta);
  }

  type(text: string, at = this.screen.length() - 1): void {
    this.edit(new Delta().retain(at).insert(text));
  }

  get text(): string {
    return this.screen.ops.map((op) => op.insert).join('');
  }
}
