package document

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Audit returns a page of the audit, with the names of those whom it speaks of: of one document, or, for those who may read that,
// of the instance or of everything.
func (s *Service) Audit(ctx context.Context, actor storage.Actor, filter storage.AuditFilter, page storage.AuditPage) ([]storage.Audited, Named, error) {
	if err := s.mayAudit(ctx, actor, filter); err != nil {
		return nil, Named{}, fmt.Errorf("read the audit: %w", err)
	}
	rows, err := s.store.Audit(ctx, filter, page)
	if err != nil {
		return nil, Named{}, fmt.Errorf("read the audit: %w", err)
	}
	var people []id.User
	var grants []storage.Grant
	for i := range rows {
		people = append(people, rows[i].Actor)
		for _, mentioned := range Mentioned(&rows[i]) {
			grants = append(grants, storage.Grant{Right: authz.Right{To: mentioned}})
		}
	}
	named, err := s.name(ctx, grants, people...)
	named.hide(actor, nil)
	return rows, named, err
}

// VerifyAudit computes a chain anew, and returns where it ends. *storage.AuditError.
func (s *Service) VerifyAudit(ctx context.Context, actor storage.Actor, chain id.Doc, kept storage.AuditHead) (storage.AuditHead, error) {
	if err := s.mayAudit(ctx, actor, storage.AuditFilter{Chain: chain}); err != nil {
		return storage.AuditHead{}, fmt.Errorf("verify the audit: %w", err)
	}
	return s.store.VerifyAudit(ctx, chain, kept)
}

func (s *Service) mayAudit(ctx context.Context, actor storage.Actor, filter storage.AuditFilter) error {
	if filter.All || filter.Chain == storage.Instance {
		return s.permit(ctx, actor, authz.ReadInstanceAudit)
	}
	_, err := s.decide(ctx, actor, filter.Chain, authz.ReadAudit)
	return err
}
