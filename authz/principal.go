package authz

import "fmt"

// PrincipalKind says to whom a grant speaks. Its numbers are stored: new kinds come last.
type PrincipalKind uint8

// The kinds of principals.
const (
	ToUser     PrincipalKind = iota + 1 // one user, or one guest
	ToGroup                             // the members of a group
	ToLink                              // whoever came by a link
	ToEveryone                          // everyone signed in to the instance, so no guest
	ToAnyone                            // anyone at all
	ToAddress                           // whoever will prove that an address is theirs: nobody, until then
)

var kindNames = [...]string{"", "user", "group", "link", "everyone", "anyone", "address"}

func (k PrincipalKind) known() bool { return k >= ToUser && k <= ToAddress }

// String returns the kind's name.
func (k PrincipalKind) String() string {
	if k.known() {
		return kindNames[k]
	}
	return fmt.Sprintf("PrincipalKind(%d)", uint8(k))
}

// HasID tells whether principals of this kind are told apart by an ID.
func (k PrincipalKind) HasID() bool { return k.known() && k != ToEveryone && k != ToAnyone }

// Principal is whom a grant speaks to. ID is zero for everyone and anyone.
type Principal struct {
	Kind PrincipalKind
	ID   [16]byte
}

// Who is the one whose role is asked: a user with the groups and links that speak for it. A zero User is anonymous.
type Who struct {
	User      [16]byte
	Guest     bool // somebody with a durable User who is not signed in: grants to everyone do not speak for them
	Suspended bool // nothing speaks for them, not even ownership
	Groups    [][16]byte
	Links     [][16]byte
}

func (w Who) anonymous() bool { return w.User == [16]byte{} }

// A hearer is a Who, ready to be asked for many principals.
type hearer struct {
	Who
	groups, links members
}

func (w Who) hearer() hearer {
	return hearer{Who: w, groups: membersOf(w.Groups), links: membersOf(w.Links)}
}

// hears tells whether what is said to p is said to this one.
func (h *hearer) hears(p *Principal) bool {
	switch p.Kind {
	case ToUser:
		return p.ID == h.User && !h.anonymous()
	case ToGroup:
		return h.groups.has(p.ID)
	case ToLink:
		return h.links.has(p.ID)
	case ToEveryone:
		return !h.anonymous() && !h.Guest
	case ToAnyone:
		return true
	}
	return false
}

// members are the groups, or the links, that speak for somebody. Few are looked through one by one, without allocating;
// many, which would make a long access list quadratic, by a map.
type members struct {
	few  [][16]byte
	many map[[16]byte]struct{}
}

const fewMembers = 16

func membersOf(ids [][16]byte) members {
	if len(ids) <= fewMembers {
		return members{few: ids}
	}
	many := make(map[[16]byte]struct{}, len(ids))
	for _, id := range ids {
		many[id] = struct{}{}
	}
	return members{many: many}
}

func (m *members) has(id [16]byte) bool {
	for i := range m.few {
		if m.few[i] == id {
			return true
		}
	}
	if m.many == nil {
		return false
	}
	_, is := m.many[id]
	return is
}
