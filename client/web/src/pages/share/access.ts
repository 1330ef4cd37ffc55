// Access is what the share dialog knows and does: the lists as they were read last, and changes, one after the other, each made
// from the list that was shown.

import type { TemplateResult } from 'lit';
import { Refusal, type AccessRequest, type GrantItem, type Group, type Link, type Policy, type Role, type User } from '../../sdk';
import { Complaint, http, sentence } from '../part';
import { because } from '../reason';
import { rank, upTo } from '../roles';

export interface Shared {
  doc: string;
  title: string;
  me: User;
  role: Role;
  here(): Set<string>; // the users who have it open
  closed?(): void;
}

export const FIRST_ROWS = 20;

const CHANGED = 'Somebody else changed who has access meanwhile. This is the list as it is now: look, and do it again if it is still right.';

function told(error: unknown): string {
  return error instanceof Refusal && error.code === 'changed' ? CHANGED : sentence(error);
}

export class Access {
  readonly of: Shared;
  grants: GrantItem[] | null = null;
  links: Link[] = [];
  requests: AccessRequest[] = [];
  groups: Group[] = [];
  policy: Policy = { linkRole: 'admin', anonymous: true, expiryDays: 0, adminsCreate: false, signUpDomains: [] };
  said: string | TemplateResult = '';
  error = '';
  unread: unknown = null; // why there are no lists to show
  find = ''; // who is looked for
  rows = FIRST_ROWS; // so many are shown
  readonly #show: () => void;
  #tag = '';
  #last: Promise<void> = Promise.resolve();

  // show is called when there is something new to show.
  constructor(of: Shared, show: () => void) {
    this.of = of;
    this.#show = show;
  }

  async open(): Promise<void> {
    void this.#aside(async () => (this.policy = (await http.instance.policy()).value));
    void this.#aside(async () => (this.groups = (await http.instance.groups()).items));
    await this.load();
  }

  async load(): Promise<void> {
    const { doc } = this.of;
    try {
      const [grants, links, requests] = await Promise.all([http.sharing.grants(doc), http.sharing.links(doc), http.sharing.requests(doc)]);
      this.grants = grants.value.items;
      this.#tag = grants.tag;
      this.links = links.items;
      this.requests = requests.items;
      this.unread = null;
    } catch (error) {
      this.unread = error;
      if (this.grants) this.error ||= sentence(error);
    }
    this.#show();
  }

  // look shows other rows.
  look(find: string, rows = FIRST_ROWS): void {
    this.find = find;
    this.rows = rows;
    this.#show();
  }

  // refresh takes up the list as it is after one's own change, for the next one.
  async refresh(): Promise<void> {
    this.#tag = (await http.sharing.grants(this.of.doc)).tag;
  }

  // Without the policy and the groups the dialog still serves: the server decides.
  async #aside(read: () => Promise<unknown>): Promise<void> {
    await read().catch(() => {});
    this.#show();
  }

  // change does one thing, once those before it are done, and reads the lists again, which say what is true now. The step says
  // in a sentence what it did.
  change(step: () => Promise<string | TemplateResult>): Promise<void> {
    return (this.#last = this.#last.then(() => this.#change(step)));
  }

  async #change(step: () => Promise<string | TemplateResult>): Promise<void> {
    this.error = this.said = '';
    try {
      this.said = await step();
    } catch (error) {
      this.error = told(error);
    }
    await this.load();
  }

  // asked is change for the answer to a question, which stays, with what is written in it, when the step fails.
  async asked(step: () => Promise<string | TemplateResult>): Promise<void> {
    await this.#last;
    let said: string | TemplateResult;
    try {
      said = await step();
    } catch (error) {
      await this.load(); // so that the next answer is about the list as it is
      throw new Complaint(told(error));
    }
    void this.change(async () => said);
  }

  // grant sets a principal's role and end.
  grant(principal: string, role: Role, expiresAt: string | undefined): Promise<GrantItem> {
    return because((reason) => http.sharing.grant(this.of.doc, principal, { role, expiresAt, reason }, this.#tag));
  }

  revoke(principal: string): Promise<void> {
    return http.sharing.revoke(this.of.doc, principal, this.#tag);
  }

  // most is the highest role that one may give. An administrator of the server may have none here and give any.
  get most(): Role {
    return this.of.me.instanceAdmin ? 'owner' : this.of.role;
  }

  roles(): Role[] {
    return upTo(this.most);
  }

  // publicRoles are those that a link may carry, or what anyone may open.
  publicRoles(): Role[] {
    return this.roles().filter((role) => rank(role) <= rank(this.policy.linkRole));
  }

  // effect says what a change did to somebody who has the document open, or to everybody else.
  effect({ principal, user }: Pick<GrantItem, 'principal' | 'user'>, now: string, then: string): string {
    const name = user?.name ?? (principal.startsWith('email:') ? principal.slice('email:'.length) : '');
    if (!name) return 'The change is in effect.';
    return this.of.here().has(principal.slice('user:'.length)) ? `${name} has this open: ${now}.` : `${name} ${then}.`;
  }

  // named is the name of a user whom the list knows.
  named(user: string | undefined): string {
    if (user === this.of.me.id) return 'you';
    return this.grants?.find(({ principal }) => principal === `user:${user}`)?.user?.name ?? '';
  }
}
