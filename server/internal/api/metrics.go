package api

import (
	"errors"
	"net/http"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// count counts a refusal, and reports what an operator should hear of. What a room refuses, it has counted itself.
func (a *API) count(r *http.Request, e *exchange, err error) {
	report := func(event meter.Event, detail string) {
		a.Meter.Report(event, meter.Who{Request: e.id, User: e.user, Doc: e.doc, Address: a.ClientIP(r)}, detail)
	}
	forbidden, isForbidden := errors.AsType[*document.Forbidden](err)
	refused, isRefused := errors.AsType[*room.Refusal](err)
	_, isFast := errors.AsType[*tooFast](err)
	switch {
	case isFast:
		a.Meter.RatesHit.Inc("requests")
		report(meter.RateLimited, "requests")
	case isForbidden:
		a.Meter.Forbidden.Inc(forbidden.Command.String())
		report(meter.ForbiddenCommand, forbidden.Command.String())
	case errors.Is(err, account.ErrNotAllowed):
		a.Meter.Forbidden.Inc("account")
		report(meter.ForbiddenCommand, "account")
	case isRefused && refused.Code == wire.CodeForbidden:
		report(meter.ForbiddenCommand, "edit")
	case isRefused && refused.Code == wire.CodeSlowDown:
		report(meter.RateLimited, "edits")
	case errors.Is(err, errCrossOrigin):
		report(meter.RefusedOrigin, "request")
	case errors.Is(err, errOrigin):
		report(meter.RefusedOrigin, "ticket")
	case errors.Is(err, errCrowded), errors.Is(err, errFullNode):
		a.Meter.RatesHit.Inc("streams")
		report(meter.RateLimited, "streams")
	case errors.Is(err, storage.ErrTooMany):
		a.Meter.RatesHit.Inc("outstanding")
		report(meter.RateLimited, "outstanding")
	case errors.Is(err, storage.ErrFull):
		a.Meter.RatesHit.Inc("full")
		report(meter.RateLimited, "full")
	}
}
