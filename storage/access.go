package storage

import (
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// Grant gives a role in one document.
type Grant struct {
	authz.Right
	Address   string // that To is made of, or by which the user was named when it was made; else empty
	GrantedBy id.User
	GrantedAt Micros
}

// ToAddress is the principal for whoever will prove that they have that address, which is compared without regard to case. It
// names the address by a hash, so that it fits where every other principal does and shows the address to nobody.
func ToAddress(address string) authz.Principal {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	to := authz.Principal{Kind: authz.ToAddress}
	copy(to.ID[:], sum[:])
	return to
}

// Membership makes a grant to a group or a link speak for a user.
type Membership struct {
	User id.User
	Of   authz.Principal // a group or a link
}

// Version is how far a document has come.
type Version struct {
	Access int64 // of its access list
	Head   ot.Rev
}

// Access is a document's access list at one version. Members are the memberships of those users only who were asked for, in
// those groups and links only that a grant names.
type Access struct {
	Document Document
	Grants   []Grant
	Members  []Membership
}

// Decide is authz.Decide on this list, for a user whose memberships were asked for.
func (a Access) Decide(actor Actor, now Micros) authz.Effective {
	rights := make([]authz.Right, len(a.Grants))
	for i, grant := range a.Grants {
		rights[i] = grant.Right
	}
	return authz.Decide(a.Document.Owner, rights, a.Who(actor), int64(now))
}

// Public tells whether a live grant lets anybody in who has the document's address or a link.
func (a Access) Public(now Micros) bool {
	return slices.ContainsFunc(a.Grants, func(grant Grant) bool {
		kind := grant.To.Kind
		return (kind == authz.ToLink || kind == authz.ToAnyone) && (grant.ExpiresAt == 0 || grant.ExpiresAt > int64(now))
	})
}

// Standing is the actor's in this document, with the role that they have in it.
func (d *Document) Standing(actor Actor, role authz.Role) authz.Standing {
	standing := actor.Standing()
	standing.Role, standing.OpenHistory, standing.Locked = role, d.OpenHistory, d.Locked
	standing.Offered = !actor.User.IsZero() && d.OfferedTo == actor.User
	standing.Deleted = d.DeletedAt != 0
	return standing
}

// Who is the actor as this list knows them.
func (a Access) Who(actor Actor) authz.Who {
	who := authz.Who{User: actor.User, Guest: actor.Guest}
	for _, member := range a.Members {
		switch {
		case member.User != actor.User:
		case member.Of.Kind == authz.ToGroup:
			who.Groups = append(who.Groups, member.Of.ID)
		case member.Of.Kind == authz.ToLink:
			who.Links = append(who.Links, member.Of.ID)
		}
	}
	return who
}
