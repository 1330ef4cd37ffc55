package postgres

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"math"
	"slices"
	"strings"
	"text/template"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

//go:embed append_whole.sql
var wholeTemplate string

// held is a table of credentials in append_whole.sql.
type held struct {
	Table       string
	Ended, Ends string // when it was ended, 0 for not; when it ends by itself
	IDs, Users  int    // the numbers of the arguments
	Before      string // the table that is held before it
}

// wholes are the texts of append_whole.sql by the names under which they are prepared on every connection for Append.
var wholes = map[string]string{
	"append by session": wholeText(sessions(20, "users")),
	"append by token":   wholeText(tokens(20, "users")),
	"append by both":    wholeText(sessions(20, "users"), tokens(22, "sessions")),
}

func sessions(arg int, before string) held {
	return held{"sessions", "ended_at", "expires_at", arg, arg + 1, before}
}

func tokens(arg int, before string) held {
	return held{"tokens", "revoked_at", "nullif(expires_at, 0)", arg, arg + 1, before}
}

func wholeText(tables ...held) string {
	var text strings.Builder
	if err := template.Must(template.New("append").Parse(wholeTemplate)).Execute(&text, tables); err != nil {
		panic("storage/postgres: " + err.Error())
	}
	return text.String()
}

// prepareWholes prepares them on a new connection.
func prepareWholes(ctx context.Context, conn *pgx.Conn) error {
	for name, text := range wholes {
		if _, err := conn.Prepare(ctx, name, text); err != nil {
			return err
		}
	}
	return nil
}

// whole is all that an Append is to write, as a statement of wholes and its arguments.
type whole struct {
	statement string
	args      [][]byte
	rows      int
}

// wholeOf brings the batches into the order of their documents' ids, and the people and credentials of their fences into that of
// theirs.
func wholeOf(batches []storage.Batch) *whole {
	if len(batches) > 1 {
		batches = slices.Clone(batches)
		slices.SortFunc(batches, func(a, b storage.Batch) int { return bytes.Compare(a.Doc[:], b.Doc[:]) })
	}
	c := columnsOf(batches)
	documents := make(uuids, len(c.revBatch)) // of each revision
	for i, place := range c.revBatch {
		documents[i] = c.document[place-1]
	}
	slices.SortFunc(c.user, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
	w := &whole{rows: len(c.rev), args: [][]byte{
		uuidArray(c.document), bigintArray(c.epoch), bigintArray(c.head), bigintArray(c.access), bigintArray(c.last), bigintArray(c.batchUpdated),
		uuidArray(c.user), bigint(firstEnd(c.fences)),
		uuidArray(documents), bigintArray(c.rev), uuidArray(c.edit), uuidArray(c.author), uuidArray(c.seat), uuidArray(c.client),
		bigintArray(c.seq), bigintArray(c.at), textArray(c.kind), byteaArray(c.delta), bigintArray(c.crc),
	}}
	switch {
	case len(c.token) == 0:
		w.statement = "append by session"
	case len(c.session) == 0:
		w.statement = "append by token"
	default:
		w.statement = "append by both"
	}
	if len(c.session) > 0 {
		w.args = append(w.args, credentials(c.fences, storage.BySession)...)
	}
	if len(c.token) > 0 {
		w.args = append(w.args, credentials(c.fences, storage.ByToken)...)
	}
	return w
}

// credentials are the fences' credentials of a kind, by id, and whose they are to be. One that is to be two users' stands there
// twice, and so holds for neither.
func credentials(fences []storage.Fence, kind storage.CredentialKind) [][]byte {
	type pair struct {
		credential id.Credential
		user       id.User
	}
	var pairs []pair
	for i := range fences {
		if fences[i].Credential.Kind == kind {
			pairs = append(pairs, pair{fences[i].Credential.ID, fences[i].User})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(bytes.Compare(a.credential[:], b.credential[:]), bytes.Compare(a.user[:], b.user[:]))
	})
	var ids, users uuids
	for _, p := range slices.Compact(pairs) {
		ids, users = append(ids, p.credential), append(users, p.user)
	}
	return [][]byte{uuidArray(ids), uuidArray(users)}
}

// firstEnd is when the first of the rights ends by itself.
func firstEnd(fences []storage.Fence) int64 {
	first := int64(math.MaxInt64)
	for i := range fences {
		if until := int64(fences[i].ValidUntil); until != 0 {
			first = min(first, until)
		}
	}
	return first
}

// write runs the statement as a transaction of its own. It tells whether everything was written; otherwise nothing was.
func (w *whole) write(ctx context.Context, conn *pgxpool.Conn) (written bool, err error) {
	binary := []int16{pgtype.BinaryFormatCode}
	// The end of the message commits, so only Close tells what became of it.
	tag, err := conn.Conn().PgConn().ExecPrepared(ctx, w.statement, w.args, binary, nil).Close()
	if err != nil {
		return false, ofCommit(err)
	}
	return int(tag.RowsAffected()) == w.rows, nil
}
