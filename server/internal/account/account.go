package account

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/sync/semaphore"

	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/storage"
)

// Refusals.
var (
	ErrNotSignedIn  = errors.New("not signed in, or no longer")
	ErrBadLogin     = errors.New("the address or the password is wrong")
	ErrBadTicket    = errors.New("the ticket does not open this")
	ErrClosed       = errors.New("an account takes an invitation here")
	ErrOtherAddress = errors.New("the invitation is for another address")
	ErrDomain       = errors.New("addresses of that domain have no account here")
	ErrNotAllowed   = errors.New("this account may not do that")
	ErrBusy         = errors.New("too many passwords are being checked")
	ErrPast         = errors.New("the expiry lies in the past")
	ErrReason       = errors.New("this takes a reason")
)

// TooManyTries is the refusal of one who guesses too often.
type TooManyTries struct {
	RetryAfter time.Duration
}

// Error says when to come back.
func (e *TooManyTries) Error() string {
	return fmt.Sprintf("too many tries: wait %v", e.RetryAfter.Round(time.Second))
}

// Config is what an operator may choose. Zero durations and numbers mean the defaults.
type Config struct {
	// OpenRegistration lets anybody make an account. Otherwise it takes an invitation.
	OpenRegistration bool

	// Plain drops the cookie's Secure attribute and __Host- prefix, which http does not carry. Only for loopback.
	Plain bool

	// Words are what people here would make passwords of: the names of the service and of its host.
	Words []string

	Idle     time.Duration // until a login session ends unused: 2 h
	Lifetime time.Duration // until it ends in any case: 12 h

	// GuestLifetime is until the session of a guest ends, used or not: 30 d. There is no other way to be the same guest again, and so
	// the author of the same edits.
	GuestLifetime time.Duration

	TriesPerMinute   int // wrong passwords, by account and place together, or by a known device: 5
	TriesPerPlace    int // a minute, whatever the account: 6 × TriesPerMinute
	TriesPerAccount  int // an hour, from devices that are not known: 10 × TriesPerMinute
	LoginsPerMinute  int // passwords looked at, right ones too, by account and by address: 120
	SignUpsPerMinute int // by address, with an invitation or without: 20
	EntriesPerMinute int // by address, into documents by links or as a guest: 30
	Hashers          int // passwords hashed at the same time: 2
	Tickets          int // outstanding for one credential: 5

	TicketTime time.Duration // until a ticket ends unused: 30 s

	Meter *meter.Meter // nil for one that nobody reads
}

func (c Config) withDefaults() Config {
	c.Idle = cmp.Or(c.Idle, 2*time.Hour)
	c.Lifetime = cmp.Or(c.Lifetime, 12*time.Hour)
	c.GuestLifetime = cmp.Or(c.GuestLifetime, 30*24*time.Hour)
	c.TriesPerMinute = cmp.Or(c.TriesPerMinute, 5)
	c.TriesPerPlace = cmp.Or(c.TriesPerPlace, 6*c.TriesPerMinute)
	c.TriesPerAccount = cmp.Or(c.TriesPerAccount, 10*c.TriesPerMinute)
	c.Words = append(c.Words, "coscribe")
	c.LoginsPerMinute = cmp.Or(c.LoginsPerMinute, 120)
	c.SignUpsPerMinute = cmp.Or(c.SignUpsPerMinute, 20)
	c.EntriesPerMinute = cmp.Or(c.EntriesPerMinute, 30)
	c.Hashers = cmp.Or(c.Hashers, 2)
	c.Tickets = cmp.Or(c.Tickets, 5)
	c.TicketTime = cmp.Or(c.TicketTime, 30*time.Second)
	if c.Meter == nil {
		c.Meter = meter.Discard()
	}
	return c
}

// Service is the accounts of an instance.
type Service struct {
	config   Config
	store    storage.Store
	bus      *bus.Bus
	sessions *scs.SessionManager
	hashers  *semaphore.Weighted
	queue    *semaphore.Weighted // of those who wait for one of them, and the hashers
	nobody   string              // a hash that no password matches, so that unknown users cost the same time
	logins   *tries              // passwords looked at by this node, right ones too
	signUps  *tries
	entries  *tries
}

// New returns the accounts kept in store. What ends is told on bus.
func New(store storage.Store, bus *bus.Bus, config Config) (*Service, error) {
	config = config.withDefaults()
	nobody, err := hashPassword(newSecret())
	if err != nil {
		return nil, err
	}
	return &Service{
		config:   config,
		store:    store,
		bus:      bus,
		sessions: newSessions(store, bus, config),
		hashers:  semaphore.NewWeighted(int64(config.Hashers)),
		queue:    semaphore.NewWeighted(int64(config.Hashers) * (1 + hashQueue)),
		nobody:   nobody,
		logins:   newTries(config.LoginsPerMinute),
		signUps:  newTries(config.SignUpsPerMinute),
		entries:  newTries(config.EntriesPerMinute),
	}, nil
}

// OpenRegistration tells whether anybody may make an account.
func (s *Service) OpenRegistration() bool { return s.config.OpenRegistration }

// Address is the one spelling of an e-mail address here.
func Address(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
