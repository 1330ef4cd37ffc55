// Binding ties a Quill editor to a Session: what is typed becomes edits in the form that the server takes, what others
// write appears. While an input method composes, news wait.

import Quill from 'quill/core.js';
import type { Delta } from '../sdk/delta';
import type { Session } from '../sdk';
import { autofill } from './autofill';
import { Carets } from './carets';
import { joinLines } from './deletion';
import { registerFormats } from './formats';
import type { OwnHistory } from './history';
import { repair } from './repair';
import { FORMATS, showable } from './schema';
import { addShortcuts, type ShortcutActions } from './shortcuts';

registerFormats();

export interface BindingOptions extends ShortcutActions {
  label: string;
  placeholder: string; // in an empty document that one may write
  // said gives one sentence to show, as for a picture that cannot be pasted.
  said(sentence: string): void;
  // broken: the document holds something that this editor cannot show in its place.
  broken(): void;
}

export class Binding {
  readonly quill: Quill;
  readonly carets: Carets;
  readonly #session: Session;
  readonly #options: BindingOptions;
  readonly #ends: (() => void)[] = [];
  #length = 1; // of what the screen must show
  #applying = false;
  #mayEdit = false;
  #loaded = false;
  #broken = false; // what is on the screen is not the document

  constructor(place: HTMLElement, session: Session, options: BindingOptions) {
    this.#session = session;
    this.#options = options;
    this.quill = new Quill(place, {
      formats: FORMATS,
      readOnly: true,
      placeholder: options.placeholder,
      modules: {
        toolbar: false,
        clipboard: { leftOut: () => options.said('A picture was left out: it has no https address. Use “Picture” in the toolbar.') },
        keyboard: { bindings: autofill },
        history: { userOnly: true, maxStack: 500 },
        uploader: {
          mimetypes: [],
          handler: () => options.said('Pictures are shown from an https address: use “Picture” in the toolbar.'),
        },
        cursors: { transformOnTextChange: false, selectionChangeSource: null, hideDelayMs: 0 },
      },
    });
    this.carets = new Carets(this.quill);
    this.#describe(options.label);
    this.#ends.push(
      addShortcuts(this.quill, options),
      followLinks(this.quill),
      joinLines(this.quill),
      // What was typed this instant is still in the DOM only: it comes before the news, or it would be lost among them.
      session.on('news', () => void this.quill.update('user')),
      session.on('load', (content) => this.#load(content)),
      session.on('change', (change) => this.#apply(change)),
      session.on('peers', (peers) => this.carets.show(peers)),
      session.on('access', ({ mayEdit }) => this.allow(mayEdit)),
      session.on('ended', () => this.allow(false)),
    );
    this.quill.on('text-change', (change, before) => this.#written(change as Delta, before as Delta));
    this.quill.on('selection-change', () => this.#showCaret());
    this.quill.on('composition-start', () => session.hold(true));
    this.quill.on('composition-end', () => queueMicrotask(() => session.hold(false)));
  }

  // allow switches between writing and reading, in place.
  allow(mayEdit: boolean): void {
    this.#mayEdit = mayEdit;
    if (!this.#loaded) return;
    if (this.#broken) mayEdit = false;
    this.quill.enable(mayEdit);
    this.quill.root.setAttribute('aria-readonly', String(!mayEdit));
    if (!mayEdit) this.quill.root.tabIndex = 0; // still to be reached and scrolled by keyboard
  }

  // jumpTo scrolls to another's caret and shows the name at it.
  jumpTo(seat: string): void {
    const bounds = this.carets.bounds(seat);
    if (!bounds) return;
    const { top } = this.quill.container.getBoundingClientRect();
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    window.scrollTo({ top: window.scrollY + top + bounds.top - window.innerHeight / 3, behavior: calm ? 'auto' : 'smooth' });
    this.carets.point(seat);
  }

  destroy(): void {
    for (const end of this.#ends) end();
    this.carets.destroy();
  }

  #describe(label: string): void {
    const { root } = this.quill;
    root.setAttribute('role', 'textbox');
    root.setAttribute('aria-multiline', 'true');
    root.setAttribute('aria-label', label);
    root.setAttribute('aria-describedby', 'editor-hint');
  }

  #load(content: Delta): void {
    const range = this.quill.hasFocus() ? this.quill.getSelection() : null;
    this.#broken = false;
    const whole = this.#show(() => this.quill.setContents(showable(content), 'api'));
    this.#length = content.length();
    this.quill.history.clear();
    this.#loaded = true;
    this.allow(this.#mayEdit);
    this.#verify(whole);
    if (range) this.quill.setSelection(Math.min(range.index, this.#length - 1), 0, 'silent');
  }

  #apply(change: Delta): void {
    const whole = this.#show(() => this.quill.updateContents(showable(change), 'api'));
    this.#length += change.changeLength();
    this.#verify(whole);
  }

  // show returns false if the editor gave up in the middle of the step.
  #show(step: () => void): boolean {
    this.#applying = true;
    try {
      step();
      return true;
    } catch (error) {
      console.error(error);
      return false;
    } finally {
      this.#applying = false;
    }
  }

  // verify: positions here and in the document are the same. Else everything typed from now on would land elsewhere.
  #verify(whole: boolean): void {
    if (whole && this.quill.getLength() === this.#length) return;
    const shown = this.#session.shown;
    const drawn = !shown || this.#show(() => this.quill.setContents(showable(shown), 'api'));
    this.#length = shown?.length() ?? 1;
    if (drawn && this.quill.getLength() === this.#length) return;
    this.#broken = true;
    this.allow(this.#mayEdit);
    this.#options.broken();
  }

  #written(change: Delta, before: Delta): void {
    if (this.#applying) return;
    const { delta, fix } = repair(change, before);
    if (fix) this.#show(() => this.quill.updateContents(fix, 'api'));
    this.#length += delta.changeLength();
    this.#session.edit(delta, (this.quill.history as OwnHistory).kind);
    this.#showCaret();
  }

  // A caret that lost the focus stays where it is for others: its owner is reading something else for a moment.
  #showCaret(): void {
    queueMicrotask(() => {
      const range = this.quill.hasFocus() ? this.quill.getSelection() : null;
      if (range) this.#session.showCaret({ index: range.index, length: range.length });
    });
  }
}

// followLinks: in text that is being written, a press on a link sets the caret; with Mod held it follows the link.
function followLinks(quill: Quill): () => void {
  const follow = (event: MouseEvent) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]');
    if (!link || !quill.isEnabled() || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    window.open(link.href, '_blank', 'noopener,noreferrer');
  };
  quill.root.addEventListener('click', follow);
  return () => quill.root.removeEventListener('click', follow);
}
