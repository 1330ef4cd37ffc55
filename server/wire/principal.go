package wire

import (
	"errors"
	"strings"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage/id"
)

// Principal is whom a grant speaks to, as text: "user:<id>", "everyone" (signed in) or "anyone".
type Principal authz.Principal

// ErrPrincipal is returned for any other text.
var ErrPrincipal = errors.New(`not a principal: use "user:<id>", "everyone" or "anyone"`)

// String returns the text.
func (p Principal) String() string {
	switch p.Kind {
	case authz.ToUser:
		return "user:" + id.User(p.ID).String()
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
	switch s := string(text); {
	case s == "everyone":
		*p = Principal{Kind: authz.ToEveryone}
	case s == "anyone":
		*p = Principal{Kind: authz.ToAnyone}
	case strings.HasPrefix(s, "user:"):
		user, err := id.Parse[id.User](s[len("user:"):])
		if err != nil {
			return ErrPrincipal
		}
		*p = Principal{Kind: authz.ToUser, ID: user}
	default:
		return ErrPrincipal
	}
	return nil
}
