// OwnHistory is Quill's undo of one's own edits, saying of the change it makes whether it is an undo or a redo.

import History from 'quill/modules/history.js';
import type { Kind } from '../sdk/wire';

export class OwnHistory extends History {
  kind: Kind = 'edit';

  override change(source: 'undo' | 'redo', dest: 'redo' | 'undo'): void {
    this.kind = source;
    super.change(source, dest);
    this.kind = 'edit';
  }
}
