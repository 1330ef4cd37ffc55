package authz

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Few ids, so that principals meet.
var ids = rapid.Custom(func(t *rapid.T) [16]byte { return [16]byte{rapid.Byte().Draw(t, "id") % 4} })

// Principals are mostly of the kinds that speak for somebody, so that rights meet in one person.
var principals = rapid.Custom(func(t *rapid.T) Principal {
	p := Principal{Kind: rapid.SampledFrom([]PrincipalKind{
		ToUser, ToGroup, ToLink, ToEveryone, ToAnyone, ToUser, ToGroup, ToLink, ToEveryone, ToAnyone, ToAddress, ToAddress + 1, 0,
	}).Draw(t, "kind")}
	if p.Kind.HasID() {
		p.ID = ids.Draw(t, "principal")
	}
	return p
})

var rights = rapid.Custom(func(t *rapid.T) Right {
	return Right{
		To:        principals.Draw(t, "to"),
		Role:      rapid.SampledFrom([]Role{Viewer, Viewer, Editor, Editor, Commenter, Admin, None, Owner, Owner + 1}).Draw(t, "role"),
		ExpiresAt: rapid.SampledFrom([]int64{0, 0, 1, 2, 3, 4}).Draw(t, "expires"),
	}
})

var whos = rapid.Custom(func(t *rapid.T) Who {
	return Who{
		User:      ids.Draw(t, "user"),
		Guest:     rapid.Bool().Draw(t, "guest"),
		Suspended: rapid.IntRange(0, 9).Draw(t, "suspended") == 9,
		Groups:    memberships.Draw(t, "groups"),
		Links:     memberships.Draw(t, "links"),
	}
})

var lists = rapid.SliceOfN(rights, 0, 12)

// A few, now and then among more than are looked through one by one.
var memberships = rapid.Custom(func(t *rapid.T) [][16]byte {
	list := rapid.SliceOfN(ids, 0, 2).Draw(t, "memberships")
	if rapid.IntRange(0, 4).Draw(t, "of many") == 4 {
		for i := range fewMembers {
			list = append(list, [16]byte{100, byte(i)})
		}
	}
	return list
})

var owners = ids.Filter(func(id [16]byte) bool { return id != [16]byte{} })

var standings = rapid.Custom(func(t *rapid.T) Standing {
	s := Standing{
		Role:        Role(rapid.IntRange(int(None), int(Owner)).Draw(t, "role")),
		SignedIn:    rapid.Bool().Draw(t, "signed in"),
		OpenHistory: rapid.Bool().Draw(t, "open history"),
		Locked:      rapid.Bool().Draw(t, "locked"),
		Deleted:     rapid.Bool().Draw(t, "deleted"),

		AdminsCreate: rapid.Bool().Draw(t, "admins create"),
	}
	s.Offered = s.SignedIn && rapid.Bool().Draw(t, "offered")
	s.InstanceAdmin = s.SignedIn && rapid.Bool().Draw(t, "instance admin")
	return s
})

// The decision is the greatest role of a grant that lives and speaks for who asks; the owner has theirs.
func TestDecideIsTheHighestLiveGrant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owner, list, who := owners.Draw(t, "owner"), lists.Draw(t, "rights"), whos.Draw(t, "who")
		now := rapid.Int64Range(0, 5).Draw(t, "now")
		want := None
		for _, r := range list {
			if r.Role >= Viewer && r.Role <= Admin && (r.ExpiresAt == 0 || now < r.ExpiresAt) && speaksFor(r.To, who) {
				want = max(want, r.Role)
			}
		}
		if who.User == owner {
			want = Owner
		}
		if who.Suspended {
			want = None
		}
		if got := Decide(owner, list, who, now).Role; got != want {
			t.Fatalf("Decide = %v, want %v", got, want)
		}
	})
}

// speaksFor says once more, and as plainly as can be, whom a principal means.
func speaksFor(p Principal, who Who) bool {
	somebody := who.User != [16]byte{}
	return p.Kind == ToUser && somebody && p.ID == who.User ||
		p.Kind == ToGroup && slices.Contains(who.Groups, p.ID) ||
		p.Kind == ToLink && slices.Contains(who.Links, p.ID) ||
		p.Kind == ToEveryone && somebody && !who.Guest ||
		p.Kind == ToAnyone
}

