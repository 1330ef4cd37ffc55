package client_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lxzan/gws"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// fake is a server of one document that keeps everything in memory, and misbehaves on demand.
type fake struct {
	*httptest.Server
	doc id.Doc

	mu        sync.Mutex // guards everything below
	epoch     int64
	authority *ot.Authority
	log       []wire.Revision // revision r is at r-1
	content   ot.Delta        // of revision 0
	seats     map[*gws.Conn]*seat
	users     map[string]id.User // by token
	tickets   map[string]id.User
	standing  authz.Standing
	limits    wire.Limits
	joins     []wire.Join

	oldSnapshots ot.Rev // how far behind the head the snapshot of a welcome is
	forgetful    bool   // has nothing that follows on what a client has
	silent       bool   // leaves submits unanswered
	unanswered   int64  // the last such

	// Faults. Each is asked whether to strike now.
	loseAnswer func(*wire.Submit) bool      // the edit is committed, and the connection ends
	loseSubmit func(*wire.Submit) bool      // the connection ends instead
	refuse     func(*wire.Submit) wire.Code // "" is to accept
	httpFault  func(http.ResponseWriter, *http.Request) bool
}

type seat struct {
	id     id.Seat
	user   id.User
	client id.Client
	tail   ot.Rev
	joined ot.Rev // the head as of joining
}

const secret = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ" // of a ticket: its last letters are replaced

func newFake(t *testing.T) *fake {
	f := startFake()
	t.Cleanup(f.stop)
	return f
}

// startFake is newFake for examples, which end it with stop.
func startFake() *fake {
	f := &fake{
		doc: id.New[id.Doc](), epoch: 1, content: mustDelta(`[{"insert":"\n"}]`),
		seats: map[*gws.Conn]*seat{}, users: map[string]id.User{}, tickets: map[string]id.User{},
		standing: authz.Standing{Role: authz.Editor, SignedIn: true},
		limits:   wire.Limits{FrameBytes: 64 << 10, Components: 1000, InsertUnits: 32_768, DocumentUnits: 2_000_000},
	}
	f.reset(f.content)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/documents/{id}/tickets", f.ticket)
	mux.HandleFunc("GET /v1/documents/{id}/socket", f.socket)
	mux.HandleFunc("GET /v1/documents/{id}/ops", f.ops)
	mux.HandleFunc("POST /v1/documents/{id}/ops", f.write)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		fault := f.httpFault
		f.mu.Unlock()
		if fault == nil || !fault(w, r) {
			mux.ServeHTTP(w, r)
		}
	}))
	return f
}

func (f *fake) stop() {
	f.closeAll(wire.CloseGoingAway)
	f.Server.Close()
}

