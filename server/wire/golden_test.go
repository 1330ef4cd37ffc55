package wire

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

var update = flag.Bool("update", false, "write testdata anew")

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func delta(text string) ot.Delta { return must(ot.Parse([]byte(text))) }

func testID[ID ~[16]byte](last byte) ID {
	var made ID
	made[0], made[6], made[8], made[15] = 0xd0+last, 0x40, 0x80, last
	return made
}

var moment = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// goldenInbound has every message from a client, most with and without what they may leave out.
func goldenInbound() []Inbound {
	user := Principal{Kind: authz.ToUser, ID: testID[[16]byte](7)}
	return []Inbound{
		&Join{Ticket: strings.Repeat("Az09-_", 7) + "x", Client: testID[id.Client](1)},
		&Join{Ticket: strings.Repeat("t", 43), Client: testID[id.Client](1), Since: &Since{Epoch: 1, Rev: 1234}},
		&Submit{Seq: 1, ID: testID[id.Edit](2), Base: 0, Delta: delta(`{"ops":[{"insert":"Hé 😀\n\"\\"}]}`)},
		&Submit{Seq: 9007199254740991, ID: testID[id.Edit](2), Base: 41, Kind: "undo", Delta: delta(
			`{"ops":[{"retain":3},{"insert":"x","attributes":{"bold":true,"link":"https://a.example/?b=<c>&d"}},` +
				`{"retain":2,"attributes":{"italic":null,"header":2}},{"insert":{"image":"https://a.example/i.png"}},{"delete":5}]}`)},
		&ShowCursor{Cursor: &Cursor{Rev: 12, Index: 3, Length: 4}},
		&ShowCursor{},
		&Rename{Ref: "r1", Title: "Übersicht 2026 🗺"},
		&Grant{Ref: "g1", Principal: user, Role: authz.Editor},
		&Grant{Ref: "g2", Principal: Principal{Kind: authz.ToEveryone}, Role: authz.Viewer, ExpiresAt: &moment},
		&Revoke{Ref: "v1", Principal: Principal{Kind: authz.ToAnyone}},
		&Grant{Ref: "g3", Principal: Principal{Kind: authz.ToAddress, Address: "ada@example.com"}, Role: authz.Commenter},
		&Revoke{Ref: "v2", Principal: Principal{Kind: authz.ToGroup, ID: testID[[16]byte](8)}},
		&Revoke{Ref: "v3", Principal: Principal{Kind: authz.ToLink, ID: testID[[16]byte](9)}},
		&NewLink{Ref: "l1", Name: "Client review", Role: authz.Commenter, ExpiresAt: &moment},
		&Grant{Ref: "g4", Principal: Principal{Kind: authz.ToEveryone}, Role: authz.Viewer, Reason: "legal hold"},
		&NewLink{Ref: "l2", Name: "Auditors", Role: authz.Viewer, Never: true, Reason: "legal hold"},
		&Lock{Ref: "k1"},
		&Unlock{Ref: "k2"},
		&Disconnect{Ref: "d1", Seat: testID[id.Seat](6)},
		&Ping{T: -1767225600000},
	}
}

