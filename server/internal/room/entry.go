package room

import (
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// entry is a revision as it goes over the wire, encoded once for everybody.
type entry struct {
	rev  ot.Rev
	seat id.Seat // whose it is; that seat gets it without the delta
	text []byte  // a wire.Revision in JSON
	cut  int     // text[:cut] and "}" is it without the delta
}

// maxHead is about how long an entry is without its delta.
const maxHead = 330

func newEntry(r *storage.Revision) entry {
	text := appendRevision(make([]byte, 0, maxHead+len(r.Delta)), r, r.Seat)
	cut := len(text) - 1
	return entry{rev: r.Rev, seat: r.Seat, text: appendDelta(text[:cut], r.Delta), cut: cut}
}

func appendDelta(dst, delta []byte) []byte {
	dst = append(dst, `,"delta":`...)
	dst = append(dst, delta...)
	return append(dst, '}')
}

// appendRevision appends a revision of the log as the given seat is to see it.
func appendRevision(dst []byte, r *storage.Revision, reader id.Seat) []byte {
	delta := r.Delta
	if r.Seat == reader {
		delta = nil
	}
	return wire.AppendRevision(dst, bare(r), delta)
}

// bare is a revision of the log as it goes over the wire, but for its delta.
func bare(r *storage.Revision) *wire.Revision {
	return &wire.Revision{
		Rev: r.Rev, ID: r.Edit, Author: r.Author, Seat: r.Seat, Client: r.Client, Seq: r.Seq, At: r.At.Time(), Kind: string(r.Kind),
	}
}
