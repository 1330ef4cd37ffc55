// Package authz says who may do what, and why. Everything in it is pure: values in, an answer out.
//
// # Words
//
// A document has one owner and a list of grants. A grant, here a Right, gives a Role to a Principal, perhaps until a
// moment: to a user, to the members of a group, to whoever came by a link, to everyone signed in, or to anyone. A grant to
// an address waits for somebody to sign up with it and speaks for nobody until then.
//
// Who is the person that asks: a user or a guest, with the groups and links that speak for them. A guest has come by a
// link or to a public document and not signed in: they have an id that stays, so that what they wrote has an author, but
// are not one of everyone. Somebody suspended is nobody.
//
// A Standing is all that an answer looks at: the role in the document and what else is known of the person, the document
// and the instance's policy. A Command is what they ask to do.
//
//	owner, grants ──┐
//	Who, now ───────┴─ Decide ──> Effective ──┐
//	account, document, policy ────────────────┴─> Standing ── May(Command) ──> yes or no
//
// # Roles
//
// Roles are ordered: viewer, commenter, editor, admin, owner. Each may do all that those below it may. The effective role
// is the highest that a live grant gives, and it says until when it holds. A grant whose expiry is now is dead.
//
// The owner is named by the document and not by a grant. Ownership is offered, which gives nothing, and becomes the
// other's when they accept; the instance's administrator can transfer it without being accepted, so that nothing is stuck
// with somebody who has left. There always is one owner.
//
// # The table
//
// Every command, by every transport, has one row in the table; what no row allows is denied. A row names the least role,
// and beside it other ways to a yes: the document lets viewers read its history; ownership is offered to the person; the
// person administers the instance; anybody signed in may. Against a yes stand a lock, which stops what changes the
// document; the trash, in which little is found; for all that admins and owners do, not being signed in; and the scopes that
// a token was not given.
//
// testdata/matrix.txt shows the whole table, every standing by every command; a change of the table shows there.
//
// An administrator of the instance manages access without reading: no row that shows content lets them. To read they
// grant themselves a role, which the audit shows.
//
// # Laws
//
// The tests hold the package to these, for random lists, people and standings:
//
//   - More grants never give less, and a higher role never may less.
//   - The order of the grants says nothing.
//   - A role holds until its ValidUntil, and is less from that moment on.
//   - Nobody but the owner is the owner, whatever a grant says; nobody suspended is anything.
//   - Nobody grants more than they have.
//   - A guest reads, comments and edits at most: all above is for people with a name.
//   - A lock, and the trash, take away and never give.
//   - Whether access may be requested says nothing of the document, not even whether there is one.
//   - Explain says what Decide says, of the whole list and of the list without each of its paths.
//
// # What it does not do
//
// Transports do not check: they name a command, and the layer below them asks here. A yes alone never makes a write safe,
// because a right may end between the answer and the effect; each write therefore carries a fence to the database
// (package storage), which tests in the transaction of the effect that the access list and the credential are still those
// that the answer came from. Nor does a yes look at what a command is done with: MayGrant and MayRequest do for roles.
package authz