// goldenOutbound has every message from a server.
func goldenOutbound() []Outbound {
	document := DocumentState{ID: testID[id.Doc](3), Title: "Notes", Epoch: 1}
	snapshot := delta(`{"ops":[{"insert":"Notes\n"}]}`)
	change := delta(`{"ops":[{"retain":5},{"insert":"!"}]}`)
	present := Presence{Seat: testID[id.Seat](4), User: testID[id.User](5), Name: "Ada", Color: 9, Cursor: &Cursor{Rev: 7, Index: 1}}
	you := You{User: testID[id.User](5), Name: "Ada", Seat: testID[id.Seat](6), Color: 9, Seq: 17}
	limits := Limits{FrameBytes: 65536, Components: 1000, InsertUnits: 32768, DocumentUnits: 2000000, EditsPerSecond: 20}
	revision := Revision{Rev: 8, ID: testID[id.Edit](2), Author: testID[id.User](5), Seat: testID[id.Seat](4),
		Client: testID[id.Client](1), Seq: 18, At: moment, Kind: "edit", Delta: &change}
	own := revision
	own.Rev, own.Seat, own.Delta, own.Kind = 9, id.Seat{}, nil, "redo"
	return []Outbound{
		&Welcome{Document: document, Rev: 7, Head: 7, Snapshot: &snapshot, Role: authz.Editor, Commands: []string{"open", "edit"},
			You: you, Peers: []Presence{present}, Limits: limits},
		&Welcome{Document: document, Rev: 5, Head: 7, Role: authz.Viewer, Commands: []string{"open"}, You: you, Peers: []Presence{}, Limits: limits},
		&Revisions{Items: []Revision{revision, own}},
		&Rejected{Seq: 18, Code: CodeNotAllowed, Message: "the link's scheme is not allowed", Pointer: "/ops/3/attributes/link", Head: 9},
		&Rejected{Seq: 18, Code: CodeSlowDown, Message: "too many edits", Temporary: true, Head: 9},
		&Presences{Items: []Presence{present, {Seat: testID[id.Seat](6), User: testID[id.User](5), Name: "Ada", Color: 9, Gone: true}}},
		&Access{Role: authz.Viewer, Commands: []string{"open", "read"}, Reason: "granted"},
		&Access{Role: authz.Editor, Commands: []string{"open", "edit"}, Reason: "granted", By: &Author{User: testID[id.User](5), Name: "Ada"}},
		&DocumentChanged{Document: DocumentState{ID: testID[id.Doc](3), Title: "Notes 2", Epoch: 1, Locked: true}},
		&Done{Ref: "r1"},
		&Done{Ref: "l1", Link: &Link{ID: testID[id.Link](9), Name: "Client review", Role: authz.Commenter, CreatedBy: testID[id.User](5),
			CreatedAt: moment, Secret: strings.Repeat("s", 43), URL: "https://docs.example.com/link#" + strings.Repeat("s", 43)}},
		&Error{Ref: "g1", Code: CodeForbidden, Message: "your role does not allow this"},
		&Error{Code: CodeInvalid, Message: "is not JSON"},
		&Notice{Code: CodeDraining, RetryAfterMs: 1000},
		&Pong{T: 42},
	}
}

// TestGoldenMessages holds the bytes of every message: clients in other languages read and write just these.
func TestGoldenMessages(t *testing.T) {
	var in, out bytes.Buffer
	for _, m := range goldenInbound() {
		data := AppendInbound(nil, m)
		in.Write(append(data, '\n'))
		if got, err := DecodeInbound(data); err != nil || !same(got, m) {
			t.Errorf("%s: decoded %+v, %v", data, got, err)
		}
	}
	for _, m := range goldenOutbound() {
		data := AppendOutbound(nil, m)
		out.Write(append(data, '\n'))
		if got, err := DecodeOutbound(data); err != nil || !same(got, m) {
			t.Errorf("%s: decoded %+v, %v", data, got, err)
		}
	}
	for name, got := range map[string][]byte{"testdata/inbound.ndjson": in.Bytes(), "testdata/outbound.ndjson": out.Bytes()} {
		if *update {
			if err := os.WriteFile(name, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s has other messages than the code makes.\ngot:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

// same compares messages by their encoding, since equal Deltas need not be the same in memory.
func same[Message any](a, b Message) bool {
	if reflect.TypeOf(a) != reflect.TypeOf(b) {
		return false
	}
	return bytes.Equal(Append(nil, a), Append(nil, b))
}

// TestEveryTypeHasItsName: the names that decoding knows are those that encoding writes, and each has a golden message.
func TestEveryTypeHasItsName(t *testing.T) {
	var in, out []string
	for _, m := range goldenInbound() {
		in = append(in, typeOf(AppendInbound(nil, m)))
	}
	for _, m := range goldenOutbound() {
		out = append(out, typeOf(AppendOutbound(nil, m)))
	}
	for name := range inboundByName {
		if !slices.Contains(in, name) {
			t.Errorf("%q has no golden message", name)
		}
	}
	for name := range outboundByName {
		if !slices.Contains(out, name) {
			t.Errorf("%q has no golden message", name)
		}
	}
}
