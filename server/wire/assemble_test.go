package wire

import (
	"bytes"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage/id"
)

// TestAssembledIsEncoded: what is put together from parts is byte for byte what the library writes.
func TestAssembledIsEncoded(t *testing.T) {
	for _, m := range goldenOutbound() {
		switch m := m.(type) {
		case *Revisions:
			var items [][]byte
			for i := range m.Items {
				var encoded []byte
				if m.Items[i].Delta != nil {
					encoded = m.Items[i].Delta.AppendJSON(nil)
				}
				item := AppendRevision(nil, &m.Items[i], encoded)
				if want := Append(nil, &m.Items[i]); !bytes.Equal(item, want) {
					t.Errorf("got  %s\nwant %s", item, want)
				}
				items = append(items, item)
			}
			got := AppendRevisions([]byte("before"), items...)
			if want := AppendOutbound([]byte("before"), m); !bytes.Equal(got, want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		case *Welcome:
			var snapshot []byte
			if m.Snapshot != nil {
				snapshot = m.Snapshot.AppendJSON(nil)
			}
			got, err := DecodeOutbound(AppendWelcome(nil, m, snapshot))
			if err != nil || !same[Outbound](got, m) {
				t.Errorf("got %+v, %v; want %+v", got, err, m)
			}
		}
	}
	if got := AppendRevisions(nil); string(got) != `{"type":"revisions","items":[]}` {
		t.Errorf("no items: %s", got)
	}
}

// TestMomentsAgree: one spelling everywhere, to the microsecond, in UTC.
func TestMomentsAgree(t *testing.T) {
	east := time.FixedZone("", 2*60*60)
	for _, c := range []struct{ in, want string }{
		{"2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000000Z"},
		{"2026-03-01T12:00:00.1Z", "2026-03-01T12:00:00.100000Z"},
		{"2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.123456Z"},
		{"2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000000Z"},
		{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"},
		{"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
		{"1970-01-01T00:00:00+02:00", ""}, {"9999-12-31T23:59:59-02:00", ""}, {"2026-03-01", ""}, {"", ""},
		{"2026-02-30T12:00:00Z", ""}, {"2026-03-01T12:00:00", ""}, {"2026-03-01 12:00:00Z", ""},
	} {
		got, err := ParseMoment(c.in)
		if (err == nil) != (c.want != "") || err == nil && string(AppendMoment(nil, got)) != c.want {
			t.Errorf("%s: got %v, %v; want %q", c.in, got, err, c.want)
		}
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 999, east)
	if got := Append(nil, &Ticket{ExpiresAt: at}); !bytes.Contains(got, []byte(`"2026-03-01T10:00:00.000000Z"`)) {
		t.Errorf("in a body: %s", got)
	}
	if got := AppendRevision(nil, &Revision{At: at, Kind: "edit"}, nil); !bytes.Contains(got, []byte(`"2026-03-01T10:00:00.000000Z"`)) {
		t.Errorf("in a revision: %s", got)
	}
}

// TestDecodeBody: bodies are read as strictly as messages.
func TestDecodeBody(t *testing.T) {
	var body WriteOps
	good := `{"epoch":1,"base":0,"mode":"exact","client":"d1000000-0000-4000-8000-000000000001","seq":1,` +
		`"ids":["d2000000-0000-4000-8000-000000000002"],"ops":[{"ops":[{"insert":"a"}]}]}`
	if err := Decode([]byte(good), &body); err != nil || len(body.Ops) != 1 {
		t.Fatalf("got %+v, %v", body, err)
	}
	for _, c := range []struct{ old, new, pointer string }{
		{`"base":0`, `"base":0,"base":0`, "/base"},
		{`"base":0`, `"Base":0`, "/base"},
		{`"base":0,`, ``, "/base"},
		{`{"ops":[{"insert":"a"}]}`, `null`, "/ops/0"},
		{`{"ops":[{"insert":"a"}]}`, `{"ops":[{"insert":"a"}]},{"ops":[{"insert":""}]}`, "/ops/1/ops/0"},
		{`"d2000000`, `"D2000000`, "/ids/0"},
		{`{"ops":[{"insert":"a"}]}`, `{"ops":[{"insert":"\u0000"}]}`, "/ops/0"},
	} {
		err := Decode(bytes.Replace([]byte(good), []byte(c.old), []byte(c.new), 1), &body)
		if fault, ok := err.(*Fault); !ok || fault.Pointer != c.pointer {
			t.Errorf("%s for %s: got %v, want a fault at %s", c.new, c.old, err, c.pointer)
		}
	}
}

func TestColorOf(t *testing.T) {
	for first := range 256 {
		if got := ColorOf(id.User{byte(first)}); got != first%12 {
			t.Fatalf("first byte %d: colour %d", first, got)
		}
	}
}

func BenchmarkDecodeSubmit(b *testing.B) {
	data := AppendInbound(nil, goldenInbound()[2])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeInbound(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendRevision(b *testing.B) {
	r := goldenOutbound()[2].(*Revisions).Items[0]
	encoded := r.Delta.AppendJSON(nil)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendRevision(dst[:0], &r, encoded)
	}
}
