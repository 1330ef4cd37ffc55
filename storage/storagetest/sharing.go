package storagetest

import (
	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// group is a stored one with these members.
func (w *world) group(members ...id.User) storage.Group {
	w.Helper()
	group := storage.Group{ID: id.New[id.Group](), CreatedBy: w.actor.User, CreatedAt: w.now, Members: int64(len(members))}
	group.Name = "Group " + group.ID.String()
	w.ok(w.Store.PutGroup(w.Context(), group, by(w.actor)))
	for _, member := range members {
		_, err := w.Store.AddMember(w.Context(), group.ID, member, w.now, by(w.actor))
		w.ok(err)
	}
	return group
}

func toGroup(group id.Group) authz.Principal { return authz.Principal{Kind: authz.ToGroup, ID: group} }

var everyone = authz.Principal{Kind: authz.ToEveryone}

// give grants a role in the document as it is stored now, by its owner.
func (w *world) give(doc id.Doc, to authz.Principal, role authz.Role) storage.Grant {
	w.Helper()
	grant := storage.Grant{Right: authz.Right{To: to, Role: role}, GrantedBy: w.actor.User, GrantedAt: w.now}
	_, err := w.Store.PutGrant(w.Context(), doc, grant, w.guard(w.actor, doc))
	w.ok(err)
	return grant
}

// newLink is one that is not stored yet, with its grant.
func (w *world) newLink(doc id.Doc, role authz.Role) (storage.Link, storage.Grant) {
	link := storage.Link{ID: id.New[id.Link](), Doc: doc, Name: "For 🐝s", Hash: hash(), CreatedBy: w.actor.User, CreatedAt: w.now}
	return link, storage.Grant{Right: authz.Right{To: link.To(), Role: role}, GrantedBy: w.actor.User, GrantedAt: w.now}
}

func (w *world) link(doc id.Doc, role authz.Role) storage.Link {
	w.Helper()
	link, grant := w.newLink(doc, role)
	_, err := w.Store.PutLink(w.Context(), link, grant, w.guard(w.actor, doc))
	w.ok(err)
	return link
}

func (w *world) enter(link storage.Link, actor storage.Actor) storage.Link {
	w.Helper()
	entered, err := w.Store.EnterLink(w.Context(), link.Hash, storage.User{ID: actor.User, Guest: actor.Guest}, w.now, by(actor))
	w.ok(err)
	return entered
}

// role is the actor's in the document as it is stored now.
func (w *world) role(doc id.Doc, actor storage.Actor) authz.Role {
	w.Helper()
	access, err := w.Store.Access(w.Context(), doc, actor.User)
	w.ok(err)
	return access.Decide(actor, w.now).Role
}

// version is the document's access version, whether it is deleted or not.
func (w *world) version(doc id.Doc) (version int64) {
	w.Helper()
	w.ok(w.DB.QueryRowContext(w.Context(), "SELECT access_version FROM documents WHERE id = $1", w.Key(doc)).Scan(&version))
	return version
}
