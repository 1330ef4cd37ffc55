package storage

import (
	"crypto/sha256"
	"encoding/binary"
)

// auditFormat is the version of the canonical bytes. Rows of an older one stay as they are; another way to write them down
// is another number.
const auditFormat = 1

// Sum is the hash that a row has after the row with the previous hash, which is zero for the first of a chain: the SHA-256
// of the previous hash and the row's canonical bytes. Whoever has a whole chain, as from an export, can test it with this.
func (a *Audited) Sum(previous Hash) Hash {
	return sha256.Sum256(a.AppendCanonical(previous[:]))
}

// AppendCanonical appends what the hash covers, which is all of the row but the hash: the format's number in one byte, then
// each field behind its length in four bytes, the highest first. An id is its 16 bytes, a number 8 bytes, the highest first,
// and a text its UTF-8. The order is Chain, N, At, Actor, Credential.Kind, Credential.ID, OnBehalf, Action, Target, Before,
// After, Reason, From, Request.
func (a *Audited) AppendCanonical(dst []byte) []byte {
	field := func(value []byte) {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(value)))
		dst = append(dst, value...)
	}
	number := func(value int64) { field(binary.BigEndian.AppendUint64(nil, uint64(value))) }
	dst = append(dst, auditFormat)
	field(a.Chain[:])
	number(a.N)
	number(int64(a.At))
	field(a.Actor[:])
	field([]byte(a.Credential.Kind))
	field(a.Credential.ID[:])
	field(a.OnBehalf[:])
	for _, text := range []string{string(a.Action), a.Target, a.Before, a.After, a.Reason, a.From, a.Request} {
		field([]byte(text))
	}
	return dst
}
