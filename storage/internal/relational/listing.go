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

// minute is what the column updated_minute counts in.
const minute = 60_000_000

const live = " AND (g.expires_at = 0 OR g.expires_at > $2)"

// listing is the page of what a user owns and the page of what was granted to them, merged. The minute of the update is
// indexed, and what is ordered by the update is ordered by its minute.
var listing = fmt.Sprintf("WITH seen AS (SELECT document, max(role) AS role FROM (SELECT g.document, g.role"+toThem+
	" UNION ALL SELECT g.document, g.role"+toMembers+" UNION ALL SELECT g.document, g.role"+toEveryone+") AS speaking GROUP BY document)"+
	" SELECT * FROM (SELECT "+listedColumns+", %d AS role, d.updated_minute FROM documents d"+
	" WHERE d.owner = $1"+onPage+") AS owned"+
	" UNION ALL SELECT * FROM (SELECT "+listedColumns+", seen.role AS role, d.updated_minute FROM seen JOIN documents d ON d.id = seen.document"+
	" WHERE d.owner <> $1"+onPage+") AS granted"+
	" ORDER BY updated_minute DESC, updated_at DESC, id LIMIT $6", authz.Owner)

const onPage = " AND d.deleted_at = 0 AND d.updated_minute <= $7 AND d.updated_at <= $4 AND (d.updated_at < $4 OR d.id > $5)" +
	" ORDER BY d.updated_minute DESC, d.updated_at DESC, d.id LIMIT $6"

// DocumentsOf implements storage.Documents.
func (s *Store) DocumentsOf(ctx context.Context, user id.User, now storage.Micros, page storage.Page) ([]storage.Listed, error) {
	var list []storage.Listed
	before := startOf(page.Before)
	err := s.read(ctx, "list documents", Query{
		SQL:  listing,
		Args: []any{[16]byte(user), int64(now), [16]byte{}, before, [16]byte(page.Doc), int64(page.Limit), before / minute},
		Row: func(row Row) error {
			var item storage.Listed
			err := row.Scan(append(documentDest(&item.Document), (*uint8)(&item.Role), new(int64))...)
			list = append(list, item)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}
