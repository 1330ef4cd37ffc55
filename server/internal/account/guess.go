package account

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/coscribe/coscribe/storage"
)

// Wrong passwords are counted in the database, so that the limits hold however many nodes there are, and by what is as hard to
// come by as possible without handing strangers a switch to lock an account with (OWASP, "Slow Down Online Guessing Attacks with
// Device Cookies" and the Authentication Cheat Sheet; ASVS 4.0.3, 2.2.1: no more than 100 failed attempts an hour on an account):
//
//   - account and place together: five a minute. Whoever guesses from one place locks out that place alone.
//   - place: thirty a minute, against one password tried on many accounts.
//   - account: fifty at once and fifty an hour after, against many places. This one slows its owner down as well, on a device that
//     is not known yet.
//   - a device that the owner has signed in on before is known by a cookie and has five a minute of its own, and none of the others.
const (
	byAccountAndPlace int64 = iota + 1
	byPlace
	byAccount
	byDevice
	byOwner // who is signed in, and shows the password to change it
)

// buckets is how many counters each kind has: names are put into them by their hash, so that no stranger makes more rows than
// that. Two names in one bucket share its limit.
const buckets = 1 << 17

func limit(kind int64, name string, burst int, window time.Duration) storage.Limit {
	sum := sha256.Sum256([]byte(name))
	return storage.Limit{
		Key:   kind<<32 | int64(binary.BigEndian.Uint64(sum[:])%buckets),
		Burst: burst,
		Every: window / time.Duration(burst),
	}
}

// signInLimits are what a guess at the password of that address counts under.
func (s *Service) signInLimits(email string, user storage.User, visit Visit) []storage.Limit {
	if s.knows(user, visit.Device) {
		return []storage.Limit{limit(byDevice, visit.Device, s.config.TriesPerMinute, time.Minute)}
	}
	from := place(visit.From)
	return []storage.Limit{
		limit(byAccountAndPlace, email+"\x00"+from, s.config.TriesPerMinute, time.Minute),
		limit(byPlace, from, s.config.TriesPerPlace, time.Minute),
		limit(byAccount, email, s.config.TriesPerAccount, time.Hour),
	}
}

// guess has check look at a password, within the limits: of wrong ones, and of all that this node looks at, by name. A guess is
// counted before it is looked at, so that guesses made at the same time count as well, and taken back when it was right or
// could not be looked at. ErrBadLogin if it was wrong.
func (s *Service) guess(ctx context.Context, limits []storage.Limit, names []string, check func() (right bool, err error)) error {
	now := time.Now()
	if err := s.store.Try(ctx, storage.At(now), limits...); err != nil {
		var early *storage.TooSoon
		if errors.As(err, &early) {
			return &TooManyTries{RetryAfter: early.Wait}
		}
		return err
	}
	right, err := false, s.logins.begin(now, names...)
	if err == nil {
		if right, err = check(); err != nil {
			s.logins.takeBack(now, names...)
		}
	}
	if right || err != nil {
		// Also for those who have gone: that nobody looked at a password is not their fault.
		_ = s.store.TakeBack(context.WithoutCancel(ctx), storage.At(time.Now()), limits...)
	}
	if err == nil && !right {
		err = ErrBadLogin
	}
	return err
}
