package relational

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// SetLocked implements storage.Custody.
func (s *Store) SetLocked(ctx context.Context, doc id.Doc, locked bool, guard storage.Guard) (int64, error) {
	action := storage.AuditUnlock
	if locked {
		action = storage.AuditLock
	}
	version, err := s.setFlag(ctx, doc, "locked", locked, func(d *storage.Document) bool { return d.Locked }, action, guard)
	return version, wrap(err, "lock or unlock a document")
}

// SetHistory implements storage.Custody.
func (s *Store) SetHistory(ctx context.Context, doc id.Doc, open bool, guard storage.Guard) (int64, error) {
	version, err := s.setFlag(ctx, doc, "open_history", open, func(d *storage.Document) bool { return d.OpenHistory }, storage.AuditHistory, guard)
	return version, wrap(err, "open or close a history")
}

func (s *Store) setFlag(ctx context.Context, doc id.Doc, column string, value bool, is func(*storage.Document) bool,
	action storage.Action, guard storage.Guard,
) (int64, error) {
	return s.changeAccess(ctx, doc, guard, change{
		stands: func(_ context.Context, _ Tx, document *storage.Document) (bool, error) {
			return is(document) == value, nil
		},
		make: func(ctx context.Context, tx Tx, document *storage.Document) (entry, error) {
			if is(document) == value {
				return entry{}, errStands
			}
			_, err := tx.Exec(ctx, "UPDATE documents SET "+column+" = $2 WHERE id = $1", [16]byte(doc), value)
			return entry{action: action, target: target("document", doc), before: state{column: !value}, after: state{column: value}}, err
		},
	})
}

// OfferDocument implements storage.Custody.
func (s *Store) OfferDocument(ctx context.Context, doc id.Doc, to id.User, guard storage.Guard) (int64, error) {
	version, err := s.changeAccess(ctx, doc, guard, change{
		stands: func(_ context.Context, _ Tx, document *storage.Document) (bool, error) {
			return document.OfferedTo == to, nil
		},
		make: func(ctx context.Context, tx Tx, document *storage.Document) (entry, error) {
			if document.OfferedTo == to {
				return entry{}, errStands
			}
			if !to.IsZero() {
				if err := s.mayOwn(ctx, tx, to, document.Owner); err != nil {
					return entry{}, err
				}
			}
			_, err := tx.Exec(ctx, "UPDATE documents SET offered_to = $2 WHERE id = $1", [16]byte(doc), [16]byte(to))
			return entry{action: storage.AuditOffer, target: target("document", doc), before: offerState(document.OfferedTo), after: offerState(to)}, err
		},
	})
	return version, wrap(err, "offer a document")
}

func offerState(to id.User) state {
	if to.IsZero() {
		return nil
	}
	return state{"offered_to": to}
}

// mayOwn is nil if the user can be made a document's owner in place of that one, and stays so until the transaction ends.
func (s *Store) mayOwn(ctx context.Context, tx Tx, to, owner id.User) error {
	var found bool
	err := tx.Query(ctx, Query{
		SQL:  "SELECT 1 FROM users WHERE id = $1 AND suspended_at = 0 AND NOT guest" + s.dialect.ForShare,
		Args: []any{[16]byte(to)},
		Row:  one(&found, new(int64)),
	})
	if err == nil && (!found || to == owner) {
		err = storage.ErrNoUser
	}
	return err
}

// TransferDocument implements storage.Custody.
func (s *Store) TransferDocument(ctx context.Context, doc id.Doc, transfer storage.Transfer, guard storage.Guard) (int64, error) {
	to := authz.Principal{Kind: authz.ToUser, ID: transfer.To}
	version, err := s.changeAccess(ctx, doc, guard, change{
		twice:    true, // a withdrawal leaves no offer either
		anywhere: !transfer.Offered,
		stands: func(_ context.Context, _ Tx, document *storage.Document) (bool, error) {
			return document.Owner == transfer.To && document.OfferedTo.IsZero(), nil
		},
		make: func(ctx context.Context, tx Tx, document *storage.Document) (entry, error) {
			if transfer.Offered && document.OfferedTo != transfer.To {
				return entry{}, storage.ErrNoOffer
			}
			former := document.Owner
			if err := s.mayOwn(ctx, tx, transfer.To, former); err != nil {
				return entry{}, err
			}
			if transfer.Offered { // not where somebody leaves, and another has to take what is theirs
				if err := s.mayOwnMore(ctx, tx, transfer.To); err != nil {
					return entry{}, err
				}
			}
			_, err := tx.Exec(ctx, "UPDATE documents SET owner = $2, offered_to = $3 WHERE id = $1", [16]byte(doc), [16]byte(transfer.To), [16]byte{})
			if err != nil {
				return entry{}, err
			}
			_, err = tx.Exec(ctx, "DELETE FROM grants WHERE document = $1 AND principal_kind = $2 AND principal IN ($3, $4)",
				[16]byte(doc), int64(authz.ToUser), to.ID, [16]byte(former))
			if err != nil {
				return entry{}, err
			}
			after := state{"owner": transfer.To}
			if transfer.Keep > authz.None {
				after["former"] = transfer.Keep.String()
				_, err = putGrant(ctx, tx, doc, storage.Grant{
					Right:     authz.Right{To: authz.Principal{Kind: authz.ToUser, ID: former}, Role: transfer.Keep},
					GrantedBy: guard.Fence.User, GrantedAt: transfer.At,
				})
			}
			return entry{action: storage.AuditTransfer, target: target("document", doc), before: state{"owner": former}, after: after}, err
		},
	})
	return version, wrap(err, "transfer a document")
}
