package storage

import (
	"strings"
	"unicode"

	"github.com/coscribe/coscribe/storage/id"
)

// Note is what an audit row says of a change besides what changed: from where it was asked for, why, and for whom.
type Note struct {
	From     string  // the address that it came from; empty for the machine itself
	Reason   string  // in the words of the one who did it
	Request  string  // the id of the request, as logs have it
	OnBehalf id.User // for whom a program or an administrator acts; zero for themselves
}

// Reasoned tells whether the note gives a reason that anybody could see.
func (n Note) Reasoned() bool {
	return strings.ContainsFunc(n.Reason, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) })
}

// Limits of a note, in bytes. What is longer is cut.
const (
	MaxReasonBytes  = 500
	MaxFromBytes    = 64
	MaxRequestBytes = 64
)

// Clean is the note as it is kept: cut to its limits, of text that every database takes.
func (n Note) Clean() Note {
	n.From, n.Reason, n.Request = clean(n.From, MaxFromBytes), clean(n.Reason, MaxReasonBytes), clean(n.Request, MaxRequestBytes)
	return n
}

func clean(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit] // what is left of a cut rune is not valid
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}

// By is who makes a change that no document's guard stands before. A nil Fence is the instance itself: its operator, who is at
// the machine.
type By struct {
	Fence *Fence
	Note
}

// By is the one who makes a guarded change.
func (g Guard) By() By { return By{Fence: &g.Fence, Note: g.Note} }

// Instance is the chain of what concerns no single document.
var Instance id.Doc

// Audited is a row of an audit chain. It names people and things by their ids alone, so that nothing has to be taken out of a
// chain when a name, an address or a title is to be forgotten; and it never holds content or secrets.
type Audited struct {
	Chain      id.Doc // the document, or Instance
	N          int64  // counts the rows of a chain from 1, without gaps
	At         Micros // by the database's clock; never earlier than the row before
	Actor      id.User
	Credential Credential // zero, as is Actor, for the operator; and in a notice for somebody who is not signed in
	OnBehalf   id.User
	Action     Action
	Target     string // what it was done to: kind and id, as in "user:…"
	Before     string // the state before and after, JSON objects of a few plain values; empty for none
	After      string
	Reason     string
	From       string
	Request    string
	Hash       Hash // over this row and the hash of the one before
}
