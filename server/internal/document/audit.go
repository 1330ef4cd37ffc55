package document

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Audit returns a page of the audit, with the people whom it names: of one document, or, for those who may read that, of the
// instance or of everything.
func (s *Service) Audit(ctx context.Context, actor storage.Actor, filter storage.AuditFilter, page storage.AuditPage) ([]storage.Audited, map[id.User]storage.User, error) {
	if err := s.mayAudit(ctx, actor, filter); err != nil {
		return nil, nil, fmt.Errorf("read the audit: %w", err)
	}
	rows, err := s.store.Audit(ctx, filter, page)
	if err != nil {
		return nil, nil, fmt.Errorf("read the audit: %w", err)
	}
	var people []id.User
	for i := range rows {
		people = append(people, rows[i].Actor)
		if !rows[i].OnBehalf.IsZero() {
			people = append(people, rows[i].OnBehalf)
		}
	}
	named, err := s.name(ctx, nil, people...)
	named.hide(actor, nil)
	return rows, named.People, err
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
