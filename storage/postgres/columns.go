package postgres

import (
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/internal/relational"
)

type uuids = pgtype.FlatArray[[16]byte]

// columns are the batches of an Append turned on their side: an array for each column of append.sql.
type columns struct {
	// Of the batches.
	document                                uuids
	epoch, head, access, last, batchUpdated []int64

	// Of their fences. The same user or credential in several of them is locked once.
	fences                []storage.Fence
	fenceBatch            []int32
	fenceUser, credential uuids
	fenceKind             []string
	validUntil            []int64
	user, session, token  uuids

	// Of their revisions.
	revBatch                   []int32
	rev, seq, at, crc          []int64
	edit, author, seat, client uuids
	kind                       []string
	delta                      pgtype.FlatArray[[]byte]
}

func columnsOf(batches []storage.Batch) *columns {
	fences, revisions := 0, 0
	for i := range batches {
		fences += len(batches[i].Fences)
		revisions += len(batches[i].Revisions)
	}
	c := newColumns(len(batches), fences, revisions)
	seen := make(map[[16]byte]bool)
	for i := range batches {
		batch, place := &batches[i], int32(i+1)
		c.document = append(c.document, batch.Doc)
		c.epoch = append(c.epoch, batch.Epoch)
		c.head = append(c.head, int64(batch.Head))
		c.access = append(c.access, batch.AccessVersion)
		c.last = append(c.last, int64(batch.Head)+int64(len(batch.Revisions)))
		for j := range batch.Fences {
			c.addFence(place, batch.Fences[j], seen)
		}
		var updated storage.Micros
		for j := range batch.Revisions {
			r := &batch.Revisions[j]
			c.addRevision(place, r, relational.RevisionSum(batch.Doc, r))
			updated = max(updated, r.At)
		}
		c.batchUpdated = append(c.batchUpdated, int64(updated))
	}
	return c
}

func newColumns(batches, fences, revisions int) *columns {
	return &columns{
		document: make(uuids, 0, batches), epoch: make([]int64, 0, batches), head: make([]int64, 0, batches),
		access: make([]int64, 0, batches), last: make([]int64, 0, batches), batchUpdated: make([]int64, 0, batches),

		fences: make([]storage.Fence, 0, fences), fenceBatch: make([]int32, 0, fences), fenceUser: make(uuids, 0, fences),
		credential: make(uuids, 0, fences), fenceKind: make([]string, 0, fences), validUntil: make([]int64, 0, fences),
		user: uuids{}, session: uuids{}, token: uuids{},

		revBatch: make([]int32, 0, revisions), rev: make([]int64, 0, revisions), seq: make([]int64, 0, revisions),
		at: make([]int64, 0, revisions), crc: make([]int64, 0, revisions), edit: make(uuids, 0, revisions),
		author: make(uuids, 0, revisions), seat: make(uuids, 0, revisions), client: make(uuids, 0, revisions),
		kind: make([]string, 0, revisions), delta: make(pgtype.FlatArray[[]byte], 0, revisions),
	}
}

// addFence adds a fence, and its rows to those to be locked, unless they were seen. Ids are random: those of users and of
// credentials do not meet.
func (c *columns) addFence(place int32, fence storage.Fence, seen map[[16]byte]bool) {
	c.fences = append(c.fences, fence)
	c.fenceBatch = append(c.fenceBatch, place)
	c.fenceUser = append(c.fenceUser, fence.User)
	c.fenceKind = append(c.fenceKind, string(fence.Credential.Kind))
	c.credential = append(c.credential, fence.Credential.ID)
	c.validUntil = append(c.validUntil, int64(fence.ValidUntil))
	if !seen[fence.User] {
		seen[fence.User] = true
		c.user = append(c.user, fence.User)
	}
	if !seen[fence.Credential.ID] {
		seen[fence.Credential.ID] = true
		if fence.Credential.Kind == storage.BySession {
			c.session = append(c.session, fence.Credential.ID)
		} else {
			c.token = append(c.token, fence.Credential.ID)
		}
	}
}

func (c *columns) addRevision(place int32, r *storage.Revision, crc int64) {
	c.revBatch = append(c.revBatch, place)
	c.rev = append(c.rev, int64(r.Rev))
	c.edit = append(c.edit, r.Edit)
	c.author = append(c.author, r.Author)
	c.seat = append(c.seat, r.Seat)
	c.client = append(c.client, r.Client)
	c.seq = append(c.seq, r.Seq)
	c.at = append(c.at, int64(r.At))
	c.kind = append(c.kind, string(r.Kind))
	c.delta = append(c.delta, r.Delta)
	c.crc = append(c.crc, crc)
}

// args are append.sql's, in their order.
func (c *columns) args() []any {
	return []any{
		c.document, c.epoch, c.head, c.access, c.last, c.batchUpdated,
		c.fenceBatch, c.fenceUser, c.fenceKind, c.credential, c.validUntil,
		c.revBatch, c.rev, c.edit, c.author, c.seat, c.client, c.seq, c.at, c.kind, c.delta, c.crc,
	}
}
