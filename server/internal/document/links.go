package document

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Link is a way into a document, with the grant to whoever comes by it.
type Link struct {
	storage.Link
	Grant storage.Grant
}

// Links lists a document's links.
func (s *Service) Links(ctx context.Context, actor storage.Actor, doc id.Doc) ([]Link, error) {
	by, err := s.decideAt(ctx, actor, doc, authz.ManageLinks, storage.At(time.Now()))
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	stored, err := s.store.Links(ctx, doc)
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	var links []Link
	for _, link := range stored {
		if grant := by.grantOf(link.To()); grant != nil {
			links = append(links, Link{link, *grant})
		}
	}
	return links, nil
}

// NewLink makes a link and returns its secret, which is told only here. It ends after LinkLasts, unless an end is given, or Never.
// storage.ErrFull; else as for Grant.
func (s *Service) NewLink(ctx context.Context, actor storage.Actor, doc id.Doc, name string, role authz.Role, expires storage.Micros) (
	link Link, secret string, err error,
) {
	var bytes [32]byte
	rand.Read(bytes[:]) // never fails
	secret = base64.RawURLEncoding.EncodeToString(bytes[:])
	link.Link = storage.Link{ID: id.New[id.Link](), Doc: doc, Name: strings.TrimSpace(name), Hash: sha256.Sum256([]byte(secret)), CreatedBy: actor.User}
	if err = s.putLink(ctx, actor, AnyVersion, &link, role, expires, false); err != nil {
		return Link{}, "", err
	}
	return link, secret, nil
}

// SetLink gives a link another name and role, and another end, if one is given, or Never. storage.ErrNoLink; else as for Grant.
func (s *Service) SetLink(ctx context.Context, actor storage.Actor, doc id.Doc, which id.Link, name string, role authz.Role, expires storage.Micros) (Link, error) {
	link := Link{Link: storage.Link{ID: which, Doc: doc, Name: strings.TrimSpace(name)}}
	err := s.putLink(ctx, actor, AnyVersion, &link, role, expires, true)
	return link, err
}

func (s *Service) putLink(ctx context.Context, actor storage.Actor, only int64, link *Link, role authz.Role, expires storage.Micros, stands bool) error {
	err := s.change(ctx, actor, link.Doc, authz.ManageLinks, func(by decision) error {
		to := link.To()
		if err := by.mayDeal(authz.ManageLinks, only, to, role); err != nil {
			return err
		}
		if err := by.reasoned(actor, role); err != nil {
			return err
		}
		if stands {
			links, err := s.store.LinksByID(ctx, []id.Link{link.ID})
			if err != nil {
				return err
			}
			if len(links) == 0 || links[0].Doc != link.Doc {
				return storage.ErrNoLink
			}
			name := link.Name
			link.Link = links[0]
			link.Name = name
		} else if link.CreatedAt == 0 {
			link.CreatedAt = by.now
		}
		right := authz.Right{To: to, Role: role}
		end, err := s.limited(ctx, right, by.unlessSaid(expires, to), by.now)
		if err == nil {
			end, err = by.lasting(to, role, expires, end)
		}
		if err != nil {
			return err
		}
		right.ExpiresAt = int64(end)
		link.Grant = storage.Grant{Right: right, GrantedBy: actor.User, GrantedAt: by.now}
		_, err = s.store.PutLink(ctx, link.Link, link.Grant, by.guard)
		return err
	})
	s.tell(actor, err, link.Doc)
	if err != nil {
		return fmt.Errorf("store a link: %w", err)
	}
	return nil
}

// DropLink revokes a link, and with it the role of all who came by it. storage.ErrNoLink.
func (s *Service) DropLink(ctx context.Context, actor storage.Actor, doc id.Doc, link id.Link) error {
	err := s.change(ctx, actor, doc, authz.ManageLinks, func(by decision) error {
		to := authz.Principal{Kind: authz.ToLink, ID: link}
		if by.grantOf(to) == nil {
			return storage.ErrNoLink
		}
		if err := by.mayDeal(authz.ManageLinks, AnyVersion, to, authz.Viewer); err != nil {
			return err
		}
		_, err := s.store.DropGrant(ctx, doc, to, by.guard)
		return err
	})
	s.tell(actor, err, doc)
	if err != nil {
		return fmt.Errorf("revoke a link: %w", err)
	}
	return nil
}
