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

	change ot.Delta
}

// maxHead is about how long an entry is without its delta.
const maxHead = 330

// newEntry writes a revision of the log out.
func newEntry(r *storage.Revision, change ot.Delta) entry {
	const around = len(deltaName) + len("}")
	text := appendRevision(make([]byte, 0, maxHead+around+len(r.Delta)), r, r.Seat)
	cut := len(text) - 1
	text = append(append(append(text[:cut], deltaName...), r.Delta...), '}')
	return entry{rev: r.Rev, seat: r.Seat, text: text, cut: cut, change: change}
}

// stageEntry writes a revision out of which the delta is still to be encoded, and sets that: its bytes are those in the text.
func stageEntry(r *storage.Revision, change ot.Delta) entry {
	const typed = 96 // that of somebody who types is shorter
	text := appendRevision(make([]byte, 0, maxHead+typed), r, r.Seat)
	cut := len(text) - 1
	text = append(text[:cut], deltaName...)
	begin := len(text)
	text = change.AppendJSON(text)
	end := len(text)
	r.Delta = text[begin:end:end]
	return entry{rev: r.Rev, seat: r.Seat, text: append(text, '}'), cut: cut, change: change}
}

const deltaName = `,"delta":`

// appendRevision appends a revision of the log as the given seat is to see it.
func appendRevision(dst []byte, r *storage.Revision, reader id.Seat) []byte {
	delta := r.Delta
	if r.Seat == reader {
		delta = nil
	}
	head := bare(r)
	return wire.AppendRevision(dst, &head, delta)
}

// bare is a revision of the log as it goes over the wire, but for its delta.
func bare(r *storage.Revision) wire.Revision {
	return wire.Revision{
		Rev: r.Rev, ID: r.Edit, Author: r.Author, Seat: r.Seat, Client: r.Client, Seq: r.Seq, At: r.At.Time(), Kind: string(r.Kind),
	}
}
