// Package oracle judges what a server did to a document, from outside: from what its writers noted while they wrote, and from what
// the database holds when they have stopped. It is for tests only.
//
// A writer keeps a Journal on disk: what it sent, what was acknowledged and refused, what it received. Each of its edits inserts a
// Mark, a piece of text that is in no other edit and that nobody cuts, so that an edit is known again in the log whatever it was
// transformed over and composed with.
//
// Evidence.Verdict then holds that
//
//   - the log is revisions 1, 2, 3 …, and has no (author, client, seq) and no edit twice;
//   - what was acknowledged stands in the log, once, in the revision that was said; what was refused stands nowhere;
//   - nobody received anything but the log, in its order, without gap and repeat;
//   - a replay of the log, the newest snapshot with the log after it, and every replica are the same document;
//   - quill-delta, in Node, makes the same document of the same log (JavaScript).
package oracle
