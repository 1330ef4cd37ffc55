package schema

import (
	"errors"
	"reflect"
	"regexp"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/coscribe/coscribe/server/wire"
)

// checked is every type that comes in through a door.
var checked = []any{
	wire.Join{}, wire.Submit{}, wire.ShowCursor{}, wire.Rename{}, wire.Grant{}, wire.Revoke{}, wire.Ping{},
	wire.SignIn{}, wire.SignUp{}, wire.ChangePassword{}, wire.Invite{}, wire.NewToken{}, wire.NewDocument{}, wire.Retitle{}, wire.WriteOps{},
	wire.PutGrant{}, wire.Since{}, wire.Cursor{},
	wire.NewLink{}, wire.Lock{}, wire.Unlock{}, wire.Disconnect{},
	wire.NameGroup{}, wire.PutLink{}, wire.SetHistory{}, wire.Offer{}, wire.Transfer{}, wire.Ask{}, wire.Approve{}, wire.Bulk{}, wire.Change{},
	wire.Policy{},
	wire.Enter{}, wire.Suspend{}, wire.Offboard{},
}

var rules = newRules()

// newRules makes the validator, and puts a zero value of every type through it: a tag that names no rule panics when it is
// first used, and so does it here, when the program starts.
func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(jsonName)
	register(v)
	for _, zero := range checked {
		_ = v.Struct(zero)
	}
	return v
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// Check returns nil if v, a struct or a pointer to one, keeps to its tags, else a *wire.Fault about the first that it does
// not keep to.
func Check(v any) error {
	if typed, ok := v.(*wire.Submit); ok && fits(typed) {
		return nil
	}
	err := rules.Struct(v)
	if err == nil {
		return nil
	}
	faults, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		panic("schema: not a struct that can be checked")
	}
	first := faults[0]
	return &wire.Fault{Code: wire.CodeInvalid, Pointer: pointer(first.Namespace()), Message: sentence(first)}
}

// fits is what a Submit's tags ask, which nearly every message is, at a fiftieth of what it costs to ask the tags.
func fits(m *wire.Submit) bool {
	switch m.Kind {
	case "", "edit", "undo", "redo":
		return m.Seq >= 1 && m.Seq <= maxSeq && !m.ID.IsZero() && m.Base >= 0
	}
	return false
}

var index = regexp.MustCompile(`\[(\d+)\]`)

// pointer makes a JSON pointer of the validator's path, as in "WriteOps.ids[3]".
func pointer(path string) string {
	_, members, _ := strings.Cut(path, ".")
	return "/" + strings.ReplaceAll(index.ReplaceAllString(members, "/$1"), ".", "/")
}
