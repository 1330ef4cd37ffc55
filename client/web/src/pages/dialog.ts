// Dialogs, on the browser's own <dialog>: it keeps the focus inside, closes on Escape and gives the focus back.

import { html, nothing, render, type TemplateResult } from 'lit';
import { sentence } from './part';

export interface Opened {
  update(): void;
  close(): void;
}

// openDialog shows content, which is rendered again by update, until close is called or Escape pressed.
export function openDialog(title: string, content: () => TemplateResult, { wide = false, closed = () => {} } = {}): Opened {
  const dialog = document.createElement('dialog');
  if (wide) dialog.className = 'wide';
  const id = `dialog-${Math.random().toString(36).slice(2)}`;
  dialog.setAttribute('aria-labelledby', id);
  const before = document.activeElement as HTMLElement | null;
  const close = () => dialog.close();
  const update = () => {
    const inside = dialog.contains(document.activeElement);
    render(
      html`<div class="dialog">
        <header>
          <h2 id=${id} tabindex="-1">${title}</h2>
          <button type="button" class="tool" aria-label="Close" @click=${close}>✕</button>
        </header>
        ${content()}
      </div>`,
      dialog,
    );
    // What had the focus may be gone, as the row of who was removed.
    if (inside && !dialog.contains(document.activeElement)) dialog.querySelector('h2')?.focus({ preventScroll: true });
  };
  dialog.addEventListener('close', () => {
    dialog.remove();
    giveBack(before);
    closed();
  });
  // A press beside the dialog closes it, unless it began inside, as when text is being selected.
  dialog.addEventListener('mousedown', (event) => event.target === dialog && close());
  document.body.append(dialog);
  update();
  dialog.showModal();
  dialog.querySelector<HTMLElement>('[autofocus], input, select, textarea')?.focus();
  return { update, close };
}

// giveBack: what had the focus may be gone by what was done in the dialog: then the dialog below has it. An item of a menu is
// hidden in the menu, which has closed: then the menu has it.
function giveBack(before: HTMLElement | null): void {
  const menu = before?.closest<HTMLDetailsElement>('details:not([open])');
  if (!before?.isConnected) [...document.querySelectorAll('dialog[open]')].at(-1)?.querySelector('h2')?.focus();
  else (menu?.querySelector('summary') ?? before).focus();
}

export interface Question {
  title: string;
  text?: string;
  label?: string; // of the field, if there is one
  value?: string;
  type?: string;
  placeholder?: string;
  most?: number; // characters
  more?: TemplateResult; // further fields
  action: string;
  danger?: boolean;
  // answer does what was asked; what it throws is shown, and the dialog stays.
  answer(value: string, fields: FormData): void | Promise<void>;
  closed?: () => void; // whether answered or not
}

export function ask(question: Question): void {
  let error = '';
  let busy = false;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      const fields = new FormData(event.target as HTMLFormElement);
      await question.answer(String(fields.get('value') ?? ''), fields);
      dialog.close();
    } catch (caught) {
      error = sentence(caught);
    }
    busy = false;
    dialog.update();
  };
  const dialog = openDialog(
    question.title,
    () => html`<form class="form" @submit=${submit}>
      ${question.text ? html`<p>${question.text}</p>` : nothing}
      ${question.label
        ? html`<label>${question.label}
            <input name="value" type=${question.type ?? 'text'} .defaultValue=${question.value ?? ''} placeholder=${question.placeholder ?? ''} maxlength=${question.most ?? nothing} autofocus autocomplete="off" />
          </label>`
        : nothing}
      ${question.more ?? nothing}
      ${error ? html`<p class="error" role="alert">${error}</p>` : nothing}
      <footer>
        <button type="button" class="button" @click=${() => dialog.close()}>Cancel</button>
        <button type="submit" class="button ${question.danger ? 'danger' : 'primary'}" ?autofocus=${!question.label}>${question.action}</button>
      </footer>
    </form>`,
    { ...(question.closed && { closed: question.closed }) },
  );
}