// The role holds up to ValidUntil and is another from that moment on.
func TestDecideHoldsUntilValidUntil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owner, list, who := owners.Draw(t, "owner"), lists.Draw(t, "rights"), whos.Draw(t, "who")
		now := rapid.Int64Range(0, 5).Draw(t, "now")
		at := Decide(owner, list, who, now)
		until := at.ValidUntil
		if until == 0 {
			if got := Decide(owner, list, who, 1<<60).Role; got != at.Role && at.Role != None {
				t.Fatalf("%v has no end and becomes %v", at.Role, got)
			}
			return
		}
		if until <= now {
			t.Fatalf("valid until %d, decided at %d", until, now)
		}
		if before := Decide(owner, list, who, until-1).Role; before != at.Role {
			t.Fatalf("before %d it is %v, want %v", until, before, at.Role)
		}
		if after := Decide(owner, list, who, until).Role; after >= at.Role {
			t.Fatalf("at %d it is %v, want less than %v", until, after, at.Role)
		}
	})
}

// More grants never give less, their order says nothing, and nobody but the owner is the owner.
func TestDecideIsMonotoneAndOrderless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owner, list, who := owners.Draw(t, "owner"), lists.Draw(t, "rights"), whos.Draw(t, "who")
		now := rapid.Int64Range(0, 5).Draw(t, "now")
		before := Decide(owner, list, who, now)
		turned := slices.Clone(list)
		slices.Reverse(turned)
		if got := Decide(owner, turned, who, now); got != before {
			t.Fatalf("in another order: %+v, want %+v", got, before)
		}
		if after := Decide(owner, append(list, rights.Draw(t, "more")), who, now); after.Role < before.Role {
			t.Fatalf("one grant more gives %v, before it was %v", after.Role, before.Role)
		}
		if before.Role == Owner && who.User != owner {
			t.Fatalf("%v is owner, who is %v", who.User, owner)
		}
	})
}

// An anonymous visitor is nobody: neither a user's grant nor everyone's nor an owner of id zero speaks for them.
func TestAnonymousHasNoUsersRights(t *testing.T) {
	list := []Right{{To: Principal{Kind: ToUser}, Role: Admin}, {To: Principal{Kind: ToEveryone}, Role: Editor}}
	if got := Decide([16]byte{}, list, Who{}, 1); got.Role != None {
		t.Errorf("anonymous is %v, want none", got.Role)
	}
	list = append(list, Right{To: Principal{Kind: ToAnyone}, Role: Viewer})
	if got := Decide([16]byte{}, list, Who{}, 1); got.Role != Viewer {
		t.Errorf("anonymous with a grant to anyone is %v, want viewer", got.Role)
	}
}

// A guest has what is granted to them, to their links and to anyone, and not what is granted to everyone signed in. What
// is granted to an address is nobody's, though the ids be the same.
func TestGuestsAreNotEveryone(t *testing.T) {
	guest := Who{User: [16]byte{1}, Guest: true, Links: [][16]byte{{2}}}
	for to, want := range map[Principal]Role{
		{Kind: ToUser, ID: [16]byte{1}}:    Editor,
		{Kind: ToLink, ID: [16]byte{2}}:    Editor,
		{Kind: ToAnyone}:                   Editor,
		{Kind: ToEveryone}:                 None,
		{Kind: ToAddress, ID: [16]byte{1}}: None,
	} {
		if got := Decide([16]byte{9}, []Right{{To: to, Role: Editor}}, guest, 1).Role; got != want {
			t.Errorf("a guest by a grant to %v is %v, want %v", to.Kind, got, want)
		}
	}
	guest.Guest = false
	if got := Decide([16]byte{9}, []Right{{To: Principal{Kind: ToEveryone}, Role: Editor}}, guest, 1).Role; got != Editor {
		t.Errorf("signed in, by a grant to everyone: %v, want editor", got)
	}
}

// Nobody is anything while suspended, the owner included.
func TestSuspendedIsNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owner, list, who := owners.Draw(t, "owner"), lists.Draw(t, "rights"), whos.Draw(t, "who")
		who.Suspended = true
		if got := Decide(owner, list, who, 0); got != (Effective{}) {
			t.Fatalf("suspended and %+v", got)
		}
	})
}

// A grant whose expiry is now is dead now.
func TestExpiryIsTheFirstMomentWithout(t *testing.T) {
	user := [16]byte{1}
	list := []Right{{To: Principal{Kind: ToUser, ID: user}, Role: Editor, ExpiresAt: 100}}
	for now, want := range map[int64]Role{99: Editor, 100: None, 101: None} {
		if got := Decide([16]byte{9}, list, Who{User: user}, now).Role; got != want {
			t.Errorf("at %d: %v, want %v", now, got, want)
		}
	}
}

