package postgres

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/internal/relational"
)

// rightEnded is the code of the error that they make of a fence that has ended: a text is not what it is cast to.
const rightEnded = "22P02"

// whole is all that an Append is to write, as a statement of wholes and its arguments.
type whole struct {
	statement string
	args      [][]byte
	rows      int
}

// wholeOf is what writes the batches.
func wholeOf(batches []storage.Batch) *whole {
	if len(batches) == 1 && len(batches[0].Revisions) == 1 && len(batches[0].Fences) == 1 {
		return oneOf(&batches[0])
	}
	return manyOf(batches)
}

// oneOf is what writes a batch of one revision.
func oneOf(batch *storage.Batch) *whole {
	r, fence := &batch.Revisions[0], &batch.Fences[0]
	return &whole{statement: "append one by " + string(fence.Credential.Kind), rows: 1, args: [][]byte{
		batch.Doc[:], bigint(batch.Epoch), bigint(int64(batch.Head)), bigint(batch.AccessVersion),
		r.Author[:], fence.Credential.ID[:], bigint(firstEnd(batch.Fences)),
		bigint(int64(r.Rev)), r.Edit[:], r.Seat[:], r.Client[:], bigint(r.Seq), bigint(int64(r.At)), []byte(r.Kind), r.Delta,
		bigint(relational.RevisionSum(batch.Doc, r)),
	}}
}

// manyOf brings the batches into the order of their documents' ids, and the people and credentials of their fences into that of
// theirs.
func manyOf(batches []storage.Batch) *whole {
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
	w := &whole{rows: len(c.rev)}
	if len(batches) == 1 {
		w.statement = "append document by "
		w.args = [][]byte{c.document[0][:], bigint(c.epoch[0]), bigint(c.head[0]), bigint(c.access[0]), bigint(c.last[0]), bigint(c.batchUpdated[0])}
	} else {
		w.statement = "append many by "
		w.args = [][]byte{uuidArray(c.document), bigintArray(c.epoch), bigintArray(c.head), bigintArray(c.access), bigintArray(c.last), bigintArray(c.batchUpdated)}
	}
	w.args = append(w.args,
		uuidArray(c.user), bigint(firstEnd(c.fences)),
		uuidArray(documents), bigintArray(c.rev), uuidArray(c.edit), uuidArray(c.author), uuidArray(c.seat), uuidArray(c.client),
		bigintArray(c.seq), bigintArray(c.at), textArray(c.kind), byteaArray(c.delta), bigintArray(c.crc))
	switch {
	case len(c.token) == 0:
		w.statement += "session"
	case len(c.session) == 0:
		w.statement += "token"
	default:
		w.statement += "both"
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

// write runs the statement as a transaction of its own, and returns how many of the rows were written.
func (w *whole) write(ctx context.Context, conn *pgxpool.Conn) (rows int, err error) {
	binary := []int16{pgtype.BinaryFormatCode}
	// The end of the message commits, so only Close tells what became of it.
	tag, err := conn.Conn().PgConn().ExecPrepared(ctx, w.statement, w.args, binary, nil).Close()
	if foreign := new(pgconn.PgError); errors.As(err, &foreign) && foreign.Code == rightEnded {
		return 0, nil
	}
	if err != nil {
		return 0, ofCommit(err)
	}
	return int(tag.RowsAffected()), nil
}
