package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// What follows takes an administrator of the instance.

// Accounts iterates over everybody whose name or address has that text in it, the newest first. It ends after the first error.
func (c *Client) Accounts(ctx context.Context, text string) iter.Seq2[wire.Account, error] {
	return each[wire.Account](ctx, c, filled(url.Values{}, "text", text), "accounts")
}

// Suspend signs somebody out everywhere and lets them do nothing, until Reinstate.
func (c *Client) Suspend(ctx context.Context, user id.User, reason string) error {
	return c.ask(ctx, call{method: http.MethodPut, path: ofAccount(user, "suspension"), body: wire.Suspend{Reason: reason}}, nil)
}

// Reinstate ends a suspension.
func (c *Client) Reinstate(ctx context.Context, user id.User) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofAccount(user, "suspension")}, nil)
}

// PlanOffboard says what Offboard would change.
func (c *Client) PlanOffboard(ctx context.Context, user id.User, offboard wire.Offboard) (plan wire.OffboardPlan, err error) {
	offboard.DryRun = true
	err = c.ask(ctx, call{method: http.MethodPost, path: ofAccount(user, "offboarding"), body: offboard}, &plan)
	return plan, err
}

// Offboard takes from somebody all that they have, and gives their documents to the heir. Cut short, call it again.
func (c *Client) Offboard(ctx context.Context, user id.User, offboard wire.Offboard) error {
	offboard.DryRun = false
	return c.ask(ctx, call{method: http.MethodPost, path: ofAccount(user, "offboarding"), body: offboard}, nil)
}

// Reach iterates over every document that somebody reaches, with the grants by which they do. It ends after the first error.
func (c *Client) Reach(ctx context.Context, user id.User) iter.Seq2[wire.Explanation, error] {
	return each[wire.Explanation](ctx, c, url.Values{}, ofAccount(user, "reach")...)
}

// Policy returns the instance's policy, and its version for SetPolicy. Everybody signed in may read it.
func (c *Client) Policy(ctx context.Context) (policy wire.Policy, version string, err error) {
	err = c.ask(ctx, call{method: http.MethodGet, path: []string{"policy"}, tag: &version}, &policy)
	return policy, version, err
}

// SetPolicy replaces the policy of that version, else ErrChanged, and returns the new version.
func (c *Client) SetPolicy(ctx context.Context, policy wire.Policy, version string) (next string, err error) {
	err = c.ask(ctx, call{method: http.MethodPut, path: []string{"policy"}, only: version, tag: &next, body: policy}, nil)
	return next, err
}

// AuditFilter is which rows of the audit are asked for. The zero value is all.
type AuditFilter struct {
	Document    id.Doc // only its chain, which an administrator of the document may read as well
	Actor       id.User
	Action      string
	Target      string
	From, Until time.Time
}

// Audit iterates over the audit, the newest row first. It ends after the first error.
func (c *Client) Audit(ctx context.Context, filter AuditFilter) iter.Seq2[wire.AuditRow, error] {
	query := filled(filled(url.Values{}, "action", filter.Action), "target", filter.Target)
	if !filter.Actor.IsZero() {
		query.Set("actor", filter.Actor.String())
	}
	for name, at := range map[string]time.Time{"from": filter.From, "until": filter.Until} {
		if !at.IsZero() {
			query.Set(name, at.UTC().Format(time.RFC3339Nano))
		}
	}
	return each[wire.AuditRow](ctx, c, query, auditOf(filter.Document)...)
}

// VerifyAudit computes a chain anew: a document's, or for the zero one the instance's.
func (c *Client) VerifyAudit(ctx context.Context, doc id.Doc) (verdict wire.AuditVerdict, err error) {
	err = c.ask(ctx, call{method: http.MethodGet, path: append(auditOf(doc), "verify")}, &verdict)
	return verdict, err
}

func auditOf(doc id.Doc) []string {
	if doc.IsZero() {
		return []string{"audit"}
	}
	return ofDocument(doc, "audit")
}

func ofAccount(user id.User, more string) []string { return []string{"accounts", user.String(), more} }

// filled adds a field to a query, unless it is empty.
func filled(query url.Values, name, value string) url.Values {
	if value != "" {
		query.Set(name, value)
	}
	return query
}
