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
	end  int64   // how many bytes all entries up to this one have; set when it is shown
}

// maxHead is about how long an entry is without its delta.
const maxHead = 330

func newEntry(r *storage.Revision) entry {
	text := appendRevision(make([]byte, 0, maxHead+len(r.Delta)), r, r.Seat)
	cut := len(text) - 1
	return entry{rev: r.Rev, seat: r.Seat, text: appendDelta(text[:cut], r.Delta), cut: cut}
}

// appendTo appends the entry as the given seat is to see it. The author of a live revision has its delta already.
func (e *entry) appendTo(dst []byte, reader id.Seat) []byte {
	if e.seat == reader {
		return append(append(dst, e.text[:e.cut]...), '}')
	}
	return append(dst, e.text...)
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