// A higher role may do whatever a lower one may.
func TestRolesAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := standings.Filter(func(s Standing) bool { return s.Role < Owner }).Draw(t, "standing")
		high := low
		high.Role = Role(rapid.IntRange(int(low.Role)+1, int(Owner)).Draw(t, "higher"))
		for c := range numCommands {
			if low.May(c) && !high.May(c) {
				t.Fatalf("%v: %+v may, %v may not", c, low, high.Role)
			}
		}
	})
}

// A lock takes away, and takes away changes only.
func TestLockStopsChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		open := standings.Draw(t, "standing")
		open.Locked = false
		locked := open
		locked.Locked = true
		for c := range numCommands {
			if want := open.May(c) && !table[c].changes; locked.May(c) != want {
				t.Fatalf("%v when locked: %v, want %v", c, locked.May(c), want)
			}
		}
	})
}

// The trash takes away, and leaves little: what brings a document back, and who had it.
func TestTrashTakesAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := standings.Draw(t, "standing")
		there.Deleted = false
		gone := there
		gone.Deleted = true
		for c := range numCommands {
			stays := c == Undelete || c == ReadAudit || c == Transfer || c == RequestAccess || !c.OfDocument()
			if want := there.May(c) && stays; gone.May(c) != want {
				t.Fatalf("%v in the trash: %v, want %v", c, gone.May(c), want)
			}
		}
	})
}

// One asks for what one has not and a grant can give.
func TestMayRequest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := standings.Draw(t, "standing")
		role := Role(rapid.IntRange(int(None), int(Owner)+1).Draw(t, "role"))
		want := s.SignedIn && role > s.Role && role >= Viewer && role <= Admin
		if got := s.MayRequest(role); got != want {
			t.Fatalf("%+v may request %v: %v, want %v", s, role, got, want)
		}
		if next := s.Role.Next(); (next == None) != (s.Role >= Admin) || next != None && next != s.Role+1 {
			t.Fatalf("next to %v is %v", s.Role, next)
		}
	})
}

// Nobody grants more than they have, nobody grants ownership or nothing, and who may not grant grants nothing.
func TestMayGrant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := standings.Draw(t, "standing")
		role := Role(rapid.IntRange(int(None), int(Owner)+1).Draw(t, "role"))
		want := s.May(Grant) && role >= Viewer && role <= Admin && (role <= s.Role || s.InstanceAdmin)
		if got := s.MayGrant(role); got != want {
			t.Fatalf("%+v may grant %v: %v, want %v", s, role, got, want)
		}
	})
}

// Commands lists exactly the commands of a document that one may do, in order.
func TestCommandsAreWhatOneMay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := standings.Draw(t, "standing")
		listed := s.Commands()
		if !slices.IsSorted(listed) {
			t.Fatalf("out of order: %v", listed)
		}
		for c := range numCommands {
			if want := s.May(c) && c.OfDocument(); slices.Contains(listed, c) != want {
				t.Fatalf("%v listed: %v, want %v", c, !want, want)
			}
		}
	})
}

func TestKinds(t *testing.T) {
	names := make(map[string]bool)
	for k := ToUser; k <= ToAddress; k++ {
		names[k.String()] = true
		if got, want := k.HasID(), k != ToEveryone && k != ToAnyone; got != want {
			t.Errorf("%v has an id: %v, want %v", k, got, want)
		}
	}
	if len(names) != int(ToAddress) || names[""] {
		t.Errorf("kinds are called %v", names)
	}
	for _, k := range []PrincipalKind{0, ToAddress + 1, 255} {
		if k.HasID() || !strings.HasPrefix(k.String(), "PrincipalKind(") {
			t.Errorf("%v is a kind", k)
		}
	}
}

func TestRoleNames(t *testing.T) {
	for r := None; r <= Owner; r++ {
		if got, err := ParseRole(r.String()); err != nil || got != r {
			t.Errorf("ParseRole(%q) = %v, %v", r.String(), got, err)
		}
	}
	for _, text := range []string{"", "Viewer", "superuser", "viewer ", "Role(6)"} {
		if got, err := ParseRole(text); err == nil {
			t.Errorf("ParseRole(%q) = %v, want an error", text, got)
		}
	}
}
