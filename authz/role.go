package authz

import (
	"errors"
	"fmt"
)

// Role is what a principal is to one document. Roles are ordered: each may do all that those below it may.
type Role uint8

// The roles, from none to all. The zero value is no access at all.
const (
	None Role = iota
	Viewer
	Commenter
	Editor
	Admin
	Owner
)

var roleNames = [...]string{"none", "viewer", "commenter", "editor", "admin", "owner"}

// ErrUnknownRole is returned for a text that names no role.
var ErrUnknownRole = errors.New("unknown role: use viewer, commenter, editor or admin")

// String returns the role's name on the wire.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return fmt.Sprintf("Role(%d)", uint8(r))
}

// ParseRole reads a role's name. "none" is a role as well.
func ParseRole(name string) (Role, error) {
	for r, known := range roleNames {
		if name == known {
			return Role(r), nil
		}
	}
	return None, ErrUnknownRole
}

// MarshalText returns the role's name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is ParseRole.
func (r *Role) UnmarshalText(text []byte) error {
	read, err := ParseRole(string(text))
	if err != nil {
		return err
	}
	*r = read
	return nil
}

// Grantable tells whether a grant may carry the role: the owner is set by a transfer, never by a grant.
func (r Role) Grantable() bool { return r >= Viewer && r <= Admin }

// Next is the role above r that a grant can carry, which somebody of role r asks for; None if there is none.
func (r Role) Next() Role {
	if up := r + 1; up.Grantable() {
		return up
	}
	return None
}
