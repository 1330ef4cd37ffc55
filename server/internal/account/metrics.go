package account

import (
	"errors"
	"net/netip"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/storage/id"
)

// failed counts a password that did not sign anybody in. The user is zero where the address is nobody's.
func (s *Service) failed(err error, user id.User, from netip.Addr) {
	_, tooMany := errors.AsType[*TooManyTries](err)
	who := meter.Who{User: user, Address: from}
	switch {
	case tooMany:
		s.config.Meter.SignInFailures.Inc("too_many")
		s.config.Meter.RatesHit.Inc("passwords")
		s.config.Meter.Report(meter.LockedOut, who, "")
	case errors.Is(err, ErrBadLogin):
		s.config.Meter.SignInFailures.Inc("wrong")
		s.config.Meter.Report(meter.LoginFailed, who, "")
	case errors.Is(err, ErrBusy):
		s.config.Meter.SignInFailures.Inc("busy")
	default:
		s.config.Meter.SignInFailures.Inc("error")
	}
}
