package client_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// write takes edits over HTTP, again and again with the same effect.
func (f *fake) write(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var m wire.WriteOps
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		problem(w, 400, wire.CodeInvalid)
		return
	}
	origin := ot.Origin{Author: f.users[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")], Client: m.Client}
	f.authority.Remember(origin, 0, [16]byte{}, 0)
	written := wire.Written{Epoch: f.epoch}
	for i, delta := range f.rebased(&m) {
		seq := m.Seq + int64(i)
		rev := f.find(origin.Client, seq)
		if rev == 0 {
			acc, _, err := f.authority.Accept(ot.Submission{Origin: origin, Seq: seq, ID: m.IDs[i], Base: f.authority.Head(), Delta: delta})
			if err != nil {
				problem(w, 400, wire.CodeInvalid)
				return
			}
			rev = acc.Rev
			f.authority.Commit(rev)
			f.log = append(f.log, wire.Revision{Rev: rev, ID: acc.ID, Author: acc.Author, Client: acc.Client, Seq: seq, At: time.Now(), Kind: "edit", Delta: &acc.Change})
		}
		written.Items = append(written.Items, f.log[rev-1])
	}
	written.Head = ot.Rev(len(f.log))
	f.push()
	w.Write(wire.Append(nil, written))
}

// find returns the revision that has a number of a client's, or 0.
func (f *fake) find(client id.Client, seq int64) ot.Rev {
	for _, revision := range f.log {
		if revision.Client == client && revision.Seq == seq {
			return revision.Rev
		}
	}
	return 0
}

func (f *fake) rebased(m *wire.WriteOps) []ot.Delta {
	var newer []ot.Delta
	for _, revision := range f.log[m.Base:] {
		newer = append(newer, *revision.Delta)
	}
	return ot.Rebase(m.Ops, newer)
}

// opened opens the document as a user of that name.
func (f *fake) opened(name string) *client.Document {
	f.with(func() { f.users[name] = id.New[id.User]() })
	c, err := client.New(f.URL, client.WithToken(name))
	if err != nil {
		panic(err)
	}
	d, err := c.Open(context.Background(), f.doc)
	if err != nil {
		panic(err)
	}
	return d
}

// exampleServer serves a document into which each of these texts was written, at its beginning.
func exampleServer(texts ...string) (address, token, doc string, stop func()) {
	f := startFake()
	d := f.opened("token")
	defer d.Close()
	for _, text := range texts {
		if _, err := d.Submit(context.Background(), insert(0, text)); err != nil {
			panic(err)
		}
	}
	return f.URL, "token", f.doc.String(), f.stop
}
