package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// dayMicros is how long a day is.
const dayMicros = 86_400_000_000

// Notice implements storage.Audits. Nearly always there is nothing to write, and that is found out by reading.
func (s *Store) Notice(ctx context.Context, chain id.Doc, by storage.By, action storage.Action, target string) (bool, error) {
	e := entry{chain: chain, by: by, action: action, target: target}
	var known, noted, guest bool
	actor := Query{SQL: "SELECT 1 FROM users WHERE id = $1 AND guest", Args: []any{[16]byte(e.who())}, Row: one(&guest, new(int64))}
	document := Query{SQL: "SELECT 1 FROM documents WHERE id = $1", Args: []any{[16]byte(chain)}, Row: one(&known, new(int64))}
	err := s.read(ctx, "look for a notice", s.noted(&e, &noted), document, actor)
	if err != nil || noted || !known && chain != storage.Instance {
		return false, err
	}
	var written bool
	err = s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		written = false
		head, err := s.lockHead(ctx, tx, chain)
		if err != nil {
			return err
		}
		if today := head.now / dayMicros; head.day != today {
			head.day, head.notices = today, 0
		}
		if most := int64(s.bounds.Notices); head.notices >= most || guest && head.notices >= most/2 {
			return nil
		}
		var again bool
		if err := tx.Query(ctx, s.noted(&e, &again)); err != nil || again {
			return err
		}
		head.notices++
		written = head.notices < int64(s.bounds.Notices)
		if !written {
			e.action, e.target = storage.AuditFull, ""
		}
		return head.extend(ctx, tx, &e)
	})
	return written, wrap(err, "write a notice")
}

// who is the actor of a notice.
func (e *entry) who() (actor id.User) {
	if e.by.Fence != nil {
		actor = e.by.Fence.User
	}
	return actor
}

// noted looks for today's row of the same kind.
func (s *Store) noted(e *entry, found *bool) Query {
	return Query{
		SQL: "SELECT 1 FROM audit WHERE actor = $1 AND at >= (" + s.dialect.Now + ") / 86400000000 * 86400000000" +
			" AND chain = $2 AND action = $3 AND target = $4 LIMIT 1",
		Args: []any{[16]byte(e.who()), [16]byte(e.chain), string(e.action), e.target},
		Row:  one(found, new(int64)),
	}
}
