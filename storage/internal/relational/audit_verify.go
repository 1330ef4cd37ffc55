package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// verifyPage is how many rows of a chain are read at a time.
const verifyPage = 500

// VerifyAudit implements storage.Audits. Each page is read as of one moment with the head, so that the last one, which is not
// full, is compared with the end that the chain had just then, whoever adds to it meanwhile.
func (s *Store) VerifyAudit(ctx context.Context, chain id.Doc, kept storage.AuditHead) (storage.AuditHead, error) {
	at := storage.AuditHead{Chain: chain} // the last row that is right
	for {
		var rows []storage.Audited
		var found bool
		var end storage.AuditHead
		page := auditRows(&rows, "SELECT "+auditColumns+" FROM audit WHERE chain = $1 AND n > $2 ORDER BY n LIMIT $3",
			[16]byte(chain), at.N, int64(verifyPage))
		scan := page.Row
		page.Row = func(row Row) error {
			if scan(row) != nil { // SQLite takes ids of any length
				rows[len(rows)-1].Hash = storage.Hash{}
			}
			return nil
		}
		err := s.read(ctx, "verify the audit", page,
			Query{
				SQL:  "SELECT n, at, hash FROM audit_heads WHERE chain = $1",
				Args: []any{[16]byte(chain)},
				Row:  one(&found, &end.N, (*int64)(&end.At), (*anyDigest)(&end.Hash)),
			})
		if err != nil {
			return at, err
		}
		for i := range rows {
			if fault := follows(&at, &rows[i], kept); fault != nil {
				return at, fault
			}
		}
		if len(rows) < verifyPage {
			return at, ends(at, end, kept)
		}
	}
}

// follows moves at to the next row, or says what is wrong with it. The columns of a row are covered by its hash, its number and
// chain among them; that a number was passed over is said as what it is.
func follows(at *storage.AuditHead, row *storage.Audited, kept storage.AuditHead) error {
	fault := func(n int64, how storage.AuditFault) error {
		return &storage.AuditError{Chain: at.Chain, N: n, Fault: how}
	}
	switch {
	case row.N != at.N+1:
		return fault(at.N+1, storage.FaultMissing)
	case row.Hash != row.Sum(at.Hash):
		return fault(row.N, storage.FaultHash)
	case row.N == kept.N && row.Hash != kept.Hash:
		return fault(row.N, storage.FaultKept)
	}
	at.N, at.At, at.Hash = row.N, row.At, row.Hash
	return nil
}

// ends is nil if the last row is where the head says that the chain ends, and not before the end that was kept.
func ends(last, head, kept storage.AuditHead) error {
	broken := storage.AuditError{Chain: last.Chain}
	switch {
	case head.N > last.N || kept.N > last.N:
		broken.N, broken.Fault = last.N+1, storage.FaultTail
	case head.N < last.N:
		broken.N, broken.Fault = head.N+1, storage.FaultBeyond
	case head.Hash != last.Hash || head.At != last.At:
		broken.N, broken.Fault = last.N, storage.FaultEnd
	default:
		return nil
	}
	return &broken
}
