// choice is a <select> that shows what is true: a choice takes effect by what is rendered after it, and one that was refused
// leaves no trace.

import { html, type TemplateResult } from 'lit';

export interface Choice<Value extends string> {
  label: string;
  value: Value;
  options: (readonly [value: Value, label: string])[];
  choose(value: Value): void;
  wide?: boolean;
}

export function choice<Value extends string>({ label, value, options, choose, wide }: Choice<Value>): TemplateResult {
  const changed = (event: Event) => {
    const select = event.target as HTMLSelectElement;
    const chosen = select.value as Value;
    select.value = value;
    choose(chosen);
  };
  return html`<select class=${wide ? 'grow' : ''} aria-label=${label} @change=${changed}>
    ${options.map(([key, text]) => html`<option value=${key} .selected=${key === value}>${text}</option>`)}
  </select>`;
}
