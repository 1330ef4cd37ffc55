// Package id holds the identifiers of Coscribe's records.
//
// An identifier is a random UUID (RFC 9562, version 4), but a document's id and a user's id are different types, so that the
// compiler finds the argument that was passed in the wrong place. On the wire and in logs an id is its canonical lower-case
// text of 36 characters; no other spelling is accepted, so that an id has one spelling everywhere and texts compare as ids do.
package id

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
)

// Of is the identifier of one kind of record. The zero value is no record's id.
type Of[Kind any] [16]byte

// The kinds of records.
type (
	Doc        = Of[doc]        // a document
	User       = Of[user]       // an author: a person, a service account or a guest
	Seat       = Of[seat]       // one connection to one document
	Client     = Of[client]     // an editor's outbox, kept with its unsent edits
	Edit       = Of[edit]       // one edit, made by its author once and kept through rebasing
	Credential = Of[credential] // a login session or an API token
	Invitation = Of[invitation] // a link that makes an account
	Group      = Of[group]      // people who are granted something together
	Link       = Of[link]       // a way into a document for whoever knows its secret
	Ask        = Of[ask]        // a request for access to a document
	Request    = Of[request]    // one HTTP request or WebSocket connection, for logs and problems
)

type (
	doc        struct{}
	user       struct{}
	seat       struct{}
	client     struct{}
	edit       struct{}
	credential struct{}
	invitation struct{}
	group      struct{}
	link       struct{}
	ask        struct{}
	request    struct{}
)

// ErrMalformed is returned for a text that is not a canonical UUID.
var ErrMalformed = errors.New("id: not a UUID in lower-case canonical form")

// New returns a fresh random id, as in New[id.Doc]().
func New[ID ~[16]byte]() ID {
	var id ID
	rand.Read(id[:]) // never fails: crypto/rand ends the process instead
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// Parse reads the canonical text of an id, as in Parse[id.Doc](text).
func Parse[ID ~[16]byte](text string) (ID, error) {
	var id Of[struct{}]
	err := id.UnmarshalText([]byte(text))
	return ID(id), err
}

// IsZero tells whether id is no record's id.
func (id Of[Kind]) IsZero() bool { return id == Of[Kind]{} }

// String returns the canonical text.
func (id Of[Kind]) String() string {
	text, _ := id.AppendText(make([]byte, 0, textLen))
	return string(text)
}

const textLen = 36

// AppendText appends the canonical text to dst. It never fails.
func (id Of[Kind]) AppendText(dst []byte) ([]byte, error) {
	for i, group := range groups {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, id[group[0]:group[1]])
	}
	return dst, nil
}

// groups are the byte ranges between the hyphens.
var groups = [...][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}}

// MarshalText returns the canonical text.
func (id Of[Kind]) MarshalText() ([]byte, error) { return id.AppendText(nil) }

// UnmarshalText accepts the canonical text only; on an error id is unchanged.
func (id *Of[Kind]) UnmarshalText(text []byte) error {
	if len(text) != textLen {
		return ErrMalformed
	}
	var read Of[Kind]
	at := 0
	for i, group := range groups {
		if i > 0 {
			if text[at] != '-' {
				return ErrMalformed
			}
			at++
		}
		for b := group[0]; b < group[1]; b++ {
			hi, lo := nibble(text[at]), nibble(text[at+1])
			if hi > 15 || lo > 15 {
				return ErrMalformed
			}
			read[b] = hi<<4 | lo
			at += 2
		}
	}
	*id = read
	return nil
}

// nibble is the value of a lower-case hexadecimal digit, or 16 for any other byte.
func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}
