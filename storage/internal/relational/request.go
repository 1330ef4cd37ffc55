package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const requestColumns = "r.id, r.document, r.user_id, r.role, r.message, r.created_at, r.decided_at, r.decided_by, r.outcome"

func requestDest(r *storage.Request) []any {
	return []any{key(&r.ID), key(&r.Doc), key(&r.User), (*uint8)(&r.Role), &r.Message, (*int64)(&r.CreatedAt),
		(*int64)(&r.DecidedAt), key(&r.DecidedBy), (*string)(&r.Outcome)}
}

// PutRequest implements storage.Requests. The document's row is held so that its requests are counted one after another. Every
// statement runs whether there is such a document or not.
func (s *Store) PutRequest(ctx context.Context, r storage.Request, by storage.By) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		err := tx.Query(ctx, Query{SQL: "SELECT id FROM documents WHERE id = $1" + s.dialect.ForUpdate, Args: []any{[16]byte(r.Doc)}, Row: ignored})
		if err != nil {
			return err
		}
		var stands bool
		err = tx.Query(ctx, Query{SQL: "SELECT 1 FROM access_requests WHERE id = $1", Args: []any{[16]byte(r.ID)}, Row: one(&stands, new(int64))})
		if err != nil || stands {
			return err
		}
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM access_requests WHERE document = $1 AND user_id = $2 AND outcome = ''", [16]byte(r.Doc), [16]byte(r.User))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO access_requests (id, document, user_id, role, message, created_at, expires_at, decided_at, decided_by, outcome)"+
			" SELECT $1, d.id, $3, $4, $5, $6, $7, 0, $8, '' FROM documents d WHERE d.id = $2 AND d.deleted_at = 0"+
			" AND (SELECT count(*) FROM access_requests WHERE document = $2 AND outcome = '') < $9",
			[16]byte(r.ID), [16]byte(r.Doc), [16]byte(r.User), int64(r.Role), r.Message, int64(r.CreatedAt),
			int64(r.CreatedAt)+storage.RequestsLast.Microseconds(), [16]byte{}, int64(s.bounds.Requests))
		if err != nil {
			return err
		}
		return s.written(ctx, tx, r.ID)
	})
	return wrap(err, "ask for access")
}

// written leaves nothing behind, and has a commit wait for the disk, as one that has something to keep: how long it takes must not
// tell which it was. SQLite makes nothing of a row written over by itself, so a row comes and goes.
func (s *Store) written(ctx context.Context, tx Tx, request id.Ask) error {
	_, err := tx.Exec(ctx, "INSERT INTO addresses (id) VALUES ($1)", [16]byte(request))
	if err == nil {
		_, err = tx.Exec(ctx, "DELETE FROM addresses WHERE id = $1", [16]byte(request))
	}
	return err
}

// Requests implements storage.Requests.
func (s *Store) Requests(ctx context.Context, doc id.Doc) ([]storage.Request, error) {
	var list []storage.Request
	err := s.read(ctx, "list requests for access", Query{
		SQL: "SELECT " + requestColumns + " FROM access_requests r JOIN users u ON u.id = r.user_id" +
			" WHERE r.document = $1 AND r.outcome = '' AND u.suspended_at = 0 ORDER BY r.created_at, r.id",
		Args: []any{[16]byte(doc)},
		Row: func(row Row) error {
			var request storage.Request
			err := row.Scan(requestDest(&request)...)
			list = append(list, request)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Request implements storage.Requests.
func (s *Store) Request(ctx context.Context, doc id.Doc, request id.Ask) (storage.Request, error) {
	var found bool
	var r storage.Request
	err := s.engine.Read(ctx, requestQuery(doc, request, &found, &r))
	if err == nil && !found {
		err = storage.ErrNoRequest
	}
	return r, wrap(err, "read a request for access")
}

func requestQuery(doc id.Doc, request id.Ask, found *bool, r *storage.Request) Query {
	return Query{
		SQL:  "SELECT " + requestColumns + " FROM access_requests r WHERE r.id = $1 AND r.document = $2",
		Args: []any{[16]byte(request), [16]byte(doc)},
		Row:  one(found, requestDest(r)...),
	}
}

// DecideRequest implements storage.Requests.
func (s *Store) DecideRequest(ctx context.Context, doc id.Doc, request id.Ask, verdict storage.Verdict, grant *storage.Grant,
	guard storage.Guard,
) (version int64, err error) {
	err = s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		if grant != nil {
			if err := s.holdPrincipal(ctx, tx, grant.To); err != nil {
				return err
			}
		}
		document, err := s.lockDocument(ctx, tx, doc)
		if err != nil {
			return err
		}
		var found bool
		var asked storage.Request
		if err := tx.Query(ctx, requestQuery(doc, request, &found, &asked)); err != nil {
			return err
		}
		if found && asked.Verdict == verdict && document.DeletedAt == 0 {
			version = document.AccessVersion
			return nil // it stands
		}
		if err := s.guarded(ctx, tx, document, guard); err != nil {
			return err
		}
		if !found || asked.Outcome != storage.Undecided {
			return storage.ErrNoRequest
		}
		_, err = tx.Exec(ctx, "UPDATE access_requests SET decided_at = $2, decided_by = $3, outcome = $4 WHERE id = $1",
			[16]byte(request), int64(verdict.DecidedAt), [16]byte(verdict.DecidedBy), string(verdict.Outcome))
		if err != nil {
			return err
		}
		version = guard.AccessVersion
		done := []entry{{chain: doc, by: guard.By(), action: storage.AuditDecline, target: target("request", request),
			before: state{"role": asked.Role.String(), "user": asked.User}}}
		if grant != nil {
			if err := s.mayGrantMore(ctx, tx, doc, grant.To); err != nil {
				return err
			}
			given, err := putGrant(ctx, tx, doc, *grant)
			if err != nil {
				return err
			}
			version++
			if err := setVersion(ctx, tx, doc, version); err != nil {
				return err
			}
			given.chain, given.by = doc, guard.By()
			done[0].action = storage.AuditApprove
			done = append(done, given)
		}
		return s.audit(ctx, tx, done...)
	})
	if err != nil {
		return 0, wrap(err, "decide a request for access")
	}
	return version, nil
}
