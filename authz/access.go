package authz

import "fmt"

// PrincipalKind says to whom a grant speaks.
type PrincipalKind uint8

// The kinds of principals. Groups and links have an ID as users do.
const (
	ToUser     PrincipalKind = iota + 1 // one user
	ToGroup                             // the members of a group
	ToLink                              // whoever came by a link
	ToEveryone                          // everyone signed in to the instance, so no guest
	ToAnyone                            // anyone at all
	ToAddress                           // whoever will sign up with an address: nobody, until then
)

var kindNames = [...]string{"", "user", "group", "link", "everyone", "anyone", "address"}

// String returns the kind's name.
func (k PrincipalKind) String() string {
	if k >= ToUser && int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("PrincipalKind(%d)", uint8(k))
}

// HasID tells whether principals of this kind are told apart by an ID.
func (k PrincipalKind) HasID() bool {
	return k >= ToUser && int(k) < len(kindNames) && k != ToEveryone && k != ToAnyone
}

// Principal is whom a grant speaks to. ID is zero for everyone and anyone.
type Principal struct {
	Kind PrincipalKind
	ID   [16]byte
}

// A Right is a grant as a decision sees it: this role to this principal until ExpiresAt, in microseconds since 1970,
// where 0 is for ever.
type Right struct {
	To        Principal
	Role      Role
	ExpiresAt int64
}

// Who is the one whose role is asked: a user with the groups and links that speak for it. A zero User is anonymous.
type Who struct {
	User   [16]byte
	Guest  bool // somebody with a durable User who is not signed in: grants to everyone do not speak for them
	Groups [][16]byte
	Links  [][16]byte
}

// Effective is the highest role that live grants give, and until when it holds.
type Effective struct {
	Role Role

	// ValidUntil is the moment, in microseconds since 1970, at which Role ends unless the list changes first: the latest
	// expiry among the grants that give just this role. 0 is for ever. After it the list must be asked again, since a
	// lower grant may remain.
	ValidUntil int64
}

// Decide returns who's effective role at the time now, in microseconds since 1970, under the owner and the grants of one
// document. A grant whose expiry is now or earlier is dead.
func Decide(owner [16]byte, rights []Right, who Who, now int64) Effective {
	anonymous := who.User == [16]byte{}
	if !anonymous && who.User == owner {
		return Effective{Role: Owner}
	}
	var best Effective
	for _, right := range rights {
		if right.ExpiresAt != 0 && right.ExpiresAt <= now || !right.To.speaksFor(who) || right.Role < best.Role {
			continue
		}
		if right.Role > best.Role {
			best = Effective{Role: right.Role, ValidUntil: right.ExpiresAt}
		} else if best.ValidUntil != 0 && (right.ExpiresAt == 0 || right.ExpiresAt > best.ValidUntil) {
			best.ValidUntil = right.ExpiresAt
		}
	}
	return best
}

func (p Principal) speaksFor(who Who) bool {
	switch p.Kind {
	case ToUser:
		return p.ID == who.User && p.ID != [16]byte{}
	case ToGroup:
		return contains(who.Groups, p.ID)
	case ToLink:
		return contains(who.Links, p.ID)
	case ToEveryone:
		return who.User != [16]byte{} && !who.Guest
	case ToAnyone:
		return true
	}
	return false
}

func contains(ids [][16]byte, id [16]byte) bool {
	for _, other := range ids {
		if other == id {
			return true
		}
	}
	return false
}
