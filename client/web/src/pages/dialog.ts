// Dialogs, on the browser's own <dialog>: it keeps the focus inside, closes on Escape and gives the focus back.

import { html, nothing, render, type TemplateResult } from 'lit';
import { sentence } from './part';

// openDialog shows content, which is rendered again by update, until close is called or Escape pressed.
export function openDialog(title: string, content: () => TemplateResult, closed: () => void = () => {}): { update(): void; close(): void } {
  const dialog = document.createElement('dialog');
  const id = `dialog-${Math.random().toString(36).slice(2)}`;
  dialog.setAttribute('aria-labelledby', id);
  const before = document.activeElement as HTMLElement | null;
  const close = () => dialog.close();
  const update = () =>
    render(
      html`<div class="dialog">
        <header>
          <h2 id=${id}>${title}</h2>
          <button type="button" class="tool" aria-label="Close" @click=${close}>✕</button>
        </header>
        ${content()}
      </div>`,
      dialog,
    );
  dialog.addEventListener('close', () => {
    dialog.remove();
    before?.focus();
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

export interface Question {
  title: string;
  text?: string;
  label?: string; // of the field, if there is one
  value?: string;
  type?: string;
  placeholder?: string;
  action: string;
  danger?: boolean;
  // answer does what was asked; what it throws is shown, and the dialog stays.
  answer(value: string): void | Promise<void>;
}

export function ask(question: Question): void {
  let error = '';
  let busy = false;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      await question.answer(String(new FormData(event.target as HTMLFormElement).get('value') ?? ''));
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
            <input name="value" type=${question.type ?? 'text'} .defaultValue=${question.value ?? ''} placeholder=${question.placeholder ?? ''} autofocus autocomplete="off" />
          </label>`
        : nothing}
      ${error ? html`<p class="error" role="alert">${error}</p>` : nothing}
      <footer>
        <button type="button" class="button" @click=${() => dialog.close()}>Cancel</button>
        <button type="submit" class="button ${question.danger ? 'danger' : 'primary'}" ?autofocus=${!question.label}>${question.action}</button>
      </footer>
    </form>`,
  );
}
