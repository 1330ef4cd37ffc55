package socket

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// fakeTickets hands out tickets that work once.
type fakeTickets struct {
	mu   sync.Mutex
	live map[string]fakeTicket
}

type fakeTicket struct {
	doc    id.Doc
	origin string
	actor  storage.Actor
}

var errFakeTicket = errors.New("SECRET-TEXT-OF-AN-ERROR")

func (f *fakeTickets) issue(doc id.Doc, origin string, user id.User) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.live == nil {
		f.live = map[string]fakeTicket{}
	}
	secret := fmt.Sprintf("%043d", len(f.live))
	f.live[secret] = fakeTicket{doc, origin, storage.Actor{User: user}}
	return secret
}

func (f *fakeTickets) redeem(_ context.Context, secret string, doc id.Doc, origin string) (storage.Actor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ticket, ok := f.live[secret]
	f.live[secret] = fakeTicket{}
	if !ok || ticket.doc != doc || ticket.origin != origin || doc.IsZero() {
		return storage.Actor{}, errFakeTicket
	}
	return ticket.actor, nil
}

// fakeRooms gives a seat to everyone.
type fakeRooms struct {
	mu      sync.Mutex
	seats   []*fakeSeat
	refusal error
}

func (f *fakeRooms) join(_ context.Context, join room.Join) (seat, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refusal != nil {
		return nil, f.refusal
	}
	s := &fakeSeat{wake: join.Wake}
	f.seats = append(f.seats, s)
	s.give(`{"type":"welcome"}`)
	return s, nil
}

func (f *fakeRooms) last() *fakeSeat {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seats[len(f.seats)-1]
}

// fakeSeat answers each submit with a revision, in order.
type fakeSeat struct {
	mu      sync.Mutex
	wake    func()
	news    []string
	closed  wire.CloseCode
	submits []wire.Submit
	cursors []*wire.Cursor
	left    int
	panics  string // the method that panics
}

func (f *fakeSeat) give(messages ...string) {
	f.mu.Lock()
	f.news = append(f.news, messages...)
	f.mu.Unlock()
	f.wake()
}

func (f *fakeSeat) end(code wire.CloseCode) {
	f.mu.Lock()
	f.closed = code
	f.mu.Unlock()
	f.wake()
}

func (f *fakeSeat) panicIn(method string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.panics = method
}

func (f *fakeSeat) mayPanic(method string) {
	if f.panics == method {
		panic("SECRET-TEXT-OF-A-PANIC")
	}
}

func (f *fakeSeat) Submit(m wire.Submit) error {
	f.note(m)
	f.give(fmt.Sprintf(`{"type":"revisions","items":[{"seq":%d}]}`, m.Seq))
	return nil
}

func (f *fakeSeat) note(m wire.Submit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.submits = append(f.submits, m)
	f.mayPanic("submit")
}

func (f *fakeSeat) Refuse(seq int64, why room.Refusal) {
	f.give(fmt.Sprintf(`{"type":"rejected","seq":%d,"code":%q,"pointer":%q}`, seq, why.Code, why.Pointer))
}

func (f *fakeSeat) ShowCursor(cursor *wire.Cursor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cursors = append(f.cursors, cursor)
}

func (f *fakeSeat) Pull(_ context.Context, dst []byte, ends []int, maxBytes int) ([]byte, []int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mayPanic("pull")
	from := len(dst)
	for len(f.news) > 0 && (len(dst) == from || len(dst)-from+len(f.news[0]) <= maxBytes) {
		dst = append(dst, f.news[0]...)
		ends = append(ends, len(dst))
		f.news = f.news[1:]
	}
	if f.closed != 0 && len(f.news) == 0 {
		return dst, ends, &room.Closed{Code: f.closed}
	}
	return dst, ends, nil
}

func (f *fakeSeat) Leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left++
}

func (f *fakeSeat) seen() (submits []wire.Submit, cursors []*wire.Cursor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]wire.Submit(nil), f.submits...), append([]*wire.Cursor(nil), f.cursors...)
}