// with changes the fake while it serves.
func (f *fake) with(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// reset begins a history.
func (f *fake) reset(content ot.Delta) {
	doc, err := ot.NewDocument(content)
	if err != nil {
		panic(err)
	}
	f.authority, f.log, f.content = ot.NewAuthority(0, doc, 10_000), nil, content
}

// client returns a client of a user of that name.
func (f *fake) client(t *testing.T, name string) *client.Client {
	f.with(func() {
		if f.users[name].IsZero() {
			f.users[name] = id.New[id.User]()
		}
	})
	c, err := client.New(f.URL, client.WithToken(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	return c
}

func problem(w http.ResponseWriter, status int, code wire.Code) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	w.Write(wire.Append(nil, wire.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: "do otherwise", RequestID: "r"}))
}

func (f *fake) ticket(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	user, known := f.users[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	switch {
	case !known:
		problem(w, 401, wire.CodeNotSignedIn)
		return
	case r.PathValue("id") != f.doc.String() || !f.standing.May(authz.Open):
		problem(w, 404, wire.CodeNotFound)
		return
	}
	text := strconv.Itoa(1000 + len(f.joins) + len(f.tickets))
	text = secret[:len(secret)-len(text)] + text
	f.tickets[text] = user
	w.WriteHeader(201)
	w.Write(wire.Append(nil, wire.Ticket{Ticket: text, ExpiresAt: time.Now().Add(time.Minute)}))
}

func (f *fake) socket(w http.ResponseWriter, r *http.Request) {
	upgrader := gws.NewUpgrader(f, &gws.ServerOption{SubProtocols: []string{wire.Subprotocol}, ReadMaxPayloadSize: 64 << 10, CheckUtf8Enabled: true})
	conn, err := upgrader.Upgrade(w, r)
	if err == nil {
		conn.ReadLoop()
	}
}

func (f *fake) OnOpen(*gws.Conn)                   {}
func (f *fake) OnPing(conn *gws.Conn, text []byte) { conn.WritePong(text) }
func (f *fake) OnPong(*gws.Conn, []byte)           {}

func (f *fake) OnClose(conn *gws.Conn, _ error) { f.with(func() { delete(f.seats, conn) }) }

func (f *fake) OnMessage(conn *gws.Conn, message *gws.Message) {
	defer message.Close()
	m, err := wire.DecodeInbound(message.Bytes())
	f.mu.Lock()
	defer f.mu.Unlock()
	seat := f.seats[conn]
	switch m := m.(type) {
	case nil:
		panic(err)
	case *wire.Join:
		f.join(conn, m)
	case *wire.Submit:
		f.submit(conn, seat, m)
	case *wire.ShowCursor:
		for other := range f.seats {
			f.send(other, &wire.Presences{Items: []wire.Presence{{Seat: seat.id, User: seat.user, Name: "peer", Cursor: m.Cursor}}})
		}
	}
}

func (f *fake) send(conn *gws.Conn, m wire.Outbound) {
	conn.WriteMessage(gws.OpcodeText, wire.AppendOutbound(nil, m))
}

func (f *fake) join(conn *gws.Conn, m *wire.Join) {
	user, ok := f.tickets[m.Ticket]
	delete(f.tickets, m.Ticket)
	f.joins = append(f.joins, *m)
	if !ok {
		conn.WriteClose(uint16(wire.CloseTicket), nil)
		return
	}
	s := &seat{id: id.New[id.Seat](), user: user, client: m.Client, tail: f.authority.Committed(), joined: f.authority.Committed()}
	s.tail = max(0, s.tail-f.oldSnapshots)
	content := f.at(s.tail)
	welcome := &wire.Welcome{
		Document: wire.DocumentState{ID: f.doc, Title: "Fake", Epoch: f.epoch},
		Rev:      s.tail, Head: s.joined, Role: f.standing.Role, Commands: f.commands(), Limits: f.limits,
		You: wire.You{User: user, Seat: s.id, Seq: f.lastSeq(s)}, Snapshot: &content,
	}
	if m.Since != nil {
		if f.forgetful || m.Since.Epoch != f.epoch || m.Since.Rev > f.authority.Committed() {
			conn.WriteClose(uint16(wire.CloseResync), nil)
			return
		}
		s.tail, welcome.Rev, welcome.Snapshot = m.Since.Rev, m.Since.Rev, nil
	}
	f.seats[conn] = s
	f.send(conn, welcome)
	f.push()
}

// at returns the content at a revision.
func (f *fake) at(rev ot.Rev) ot.Delta {
	content := f.content
	for _, revision := range f.log[:rev] {
		content = content.Compose(*revision.Delta)
	}
	return content
}

func (f *fake) commands() (names []string) {
	for _, c := range f.standing.Commands() {
		names = append(names, c.String())
	}
	return names
}

func (f *fake) lastSeq(s *seat) (last int64) {
	for _, revision := range f.log {
		if revision.Author == s.user && revision.Client == s.client {
			last = max(last, revision.Seq)
		}
	}
	return last
}

func (f *fake) submit(conn *gws.Conn, s *seat, m *wire.Submit) {
	switch {
	case f.loseSubmit != nil && f.loseSubmit(m):
		conn.NetConn().Close()
		return
	case f.silent:
		f.unanswered = m.Seq
		return
	}
	submission := ot.Submission{Origin: ot.Origin{Author: s.user, Client: s.client}, Seq: m.Seq, ID: m.ID, Base: m.Base, Delta: m.Delta}
	f.authority.Remember(submission.Origin, 0, [16]byte{}, 0)
	_, known, err := f.authority.Lookup(submission.Origin, m.Seq, m.ID)
	if known || err != nil {
		return
	}
	refused := wire.Code("")
	if !f.standing.May(authz.Edit) {
		refused = wire.CodeForbidden
	} else if f.refuse != nil {
		refused = f.refuse(m)
	}
	if refused != "" {
		f.send(conn, &wire.Rejected{Seq: m.Seq, Code: refused, Message: "no", Temporary: refused.Temporary(), Head: f.authority.Head()})
		return
	}
	acc, _, err := f.authority.Accept(submission)
	if err != nil {
		var unfit *ot.Error
		errors.As(err, &unfit)
		f.send(conn, &wire.Rejected{Seq: m.Seq, Code: wire.Code(unfit.Code), Message: unfit.Message, Pointer: unfit.Pointer})
		return
	}
	f.authority.Commit(acc.Rev)
	f.log = append(f.log, wire.Revision{
		Rev: acc.Rev, ID: acc.ID, Author: acc.Author, Seat: s.id, Client: acc.Client, Seq: acc.Seq, At: time.Now(), Kind: "edit", Delta: &acc.Change,
	})
	if f.loseAnswer != nil && f.loseAnswer(m) {
		conn.NetConn().Close()
		delete(f.seats, conn)
	}
	f.push()
}

// push sends everybody what they lack, their own live revisions without a Delta.
func (f *fake) push() {
	for conn, s := range f.seats {
		var items []wire.Revision
		for _, revision := range f.log[s.tail:] {
			if revision.Author == s.user && revision.Client == s.client && revision.Rev > s.joined {
				revision.Delta = nil
			}
			items = append(items, revision)
		}
		if len(items) > 0 {
			f.send(conn, &wire.Revisions{Items: items})
			s.tail = ot.Rev(len(f.log))
		}
	}
}

func (f *fake) ops(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil || after > len(f.log) {
		problem(w, 400, wire.CodeInvalid)
		return
	}
	if r.Header.Get("Accept") == wire.EventStream {
		w.Header().Set("Coscribe-Epoch", "1")
		for i := range f.log[after:] { // and then it breaks off
			w.Write(append(append([]byte("data: "), wire.AppendRevision(nil, &f.log[after+i], f.log[after+i].Delta.AppendJSON(nil))...), "\n\n"...))
		}
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Coscribe-Head", strconv.Itoa(len(f.log)))
	for i := range f.log[after:] {
		w.Write(append(wire.AppendRevision(nil, &f.log[after+i], f.log[after+i].Delta.AppendJSON(nil)), '\n'))
	}
}

// setStanding changes what everybody may do, and tells them.
func (f *fake) setStanding(role authz.Role) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.standing.Role = role
	for conn := range f.seats {
		f.send(conn, &wire.Access{Role: role, Commands: f.commands(), Reason: "granted"})
	}
}

// closeAll ends every connection with a code, or without one.
func (f *fake) closeAll(code wire.CloseCode) {
	f.mu.Lock()
	conns := make([]*gws.Conn, 0, len(f.seats))
	for conn := range f.seats {
		conns = append(conns, conn)
	}
	f.mu.Unlock()
	for _, conn := range conns {
		if code > 0 {
			conn.WriteClose(uint16(code), []byte(code.Reason()))
		}
		conn.NetConn().Close()
	}
}

func (f *fake) committed() (log []wire.Revision, content ot.Delta) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.log[:len(f.log):len(f.log)], f.authority.Content().Delta()
}

func mustDelta(text string) ot.Delta {
	d, err := ot.Parse([]byte(text))
	if err != nil {
		panic(err)
	}
	return d
}

func insert(at int, text string) ot.Delta {
	d, err := ot.New().Retain(at, nil).Insert(text, nil).Delta()
	if err != nil {
		panic(err)
	}
	return d
}
