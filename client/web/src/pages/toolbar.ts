// The toolbar: one stop for Tab, arrow keys within.

import { html, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import type Quill from 'quill/core.js';
import { isMac, toggle } from '../editor/shortcuts';
import { icon, type Icon } from './icons';
import { Part } from './part';

interface Tool {
  icon: Icon;
  label: string;
  keys?: string;
  on?: (formats: Record<string, unknown>) => boolean;
  act(quill: Quill): void;
}

const mod = isMac ? '⌘' : 'Ctrl+';
const set = (name: string, value: unknown = true) => ({
  on: (formats: Record<string, unknown>) => formats[name] === value,
  act: (quill: Quill) => toggle(quill, name, value),
});

const GROUPS: Tool[][] = [
  [
    { icon: 'undo', label: 'Undo', keys: `${mod}Z`, act: (quill) => quill.history.undo() },
    { icon: 'redo', label: 'Redo', keys: `${mod}Shift+Z`, act: (quill) => quill.history.redo() },
  ],
  [
    { icon: 'bold', label: 'Bold', keys: `${mod}B`, ...set('bold') },
    { icon: 'italic', label: 'Italic', keys: `${mod}I`, ...set('italic') },
    { icon: 'underline', label: 'Underline', keys: `${mod}U`, ...set('underline') },
    { icon: 'strike', label: 'Strikethrough', ...set('strike') },
    { icon: 'code', label: 'Code', ...set('code') },
  ],
  [
    { icon: 'bullet', label: 'Bullet list', keys: `${mod}Shift+8`, ...set('list', 'bullet') },
    { icon: 'numbered', label: 'Numbered list', keys: `${mod}Shift+7`, ...set('list', 'ordered') },
    {
      icon: 'checklist',
      label: 'Checklist',
      keys: `${mod}Shift+9`,
      on: ({ list }) => list === 'checked' || list === 'unchecked',
      act: (quill) => toggle(quill, 'list', 'unchecked'),
    },
    { icon: 'quote', label: 'Quote', ...set('blockquote') },
  ],
];

const STYLES = [
  ['', 'Text'],
  ['1', 'Heading 1'],
  ['2', 'Heading 2'],
  ['3', 'Heading 3'],
  ['4', 'Heading 4'],
  ['5', 'Heading 5'],
  ['6', 'Heading 6'],
  ['code', 'Code block'],
] as const;

export class Toolbar extends Part {
  declare quill: Quill | null;
  declare askLink: () => void;
  declare askImage: () => void;
  #formats: Record<string, unknown> = {};

  static override properties = { quill: { attribute: false }, askLink: { attribute: false }, askImage: { attribute: false } };

  // look reads what is set at the caret.
  look(): void {
    const range = this.quill?.hasFocus() && this.quill.getSelection();
    if (!range) return;
    this.#formats = this.quill!.getFormat(range);
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { header, 'code-block': code } = this.#formats;
    const style = code ? 'code' : String(header ?? '');
    return html`<div class="toolbar" role="toolbar" aria-label="Format" @keydown=${this.#move} @mousedown=${this.#keepFocus}>
      <select aria-label="Style of the line" @change=${this.#style} .value=${style}>
        ${STYLES.map(([value, label]) => html`<option value=${value} ?selected=${value === style}>${label}</option>`)}
      </select>
      ${GROUPS.map((group) => html`<span class="group">${group.map((tool) => this.#button(tool))}</span>`)}
      <span class="group">
        ${this.#button({ icon: 'link', label: 'Link', keys: `${mod}K`, on: ({ link }) => !!link, act: () => this.askLink() })}
        ${this.#button({ icon: 'image', label: 'Picture', act: () => this.askImage() })}
        ${this.#button({ icon: 'divider', label: 'Divider', act: divide })}
        ${this.#button({ icon: 'clear', label: 'Clear formatting', act: clear })}
      </span>
    </div>`;
  }

  #button({ icon: name, label, keys, on, act }: Tool): TemplateResult {
    const pressed = on ? String(on(this.#formats)) : undefined;
    return html`<button
      type="button"
      class="tool"
      aria-label=${label}
      title=${keys ? `${label} (${keys})` : label}
      aria-pressed=${ifDefined(pressed)}
      @click=${() => {
        if (!this.quill) return;
        this.quill.focus({ preventScroll: true });
        act(this.quill);
        this.look();
      }}
    >
      ${icon(name)}
    </button>`;
  }

  protected override updated(): void {
    const stops = this.#stops();
    if (stops.filter((stop) => stop.tabIndex === 0).length !== 1) stops.forEach((stop, i) => (stop.tabIndex = i ? -1 : 0));
  }

  #stops(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('select, button')];
  }

  // A press of the mouse leaves the caret where it is.
  #keepFocus(event: Event): void {
    if ((event.target as Element).closest('button')) event.preventDefault();
  }

  #move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const stops = this.#stops();
    const next = stops[(stops.indexOf(event.target as HTMLElement) + step + stops.length) % stops.length]!;
    for (const stop of stops) stop.tabIndex = stop === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  }

  #style(event: Event): void {
    const quill = this.quill!;
    const { value } = event.target as HTMLSelectElement;
    quill.focus({ preventScroll: true });
    if (value === 'code') quill.format('code-block', true, 'user');
    else {
      if (this.#formats['code-block']) quill.format('code-block', false, 'user');
      quill.format('header', Number(value) || false, 'user');
    }
    this.look();
  }
}

function divide(quill: Quill): void {
  const range = quill.getSelection(true);
  quill.insertEmbed(range.index, 'divider', true, 'user');
  quill.setSelection(range.index + 1, 0, 'user');
}

function clear(quill: Quill): void {
  const range = quill.getSelection(true);
  quill.removeFormat(range.index, range.length, 'user');
}

customElements.define('cs-toolbar', Toolbar);
