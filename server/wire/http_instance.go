package wire

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage/id"
)

// Many changes at once.
type (
	// Bulk is the body of POST /v1/grants. With DryRun nothing changes.
	Bulk struct {
		DryRun  bool     `json:"dryRun,omitzero"`
		Reason  string   `json:"reason,omitzero" validate:"note"`
		Changes []Change `json:"changes" validate:"min=1,max=1000,dive"`
	}

	// Change grants a role in a document, or without one takes the principal's grant away.
	Change struct {
		Document  id.Doc     `json:"document" validate:"required"`
		Principal Principal  `json:"principal"`
		Role      authz.Role `json:"role,omitzero" validate:"max=4"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
	}

	// Changes answers Bulk: an item for each change, in order. If there are fewer, Code says what stopped the others: send the
	// same again. Orphans are the documents that nobody looks after.
	Changes struct {
		Items   []ChangeItem `json:"items"`
		Orphans []id.Doc     `json:"orphans"`
		Code    Code         `json:"code,omitzero"`
	}

	// ChangeItem is what became of a change, or would: Status is granted, revoked, unchanged or refused.
	ChangeItem struct {
		Status string     `json:"status"`
		Code   Code       `json:"code,omitzero"`
		Detail string     `json:"detail,omitzero"`
		Before *GrantItem `json:"before,omitzero"`
		After  *GrantItem `json:"after,omitzero"`
	}
)

// The audit.
type (
	// AuditRow is a row of a chain: of a document's, or where Document is absent of the instance's.
	AuditRow struct {
		Document   id.Doc         `json:"document,omitzero"`
		N          int64          `json:"n"`
		At         time.Time      `json:"at"`
		Actor      id.User        `json:"actor,omitzero"` // absent for the operator
		ActorName  string         `json:"actorName,omitzero"`
		By         string         `json:"by,omitzero"` // session or token
		Credential id.Credential  `json:"credential,omitzero"`
		OnBehalf   id.User        `json:"onBehalf,omitzero"`
		Action     string         `json:"action"`
		Target     string         `json:"target,omitzero"`
		Names      []AuditName    `json:"names,omitzero"`
		Before     jsontext.Value `json:"before,omitzero"`
		After      jsontext.Value `json:"after,omitzero"`
		Reason     string         `json:"reason,omitzero"`
		From       string         `json:"from,omitzero"`
		RequestID  string         `json:"requestId,omitzero"`
		Hash       string         `json:"hash"`
	}

	// AuditName is what somebody or something is called now that a row speaks of: a user, a group or a link that still exists.
	AuditName struct {
		Of   Principal `json:"of"`
		Name string    `json:"name"`
	}

	// AuditVerdict answers GET …/audit/verify: where the chain ends, or where it is not as it was written. Keep an end elsewhere,
	// and give it the next time: what is cut off behind it shows then.
	AuditVerdict struct {
		Intact bool      `json:"intact"`
		N      int64     `json:"n"`
		At     time.Time `json:"at,omitzero"`
		Hash   string    `json:"hash,omitzero"`
		Fault  string    `json:"fault,omitzero"` // of row N
	}
)

// The instance.
type (
	// Policy is what holds for the whole instance. Its ETag is its version.
	Policy struct {
		LinkRole      authz.Role `json:"linkRole" validate:"grantable"`
		Anonymous     bool       `json:"anonymous"`
		ExpiryDays    int64      `json:"expiryDays" validate:"min=0,max=3650"`
		AdminsCreate  bool       `json:"adminsCreate"`
		SignUpDomains []string   `json:"signUpDomains" validate:"max=100,dive,max=253,hostname_rfc1123,lowercase"`
	}

	// Excess counts what exceeds a policy.
	Excess struct {
		Links     int64 `json:"links"`
		Public    int64 `json:"public"`
		Lasting   int64 `json:"lasting"`
		Addresses int64 `json:"addresses"`
	}

	// Overview is a document as those see it who look after the instance.
	Overview struct {
		ID        id.Doc     `json:"id"`
		Owner     User       `json:"owner"`
		OwnerGone bool       `json:"ownerGone,omitzero"` // suspended
		Locked    bool       `json:"locked"`
		Grants    int64      `json:"grants"`
		Public    bool       `json:"public"`
		EndsNext  *time.Time `json:"endsNext,omitzero"`
		CreatedAt time.Time  `json:"createdAt"`
		UpdatedAt time.Time  `json:"updatedAt"`
	}
)
