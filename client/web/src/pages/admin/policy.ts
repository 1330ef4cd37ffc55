// The policy: what nobody may grant, whoever they are. It holds from now on; what was granted before is counted here.

import { html, nothing, type TemplateResult } from 'lit';
import { Refusal, type Excess, type Policy, type Role } from '../../sdk';
import { http, Part, sentence } from '../part';
import { GRANTABLE, labelOf } from '../roles';
import { trouble } from '../trouble';

export class AdminPolicy extends Part {
  #policy: Policy | null = null;
  #tag = '';
  #excess: Excess | null = null;
  #said = '';
  #error = '';
  #unread: unknown = null; // why there is no policy to show

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      const [{ value, tag }, excess] = await Promise.all([http.instance.policy(), http.instance.excess()]);
      this.#policy = value;
      this.#tag = tag;
      this.#excess = excess;
    } catch (error) {
      this.#unread = error;
    }
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    if (!this.#policy) return this.#unread ? trouble(this.#unread, () => void this.#load()) : html`<p class="aside" role="status">Loading…</p>`;
    return html`<p class="error" role="alert" ?hidden=${!this.#error}>${this.#error}</p>
      <p class="said" role="status">${this.#said}</p>
      ${this.#form(this.#policy)}`;
  }

  #form({ linkRole, anonymous, expiryDays, adminsCreate, signUpDomains }: Policy): TemplateResult {
    return html`<form class="form card" @submit=${(event: SubmitEvent) => void this.#save(event)}>
      <label>The most that a link, or access for anyone, may carry
        <select name="linkRole">${GRANTABLE.map((role) => html`<option value=${role} .selected=${role === linkRole}>${labelOf(role)}</option>`)}</select>
      </label>
      ${this.#count(this.#excess?.links, 'carries more', 'carry more')}
      <label class="check"><input name="anonymous" type="checkbox" .checked=${anonymous} /> People may come in without an account, by a link or where anyone may</label>
      <p class="hint">Without this, guests who are here are signed out at once.</p>
      ${this.#count(this.#excess?.public, 'is open to anyone', 'are open to anyone')}
      <label>Links, and access for guests and for addresses without an account, end within so many days
        <input name="expiryDays" type="number" min="0" max="3650" .value=${String(expiryDays)} />
      </label>
      <p class="hint">0: they need not end.</p>
      ${this.#count(this.#excess?.lasting, 'lasts longer', 'last longer')}
      <label class="check"><input name="adminsCreate" type="checkbox" .checked=${adminsCreate} /> Only administrators make documents</label>
      <label>Domains whose addresses may have an account
        <input name="signUpDomains" .value=${signUpDomains.join(' ')} placeholder="example.com example.org" autocomplete="off" spellcheck="false" />
      </label>
      <p class="hint">Empty: all may.</p>
      ${this.#count(this.#excess?.addresses, 'is of another domain', 'are of other domains')}
      <footer><button class="button primary">Save</button></footer>
    </form>`;
  }

  #count(n: number | undefined, one: string, many: string): TemplateResult | typeof nothing {
    return n ? html`<p class="hint bad">${n === 1 ? `1 that stands ${one}` : `${n} that stand ${many}`}: it stays until somebody takes it away.</p>` : nothing;
  }

  async #save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    this.#said = this.#error = '';
    const policy: Policy = {
      linkRole: String(fields.get('linkRole')) as Role,
      anonymous: fields.has('anonymous'),
      expiryDays: Number(fields.get('expiryDays')),
      adminsCreate: fields.has('adminsCreate'),
      signUpDomains: domainsOf(String(fields.get('signUpDomains'))),
    };
    const bad = policy.signUpDomains.find((domain) => !isDomain(domain));
    if (bad) {
      this.#error = `“${bad}” is not a domain: write them like example.com, with spaces between.`;
      this.querySelector<HTMLInputElement>('[name=signUpDomains]')!.focus();
      return this.requestUpdate();
    }
    try {
      await http.instance.setPolicy(policy, this.#tag);
      this.#said = 'The policy holds from now on.';
    } catch (error) {
      const moved = error instanceof Refusal && error.code === 'changed';
      this.#error = moved ? 'Somebody else changed the policy meanwhile. This is how it is now: look, and change it again if it is still right.' : sentence(error);
      if (!moved) return this.requestUpdate();
    }
    await this.#load();
  }
}

export function isDomain(text: string): boolean {
  return /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(text);
}

export function domainsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().split(/[\s,;]+/).map((domain) => domain.replace(/^@/, '')).filter(Boolean))];
}

customElements.define('cs-admin-policy', AdminPolicy);
