package relational

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Live implements storage.Accounts.
func (s *Store) Live(ctx context.Context, fences ...storage.Fence) error {
	if len(fences) != 1 {
		return s.allLive(ctx, fences)
	}
	var l liveness
	if err := s.read(ctx, "read a fence", l.queries(fences[0], "", s.dialect.Now)...); err != nil {
		return err
	}
	return l.verdict(fences[0])
}

// allLive reads the rows of many fences by lists of ids.
func (s *Store) allLive(ctx context.Context, fences []storage.Fence) error {
	var people []id.User
	var sessions, tokens []id.Credential
	for _, fence := range fences {
		people = append(people, fence.User)
		if fence.Credential.Kind == storage.ByToken {
			tokens = append(tokens, fence.Credential.ID)
		} else {
			sessions = append(sessions, fence.Credential.ID)
		}
	}
	suspended := make(map[id.User]int64, len(people))
	queries := inLists("SELECT id, suspended_at FROM users WHERE id IN ", distinct(people), func(row Row) error {
		var user id.User
		var at int64
		err := row.Scan(key(&user), &at)
		suspended[user] = at
		return err
	})
	type owned struct {
		user       id.User
		credential storage.Credential
	}
	read := make(map[owned]liveness, len(fences))
	credentials := func(kind storage.CredentialKind) func(row Row) error {
		return func(row Row) error {
			it, l := owned{credential: storage.Credential{Kind: kind}}, liveness{credential: true}
			err := row.Scan(key(&it.credential.ID), fromNull(&it.user), &l.endedAt, &l.expiresAt)
			read[it] = l
			return err
		}
	}
	queries = append(queries, inLists("SELECT id, user_id, "+sessionLiveness+" WHERE id IN ", distinct(sessions), credentials(storage.BySession))...)
	queries = append(queries, inLists("SELECT id, user_id, "+tokenLiveness+" WHERE id IN ", distinct(tokens), credentials(storage.ByToken))...)
	var now int64
	queries = append(queries, Query{SQL: "SELECT " + s.dialect.Now, Row: func(row Row) error { return row.Scan(&now) }})
	if err := s.read(ctx, "read fences", queries...); err != nil {
		return err
	}
	var ended []storage.Fence
	for _, fence := range fences {
		l := read[owned{fence.User, fence.Credential}]
		l.suspendedAt, l.user = suspended[fence.User]
		l.now = now
		if errors.Is(l.verdict(fence), storage.ErrFence) {
			ended = append(ended, fence)
		}
	}
	if ended != nil {
		return &storage.FenceError{Ended: ended}
	}
	return nil
}
