package room

import (
	"sync"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// rights is what a room knows of who may do what, so that an edit's right is answered without a query and without a walk over
// the access list: the list, and of the people whom it has met, which groups and links of that list speak for them. It is
// written by the room's goroutine alone, which reads it without the lock.
type rights struct {
	list    []authz.Right // the grants of room.access
	version int64         // of the list; 0 before there is one

	mu    sync.RWMutex
	named bool                      // the list names groups or links: who is not met may be in one; guarded by mu
	met   map[id.User]*acquaintance // guarded by mu
}

// acquaintance is what the list says of somebody.
type acquaintance struct {
	who       authz.Who
	decided   bool
	effective authz.Effective // if decided
}

// maxMet bounds those who are met and have no seat: programs that write over HTTP.
const maxMet = 1000

// knows tells whether the room can decide about a user without asking the database who speaks for them. It may be called from
// any goroutine. A room that is still opening says that it can: should it turn out otherwise, the user is a stranger to it.
func (r *room) knows(user id.User) bool {
	r.rights.mu.RLock()
	defer r.rights.mu.RUnlock()
	return !r.rights.named || r.rights.met[user] != nil
}

// know takes over an access list that was read together with the memberships of those users. At one version of the list
// memberships are only added, so there it adds to what is known, and tells whether somebody whom it knew has more.
func (r *room) know(access storage.Access, users []id.User) (more bool) {
	k := &r.rights
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.version != access.Document.AccessVersion || len(k.met) >= maxMet+len(r.seats) {
		k.version, k.met = access.Document.AccessVersion, map[id.User]*acquaintance{}
		k.list, k.named = nil, false
		for i := range access.Grants {
			k.list = append(k.list, access.Grants[i].Right)
			kind := access.Grants[i].To.Kind
			k.named = k.named || kind == authz.ToGroup || kind == authz.ToLink
		}
	}
	for user, read := range acquaint(access.Members, users) {
		if known := k.met[user]; known == nil || read.others() > known.others() {
			k.met[user] = read
			more = more || known != nil
		}
	}
	return more
}

// acquaint makes acquaintances of users by their memberships.
func acquaint(members []storage.Membership, users []id.User) map[id.User]*acquaintance {
	met := make(map[id.User]*acquaintance, len(users))
	for _, user := range users {
		met[user] = &acquaintance{who: authz.Who{User: user}}
	}
	for _, member := range members {
		switch known := met[member.User]; {
		case known == nil:
		case member.Of.Kind == authz.ToGroup:
			known.who.Groups = append(known.who.Groups, member.Of.ID)
		case member.Of.Kind == authz.ToLink:
			known.who.Links = append(known.who.Links, member.Of.ID)
		}
	}
	return met
}

// others is how many principals speak for them besides themselves.
func (a *acquaintance) others() int { return len(a.who.Groups) + len(a.who.Links) }

// effective is an actor's role, and whether the room knows it.
func (r *room) effective(actor storage.Actor) (authz.Effective, bool) {
	known := r.rights.met[actor.User]
	if known == nil {
		if r.rights.named {
			return authz.Effective{}, false
		}
		known = &acquaintance{who: authz.Who{User: actor.User}}
		if len(r.rights.met) < maxMet+len(r.seats) {
			r.rights.mu.Lock()
			r.rights.met[actor.User] = known
			r.rights.mu.Unlock()
		}
	}
	now := int64(r.now())
	if end := known.effective.ValidUntil; !known.decided || end != 0 && end <= now || known.who.Guest != actor.Guest {
		known.who.Guest, known.decided = actor.Guest, true
		known.effective = authz.Decide(r.access.Document.Owner, r.rights.list, known.who, now)
	}
	return known.effective, true
}

// present are those about whom the room has to decide: they sit here, or wait for an answer.
func (r *room) present() []id.User {
	users := make([]id.User, 0, len(r.seats)+len(r.waiting))
	for s := range r.seats {
		users = append(users, s.actor.User)
	}
	for _, p := range r.waiting {
		users = append(users, p.actor.User)
	}
	return users // the store takes repeats
}
