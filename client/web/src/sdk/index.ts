// The SDK: everything that a program needs to open a document, without a DOM. browser.ts has the browser's own storage,
// locks and sockets for it.

export { Connection, type ConnectionState, type Dial, type Ended, type Socket } from './connection';
export { canonical, Delta, insertedText, isEmpty, Op } from './delta';
export { Http, Refusal } from './http';
export { uuid } from './ids';
export { leave } from './leftovers';
export { type Caret, type Peer } from './peers';
export { Replica } from './replica';
export type { News, Rights, SessionOptions, Status } from './news';
export type { Offer } from './offer';
export { Session } from './session';
export type { Locks, Shelf, Stored } from './shelf';
export type * from './bodies';
export type * from './instance';
export type * from './sharing';
export type * from './wire';
