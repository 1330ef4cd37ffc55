import type { Locks, Shelf, Stored } from '../src/sdk';

// MemoryShelf and MemoryLocks are one device: what tabs of one browser share.
export class MemoryShelf implements Shelf {
  readonly records = new Map<string, string>();

  async list(doc: string, user: string): Promise<Stored[]> {
    return [...this.records.values()].map((text) => JSON.parse(text) as Stored).filter((r) => r.doc === doc && r.user === user);
  }

  async put(record: Stored): Promise<void> {
    this.records.set(record.client, JSON.stringify(record));
  }

  async delete({ client }: { client: string }): Promise<void> {
    this.records.delete(client);
  }
}

export class MemoryLocks implements Locks {
  readonly held = new Set<string>();

  async hold(name: string): Promise<(() => void) | null> {
    if (this.held.has(name)) return null;
    this.held.add(name);
    return () => this.held.delete(name);
  }

  // crash lets go of everything, as the browser does for a tab that is gone.
  crash(): void {
    this.held.clear();
  }
}
