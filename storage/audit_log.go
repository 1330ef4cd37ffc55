package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/coscribe/coscribe/storage/id"
)

// Audits is the audit: who did what. Its rows come from the writes themselves, each in the transaction of what it tells of, and
// from Notice. Nothing here changes or removes one.
type Audits interface {
	// Notice writes down what changed nothing, such as a refusal: once a day for the same chain, actor, action and target,
	// Bounds.Notices a day in a chain, of which guests, whom anybody makes as many of as they like, fill half. It tells whether it did. The chain is of a document that exists, or nothing is written.
	Notice(ctx context.Context, chain id.Doc, by By, action Action, target string) (bool, error)

	// Audit returns a page of the rows that pass the filter, the last first unless the page says otherwise.
	Audit(ctx context.Context, filter AuditFilter, page AuditPage) ([]Audited, error)

	// AuditChains lists up to limit documents after that one, in the order of their ids, of which there is anything in the
	// audit. The instance's chain is not among them.
	AuditChains(ctx context.Context, after id.Doc, limit int) ([]id.Doc, error)

	// VerifyAudit computes every hash of a chain anew, and returns where the chain ends: N is 0 if it has no rows. An *AuditError
	// names the first row that is not as it was written. kept is an end of this chain from an earlier time, or zero.
	//
	// A database cannot tell of itself what it no longer holds: whoever may write to all of it can cut rows off the end of a
	// chain together with its head, or write a whole chain anew. Both come out against an end that was kept elsewhere.
	VerifyAudit(ctx context.Context, chain id.Doc, kept AuditHead) (AuditHead, error)
}

// AuditHead is where a chain ends, or ended at some time.
type AuditHead struct {
	Chain id.Doc
	N     int64
	At    Micros
	Hash  Hash
}

// AuditFilter narrows a list of audit rows. The zero value lets those of the instance's chain pass.
type AuditFilter struct {
	Chain       id.Doc
	All         bool    // every chain, whatever Chain says
	Actor       id.User // zero: anybody
	Action      Action  // empty: any
	Target      string  // empty: any
	From, Until Micros  // From ≤ at < Until; 0: no limit
}

// AuditPage is where a list goes on. Limit must be set.
//
// Across chains, a row whose transaction is still going on may come to stand before rows that a page has shown. An export that
// must be whole ends a minute before it begins.
type AuditPage struct {
	Oldest bool       // the first ones first
	After  AuditPlace // of the last row of the page before; zero starts the list
	Limit  int
}

// AuditPlace is a row's place in a list of all chains.
type AuditPlace struct {
	At    Micros
	Chain id.Doc
	N     int64
}

// Place is the row's.
func (a *Audited) Place() AuditPlace { return AuditPlace{At: a.At, Chain: a.Chain, N: a.N} }

// ErrAudit is the kind of an *AuditError.
var ErrAudit = errors.New("an audit chain is not as it was written")

// AuditError names the first row of a chain that is not as it was written, and how that shows.
type AuditError struct {
	Chain id.Doc
	N     int64
	Fault AuditFault
}

// AuditFault is how it shows that a chain was changed.
type AuditFault string

// The faults.
const (
	FaultHash    AuditFault = "the hash is not that of the row after the one before"
	FaultMissing AuditFault = "the row is missing"
	FaultTail    AuditFault = "the row is missing at the end"
	FaultBeyond  AuditFault = "the row stands beyond the end"
	FaultEnd     AuditFault = "the end has another hash than the last row"
	FaultKept    AuditFault = "the row is another than at the end that was kept"
)

// Error names all three.
func (e *AuditError) Error() string {
	return fmt.Sprintf("%v: chain %v, row %d: %s", ErrAudit, e.Chain, e.N, e.Fault)
}

// Is makes an AuditError an ErrAudit.
func (e *AuditError) Is(target error) bool { return target == ErrAudit }

// auditPage is how much of the audit is read at a time.
const auditPage = 500

// EachAudited calls f with every row that passes the filter, the first ones first, until f fails.
func EachAudited(ctx context.Context, log Audits, filter AuditFilter, f func(*Audited) error) error {
	page := AuditPage{Oldest: true, Limit: auditPage}
	for {
		rows, err := log.Audit(ctx, filter, page)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := f(&rows[i]); err != nil {
				return err
			}
		}
		if len(rows) < page.Limit {
			return nil
		}
		page.After = rows[len(rows)-1].Place()
	}
}

// VerifyAudits verifies the instance's chain and then every document's, and tells each of them what came of each: an error is
// about the chain alone. kept are ends from an earlier time; their chains are looked for even where nothing of them is left.
// It stops where the audit cannot be read, or each fails.
func VerifyAudits(ctx context.Context, log Audits, kept []AuditHead, each func(AuditHead, error) error) error {
	ends := make(map[id.Doc]AuditHead, len(kept))
	for _, end := range kept {
		ends[end.Chain] = end
	}
	verify := func(chain id.Doc) error {
		end, err := log.VerifyAudit(ctx, chain, ends[chain])
		delete(ends, chain)
		if err != nil && !errors.Is(err, ErrAudit) {
			return err
		}
		return each(end, err)
	}
	if err := verify(Instance); err != nil {
		return err
	}
	for after, more := Instance, true; more; {
		chains, err := log.AuditChains(ctx, after, auditPage)
		if err != nil {
			return err
		}
		for _, chain := range chains {
			if err := verify(chain); err != nil {
				return err
			}
			after = chain
		}
		more = len(chains) == auditPage
	}
	for _, end := range kept {
		if _, left := ends[end.Chain]; left {
			if err := verify(end.Chain); err != nil {
				return err
			}
		}
	}
	return nil
}
