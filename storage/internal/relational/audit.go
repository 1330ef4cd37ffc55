package relational

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const auditColumns = "chain, n, at, actor, credential_kind, credential, on_behalf, action, target, before, after, reason, from_address, request, hash"

// entry is an audit row to be written. Its values are what listings and exports show: ids, roles, moments and numbers, never
// content, titles, addresses or secrets.
type entry struct {
	chain  id.Doc // storage.Instance for what concerns no single document
	by     storage.By
	actor  id.User // who did it, where by has no fence: zero for the operator
	action storage.Action
	target string // as target and principalTarget write it
	before state  // nil: there was nothing
	after  state  // nil: there is nothing
}

// state is a few plain values by their names, as JSON writes them.
type state map[string]any

// text is the state's JSON, in the one form that it has: names in order.
func (s state) text() string {
	if s == nil {
		return ""
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // of plain values, there is none
	}
	return string(text)
}

// target names what something was done to.
func target(kind string, id fmt.Stringer) string { return kind + ":" + id.String() }

// principalTarget names whom a grant speaks to.
func principalTarget(to authz.Principal) string {
	if !to.Kind.HasID() {
		return to.Kind.String()
	}
	return target(to.Kind.String(), id.Of[struct{}](to.ID))
}

// grantState is what a grant gives, or nothing.
func grantState(grant *storage.Grant) state {
	if grant == nil {
		return nil
	}
	given := state{"role": grant.Role.String()}
	if grant.ExpiresAt != 0 {
		given["expires_at"] = grant.ExpiresAt
	}
	return given
}

// audit adds the entries to their chains. It is the last thing that a transaction does, once and with all of its entries, for
// it locks the ends of the chains, after every other row, in the order of their ids. It is called where the change really
// happens: a call made again after an unknown outcome has found the change standing before, and adds nothing.
func (s *Store) audit(ctx context.Context, tx Tx, entries ...entry) error {
	slices.SortStableFunc(entries, func(a, b entry) int { return bytes.Compare(a.chain[:], b.chain[:]) })
	for i := range entries {
		head, err := s.lockHead(ctx, tx, entries[i].chain)
		if err == nil {
			err = head.extend(ctx, tx, &entries[i])
		}
		if err != nil {
			return wrap(err, "audit %s", entries[i].action)
		}
	}
	return nil
}

// chainHead is the locked end of a chain.
type chainHead struct {
	found   bool
	chain   id.Doc
	n       int64
	at      int64
	hash    storage.Hash
	day     int64
	notices int64
	now     int64 // the database's clock
}

// lockHead holds the end of a chain until the transaction ends, and begins the chain if there is none.
func (s *Store) lockHead(ctx context.Context, tx Tx, chain id.Doc) (*chainHead, error) {
	for {
		head := chainHead{chain: chain}
		err := tx.Query(ctx, Query{
			SQL:  "SELECT n, at, hash, day, notices, " + s.dialect.Now + " FROM audit_heads WHERE chain = $1" + s.dialect.ForUpdate,
			Args: []any{[16]byte(chain)},
			Row:  one(&head.found, &head.n, &head.at, (*digest)(&head.hash), &head.day, &head.notices, &head.now),
		})
		if err != nil || head.found {
			return &head, err
		}
		var none storage.Hash // that of no row
		_, err = tx.Exec(ctx, "INSERT INTO audit_heads (chain, n, at, hash, day, notices) VALUES ($1, 0, 0, $2, 0, 0) ON CONFLICT (chain) DO NOTHING",
			[16]byte(chain), none[:])
		if err != nil {
			return nil, err
		}
	}
}

// extend adds a row to the chain and moves its end there.
func (h *chainHead) extend(ctx context.Context, tx Tx, e *entry) error {
	note := e.by.Note.Clean()
	row := storage.Audited{
		Chain: h.chain, N: h.n + 1, At: storage.Micros(max(h.now, h.at)), Actor: e.actor, OnBehalf: note.OnBehalf,
		Action: e.action, Target: e.target, Before: e.before.text(), After: e.after.text(),
		Reason: note.Reason, From: note.From, Request: note.Request,
	}
	if fence := e.by.Fence; fence != nil {
		row.Actor, row.Credential = fence.User, fence.Credential
	}
	row.Hash = row.Sum(h.hash)
	_, err := tx.Exec(ctx, "INSERT INTO audit ("+auditColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		[16]byte(row.Chain), row.N, int64(row.At), [16]byte(row.Actor), string(row.Credential.Kind), [16]byte(row.Credential.ID),
		[16]byte(row.OnBehalf), string(row.Action), row.Target, row.Before, row.After, row.Reason, row.From, row.Request, row.Hash[:])
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE audit_heads SET n = $2, at = $3, hash = $4, day = $5, notices = $6 WHERE chain = $1",
		[16]byte(h.chain), row.N, int64(row.At), row.Hash[:], h.day, h.notices)
	return err
}
