package relational

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const listedColumns = "d.id, d.title, d.owner, d.epoch, d.head, d.access_version, d.open_history, d.locked, d.created_at, d.updated_at, d.deleted_at, d.offered_to"

// Parts of statements about the grants g that are live at $2 and speak for the user $1; $3 is the zero id.
var (
	toThem     = fmt.Sprintf(" FROM grants g WHERE g.principal = $1 AND g.principal_kind = %d", authz.ToUser) + live
	toMembers  = " FROM members m JOIN grants g ON g.principal = m.principal AND g.principal_kind = m.principal_kind WHERE m.user_id = $1" + live
	toEveryone = fmt.Sprintf(" FROM grants g WHERE g.principal = $3 AND g.principal_kind = %d"+
		" AND EXISTS (SELECT 1 FROM users u WHERE u.id = $1 AND NOT u.guest)", authz.ToEveryone) + live
	toAnyone = fmt.Sprintf(" FROM grants g WHERE g.principal = $3 AND g.principal_kind = %d", authz.ToAnyone) + live
)

const live = " AND (g.expires_at = 0 OR g.expires_at > $2)"

// A page: after the moment $4 and the id $5, and $6 long. The minute of an update is indexed, the update itself is not, since
// every append would have to write the index; what is ordered by the update is ordered by its minute.
const (
	minute = 60_000_000

	onPage = "d.deleted_at = 0 AND d.updated_minute <= $7 AND d.updated_at <= $4 AND (d.updated_at < $4 OR d.id > $5)" +
		" ORDER BY d.updated_minute DESC, d.updated_at DESC, d.id LIMIT "
	asPage = " ORDER BY updated_minute DESC, updated_at DESC, id LIMIT $6"
)

// Who sees few documents is shown a page of those by sorting what speaks for them. That takes a look at each document; so who
// sees manyGrants or more is shown a page of the latest documents of the instance that they see, if walkLength of those are
// enough to find it.
const (
	manyGrants = 1000
	walkLength = 2000
)

var (
	speaking = "SELECT g.document, g.role" + toThem + " UNION ALL SELECT g.document, g.role" + toMembers + " UNION ALL SELECT g.document, g.role" + toEveryone

	countGrants = fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM (%s) AS speaking LIMIT %d) AS counted", speaking, manyGrants)

	// sorted is the page of what a user owns and the page of what was granted to them, merged.
	sorted = fmt.Sprintf("WITH seen AS (SELECT document, max(role) AS role FROM (%s) AS speaking GROUP BY document)", speaking) +
		fmt.Sprintf(" SELECT * FROM (SELECT %s, d.updated_minute, %d AS role FROM documents d WHERE d.owner = $1 AND %s $6) AS owned",
			listedColumns, authz.Owner, onPage) +
		fmt.Sprintf(" UNION ALL SELECT * FROM (SELECT %s, d.updated_minute, seen.role AS role FROM seen JOIN documents d ON d.id = seen.document"+
			" WHERE d.owner <> $1 AND %s $6) AS granted", listedColumns, onPage) + asPage

	// walked goes through the latest documents and looks at the grants of each.
	walked = fmt.Sprintf("WITH theirs AS MATERIALIZED (SELECT %d AS kind, $1 AS principal", authz.ToUser) +
		" UNION ALL SELECT m.principal_kind, m.principal FROM members m WHERE m.user_id = $1" +
		fmt.Sprintf(" UNION ALL SELECT %d, $3 FROM users u WHERE u.id = $1 AND NOT u.guest),", authz.ToEveryone) +
		fmt.Sprintf(" latest AS (SELECT %s, d.updated_minute FROM documents d WHERE %s %d)", listedColumns, onPage, walkLength) +
		fmt.Sprintf(" SELECT * FROM (SELECT latest.*, CASE WHEN latest.owner = $1 THEN %d ELSE", authz.Owner) +
		" (SELECT max(g.role) FROM grants g JOIN theirs ON theirs.kind = g.principal_kind AND theirs.principal = g.principal" +
		" WHERE g.document = latest.id" + live + ") END AS role FROM latest) AS seen WHERE role IS NOT NULL" + asPage
)

// DocumentsOf implements storage.Documents.
func (s *Store) DocumentsOf(ctx context.Context, user id.User, now storage.Micros, page storage.Page) ([]storage.Listed, error) {
	var grants int64
	err := s.read(ctx, "count grants", Query{
		SQL:  countGrants,
		Args: []any{[16]byte(user), int64(now), [16]byte{}},
		Row:  func(row Row) error { return row.Scan(&grants) },
	})
	if err != nil {
		return nil, err
	}
	if grants == manyGrants {
		if list, err := s.listed(ctx, walked, user, now, page); err != nil || len(list) == page.Limit {
			return list, err
		}
	}
	return s.listed(ctx, sorted, user, now, page)
}

func (s *Store) listed(ctx context.Context, sql string, user id.User, now storage.Micros, page storage.Page) ([]storage.Listed, error) {
	before := startOf(page.Before)
	var list []storage.Listed
	err := s.read(ctx, "list documents", Query{
		SQL:  sql,
		Args: []any{[16]byte(user), int64(now), [16]byte{}, before, [16]byte(page.Doc), int64(page.Limit), before / minute},
		Row: func(row Row) error {
			var item storage.Listed
			err := row.Scan(append(documentDest(&item.Document), new(int64), (*uint8)(&item.Role))...)
			list = append(list, item)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}
