package wire

import (
	"errors"
	"strings"
	"unicode"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage/id"
)

// Principal is whom a grant speaks to, as text: "user:<id>", "group:<id>", "link:<id>", "email:<address>", "everyone" (signed
// in) or "anyone". An address is that of somebody who has no account yet.
type Principal struct {
	Kind    authz.PrincipalKind
	ID      [16]byte // zero for an address, for everyone and for anyone
	Address string   // only of an address
}

// ErrPrincipal is returned for any other text.
var ErrPrincipal = errors.New(`not a principal: use "user:<id>", "group:<id>", "link:<id>", "email:<address>", "everyone" or "anyone"`)

// String returns the text.
func (p Principal) String() string {
	switch p.Kind {
	case authz.ToUser:
		return "user:" + id.User(p.ID).String()
	case authz.ToGroup:
		return "group:" + id.Group(p.ID).String()
	case authz.ToLink:
		return "link:" + id.Link(p.ID).String()
	case authz.ToAddress:
		return "email:" + p.Address
	case authz.ToEveryone:
		return "everyone"
	case authz.ToAnyone:
		return "anyone"
	}
	return ""
}

// MarshalText returns the text.
func (p Principal) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the text.
func (p *Principal) UnmarshalText(text []byte) error {
	switch string(text) {
	case "everyone":
		*p = Principal{Kind: authz.ToEveryone}
		return nil
	case "anyone":
		*p = Principal{Kind: authz.ToAnyone}
		return nil
	}
	name, rest, _ := strings.Cut(string(text), ":")
	if name == "email" {
		if !isAddress(rest) {
			return ErrPrincipal
		}
		*p = Principal{Kind: authz.ToAddress, Address: rest}
		return nil
	}
	kind, ok := identified[name]
	if !ok {
		return ErrPrincipal
	}
	read, err := id.Parse[id.User](rest) // ids of all kinds read the same
	if err != nil {
		return ErrPrincipal
	}
	*p = Principal{Kind: kind, ID: read}
	return nil
}

var identified = map[string]authz.PrincipalKind{"user": authz.ToUser, "group": authz.ToGroup, "link": authz.ToLink}

// maxAddress is how many bytes an e-mail address has at most.
const maxAddress = 254

// isAddress tells whether a text may be an e-mail address: who sends mail to it finds out whether it is one.
func isAddress(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && domain != "" && len(text) <= maxAddress && !strings.Contains(domain, "@") &&
		!strings.ContainsFunc(text, unseen)
}

// unseen are the characters by which one address would look like another, as far as they show nothing: spaces, controls, marks of
// direction and width, blank letters; and what stands for bytes that are no text.
func unseen(r rune) bool {
	return r == unicode.ReplacementChar || !unicode.IsGraphic(r) || unicode.In(r, unicode.Z, unicode.Other_Default_Ignorable_Code_Point)
}

// IsPlainAddress tells whether a text that has the form of an e-mail address shows all of what it is.
func IsPlainAddress(text string) bool { return !strings.ContainsFunc(text, unseen) }
