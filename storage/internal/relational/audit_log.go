package relational

import (
	"context"
	"fmt"
	"strings"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// auditRows is a query whose rows are appended to list.
func auditRows(list *[]storage.Audited, sql string, args ...any) Query {
	return Query{SQL: sql, Args: args, Row: func(row Row) error {
		var a storage.Audited
		err := row.Scan(key(&a.Chain), &a.N, (*int64)(&a.At), key(&a.Actor), (*string)(&a.Credential.Kind), key(&a.Credential.ID),
			key(&a.OnBehalf), (*string)(&a.Action), &a.Target, &a.Before, &a.After, &a.Reason, &a.From, &a.Request, (*anyDigest)(&a.Hash))
		*list = append(*list, a)
		return err
	}}
}

// anyDigest scans a hash, and what is none as zero, which is the hash of no row: a broken row is shown, and verifying names it.
type anyDigest [32]byte

// Scan implements sql.Scanner.
func (d *anyDigest) Scan(src any) error {
	*d = anyDigest{}
	if bytes, ok := src.([]byte); ok && len(bytes) == len(d) {
		copy(d[:], bytes)
	}
	return nil
}

// conditions are the parts of a WHERE with their arguments.
type conditions struct {
	parts []string
	args  []any
}

// add adds a condition, in which each %d is the number of the next argument.
func (c *conditions) add(condition string, args ...any) {
	numbers := make([]any, len(args))
	for i := range args {
		numbers[i] = len(c.args) + i + 1
	}
	c.parts = append(c.parts, fmt.Sprintf(condition, numbers...))
	c.args = append(c.args, args...)
}

// where is the text, empty if there are none.
func (c *conditions) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.parts, " AND ")
}

// Audit implements storage.Audits. Within a chain, rows in the order of their numbers are in the order of their moments.
func (s *Store) Audit(ctx context.Context, filter storage.AuditFilter, page storage.AuditPage) ([]storage.Audited, error) {
	var c conditions
	order, beyond := "DESC", "<"
	if page.Oldest {
		order, beyond = "ASC", ">"
	}
	by, after := "at "+order+", chain "+order+", n "+order, page.After
	if filter.All {
		if after != (storage.AuditPlace{}) {
			c.add("(at, chain, n) "+beyond+" ($%d, $%d, $%d)", int64(after.At), [16]byte(after.Chain), after.N)
		}
	} else {
		by = "n " + order
		c.add("chain = $%d", [16]byte(filter.Chain))
		if after.N != 0 {
			c.add("n "+beyond+" $%d", after.N)
		}
	}
	if !filter.Actor.IsZero() {
		c.add("actor = $%d", [16]byte(filter.Actor))
	}
	if filter.Action != "" {
		c.add("action = $%d", string(filter.Action))
	}
	if filter.Target != "" {
		c.add("target = $%d", filter.Target)
	}
	if filter.From != 0 {
		c.add("at >= $%d", int64(filter.From))
	}
	if filter.Until != 0 {
		c.add("at < $%d", int64(filter.Until))
	}
	sql := fmt.Sprintf("SELECT %s FROM audit%s ORDER BY %s LIMIT $%d", auditColumns, c.where(), by, len(c.args)+1)
	var list []storage.Audited
	if err := s.read(ctx, "read the audit", auditRows(&list, sql, append(c.args, int64(page.Limit))...)); err != nil {
		return nil, err
	}
	return list, nil
}

// auditChains goes from chain to chain along the key, without reading their rows. A chain may have lost its head, or all its rows.
const auditChains = "WITH RECURSIVE step (chain) AS (" +
	"SELECT (SELECT chain FROM audit WHERE chain > $1 ORDER BY chain LIMIT 1)" +
	" UNION ALL SELECT (SELECT a.chain FROM audit a WHERE a.chain > step.chain ORDER BY a.chain LIMIT 1) FROM step WHERE step.chain IS NOT NULL)" +
	" SELECT chain FROM (" +
	"SELECT chain FROM (SELECT chain FROM step WHERE chain IS NOT NULL LIMIT $2) AS s" +
	" UNION SELECT chain FROM (SELECT chain FROM audit_heads WHERE chain > $1 ORDER BY chain LIMIT $2) AS h" +
	") AS c ORDER BY chain LIMIT $2"

// AuditChains implements storage.Audits.
func (s *Store) AuditChains(ctx context.Context, after id.Doc, limit int) ([]id.Doc, error) {
	var list []id.Doc
	err := s.read(ctx, "list audit chains", Query{
		SQL:  auditChains,
		Args: []any{[16]byte(after), int64(limit)},
		Row: func(row Row) error {
			var chain id.Doc
			err := row.Scan(key(&chain))
			list = append(list, chain)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}
