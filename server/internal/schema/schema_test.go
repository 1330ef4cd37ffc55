package schema

import (
	"strings"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestCheckNamesTheFault holds each rule against a value on either side of it.
func TestCheckNamesTheFault(t *testing.T) {
	ticket := strings.Repeat("a", 43)
	client := id.New[id.Client]()
	edit := id.New[id.Edit]()
	ops := func(ids []id.Edit, n int) wire.WriteOps {
		return wire.WriteOps{Epoch: 1, Mode: "exact", Client: client, Seq: 1, IDs: ids, Ops: make([]ot.Delta, n)}
	}
	late := ops([]id.Edit{edit, edit}, 2)
	late.Seq = 1<<53 - 1
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, c := range []struct {
		name string
		v    any
		want string // pointer and message, empty for none
	}{
		{"join", &wire.Join{Ticket: ticket, Client: client}, ""},
		{"join since", &wire.Join{Ticket: ticket, Client: client, Since: &wire.Since{Epoch: 1}}, ""},
		{"join without ticket", &wire.Join{Client: client}, "/ticket is missing"},
		{"join with short ticket", &wire.Join{Ticket: "abc", Client: client}, "/ticket must be 43 characters long"},
		{"join without client", &wire.Join{Ticket: ticket}, "/client is missing"},
		{"join since epoch 0", &wire.Join{Ticket: ticket, Client: client, Since: &wire.Since{}}, "/since/epoch must be at least 1"},

		{"submit", &wire.Submit{Seq: 1, ID: edit, Kind: "undo"}, ""},
		{"submit seq 0", &wire.Submit{ID: edit}, "/seq must be at least 1"},
		{"submit seq beyond JavaScript", &wire.Submit{Seq: 1 << 53, ID: edit}, "/seq must be at most 9007199254740991"},
		{"submit without id", &wire.Submit{Seq: 1}, "/id is missing"},
		{"submit base -1", &wire.Submit{Seq: 1, ID: edit, Base: -1}, "/base must be at least 0"},
		{"submit restore", &wire.Submit{Seq: 1, ID: edit, Kind: "restore"}, "/kind must be one of: edit undo redo"},

		{"write with a last seq beyond JavaScript", &late, "/seq is too high for as many ops"},
		{"cursor", &wire.ShowCursor{Cursor: &wire.Cursor{}}, ""},
		{"no cursor", &wire.ShowCursor{}, ""},
		{"cursor before the text", &wire.ShowCursor{Cursor: &wire.Cursor{Index: -1}}, "/cursor/index must be at least 0"},

		{"rename", &wire.Rename{Ref: "1", Title: "Café 😀"}, ""},
		{"rename to 200", &wire.Rename{Ref: "1", Title: long(200)}, ""},
		{"rename to 201", &wire.Rename{Ref: "1", Title: long(201)}, "/title must be one line of 1 to 200 characters"},
		{"rename to blank", &wire.Rename{Ref: "1", Title: " \u00a0"}, "/title must be one line of 1 to 200 characters"},
		{"rename to two lines", &wire.Rename{Ref: "1", Title: "a\nb"}, "/title must be one line of 1 to 200 characters"},
		{"rename backwards", &wire.Rename{Ref: "1", Title: "a\u202eb"}, "/title must be one line of 1 to 200 characters"},
		{"rename to nothing that shows", &wire.Rename{Ref: "1", Title: "\u200b\u200e\u2060\ufeff\u00ad"}, "/title must be one line of 1 to 200 characters"},
		{"rename to marks", &wire.Rename{Ref: "1", Title: "\u0301\u20dd\ufe0f"}, "/title must be one line of 1 to 200 characters"},
		{"rename to fillers", &wire.Rename{Ref: "1", Title: "\u3164\u115f\u1160\uffa0\u2800"}, "/title must be one line of 1 to 200 characters"},
		{"rename to tags", &wire.Rename{Ref: "1", Title: "\U000e0041\U000e007f"}, "/title must be one line of 1 to 200 characters"},
		{"rename to a family", &wire.Rename{Ref: "1", Title: "👩\u200d👩\u200d👧"}, ""},
		{"rename in Hindi", &wire.Rename{Ref: "1", Title: "हिन्दी"}, ""},
		{"rename to a later Unicode's", &wire.Rename{Ref: "1", Title: "\U0001fae9"}, ""},
		{"name of nothing that shows", &wire.SignUp{Email: "a@b.example", Name: "\u200d\u0301", Password: long(8)}, "/name must be one line of 1 to 80 characters"},
		{"rename to an escape", &wire.Rename{Ref: "1", Title: "a\x1b[2Jb"}, "/title must be one line of 1 to 200 characters"},
		{"rename in an isolate", &wire.Rename{Ref: "1", Title: "a\u2067b\u2069"}, "/title must be one line of 1 to 200 characters"},
		{"rename to a private character", &wire.Rename{Ref: "1", Title: "a\ue000"}, "/title must be one line of 1 to 200 characters"},
		{"rename to no character", &wire.Rename{Ref: "1", Title: "a\ufdd0"}, "/title must be one line of 1 to 200 characters"},
		{"rename to what is not assigned", &wire.Rename{Ref: "1", Title: "a\u0378"}, "/title must be one line of 1 to 200 characters"},
		{"ask in lines", &wire.Ask{Role: authz.Editor, Message: "Dear Ann,\n\n\tלום 🏴\U000e0067\U000e0062\U000e007f"}, ""},
		{"ask without a word", &wire.Ask{Role: authz.Editor}, ""},
		{"ask at length", &wire.Ask{Role: authz.Editor, Message: long(500)}, ""},
		{"ask at greater length", &wire.Ask{Role: authz.Editor, Message: long(501)}, "/message must be at most 500 characters, without control characters"},
		{"ask a terminal", &wire.Ask{Role: authz.Editor, Message: "a\x1b]0;b\a"}, "/message must be at most 500 characters, without control characters"},
		{"ask backwards", &wire.Ask{Role: authz.Editor, Message: "\u202ea"}, "/message must be at most 500 characters, without control characters"},
		{"a reason to return", &wire.PutGrant{Role: authz.Editor, Reason: "a\rb"}, "/reason must be at most 500 characters, without control characters"},
		{"rename without ref", &wire.Rename{Title: "a"}, "/ref is missing"},
		{"rename ref", &wire.Rename{Ref: "é", Title: "a"}, "/ref may hold printable ASCII only"},

		{"grant", &wire.Grant{Ref: "1", Role: authz.Admin}, ""},
		{"grant owner", &wire.Grant{Ref: "1", Role: authz.Owner}, "/role must be viewer, commenter, editor or admin"},
		{"grant none", &wire.Grant{Ref: "1"}, "/role must be viewer, commenter, editor or admin"},

		{"sign up", &wire.SignUp{Email: "a@b.example", Name: long(80), Password: long(8)}, ""},
		{"name 81", &wire.SignUp{Email: "a@b.example", Name: long(81), Password: long(8)}, "/name must be one line of 1 to 80 characters"},
		{"password 7", &wire.SignUp{Email: "a@b.example", Name: "A", Password: long(7)}, "/password must be 8 to 256 characters long"},
		{"password 257", &wire.SignUp{Email: "a@b.example", Name: "A", Password: long(257)}, "/password must be 8 to 256 characters long"},
		{"email with what nobody sees", &wire.SignUp{Email: "a\u200b@example.com", Name: "A", Password: long(8)}, "/email is not an e-mail address"},
		{"email to turn around", &wire.Invite{Email: "a\u202eb@example.com"}, "/email is not an e-mail address"},
		{"email of blanks", &wire.Invite{Email: "\u3164@example.com"}, "/email is not an e-mail address"},
		{"email beyond ASCII", &wire.Invite{Email: "jürgen@bücher.example"}, ""},
		{"email", &wire.SignUp{Email: "a", Name: "A", Password: long(8)}, "/email is not an e-mail address"},

		{"ops", ops([]id.Edit{edit}, 1), ""},
		{"no ops", ops([]id.Edit{edit}, 0), "/ops must be at least 1"},
		{"ops without an id", ops([]id.Edit{edit, {}}, 2), "/ids/1 is missing"},
		{"ops and ids", ops([]id.Edit{edit}, 2), "/ids must be as many as there are ops"},
	} {
		got := ""
		if err := Check(c.v); err != nil {
			fault := err.(*wire.Fault)
			got = fault.Pointer + " " + fault.Message
			if fault.Code != wire.CodeInvalid {
				t.Errorf("%s: code %q", c.name, fault.Code)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestWrongTagFailsAtStart: what newRules does for every type fails for a tag that names no rule.
func TestWrongTagFailsAtStart(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a tag that names no rule passed")
		}
	}()
	_ = newRules().Struct(struct {
		Title string `validate:"titel"`
	}{})
}

// The short way takes what the tags take.
func TestFitsIsWhatTheTagsAsk(t *testing.T) {
	for _, seq := range []int64{-1, 0, 1, 1<<53 - 1, 1 << 53} {
		for _, base := range []ot.Rev{-1, 0, 7} {
			for _, edit := range []id.Edit{{}, id.New[id.Edit]()} {
				for _, kind := range []string{"", "edit", "undo", "redo", "restore", "Edit"} {
					m := &wire.Submit{Seq: seq, ID: edit, Base: base, Kind: kind}
					if got, want := fits(m), rules.Struct(m) == nil; got != want {
						t.Errorf("%+v: got %t, want %t", m, got, want)
					}
				}
			}
		}
	}
}
