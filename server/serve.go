package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/coscribe/coscribe/client/web"
	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/api"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/edge"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/internal/socket"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/postgres"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// Serve serves documents.
type Serve struct {
	Settings `embed:""`
}

// Validate reports every fault at once.
func (s *Serve) Validate() error { return s.check() }

// Run serves until ctx ends, then shuts down in the order written at its end.
func (s *Serve) Run(ctx context.Context, stdout io.Writer, stderr logs) error {
	log := slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: s.level()}))

	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	store, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	store.Bound(s.Limit.bounds())
	if err := s.examine(ctx, store, log); err != nil {
		return err
	}
	return s.serve(ctx, listener, store, log, stdout)
}

// listen binds the address, and says in one sentence why it cannot.
func (s *Serve) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.Listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another program: stop that, or choose another port with --listen", s.Listen)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w", s.Listen, err)
	}
	return listener, nil
}

// databaseFile is the embedded database in the data folder.
const databaseFile = "coscribe.db"

// open opens the database, and says in one sentence why it cannot.
func (s *Serve) open(ctx context.Context) (storage.Store, error) {
	var store storage.Store
	var err error
	remedy := "give --data a folder that can be read and written"
	if s.DatabaseURL != "" {
		remedy = "start the database, or mend --database-url"
		store, err = postgres.Open(ctx, s.DatabaseURL)
	} else {
		store, err = sqlite.Open(ctx, filepath.Join(s.Data, databaseFile))
	}
	switch {
	case errors.Is(err, storage.ErrNewer): // says itself what to do
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %s", err, remedy)
	}
	return store, nil
}

// serve joins the parts and runs them on the listener.
func (s *Serve) serve(ctx context.Context, listener net.Listener, store storage.Store, log *slog.Logger, stdout io.Writer) error {
	origins := s.origins(listener.Addr())
	events := &bus.Bus{}
	meter := meter.New(log, s.Limit.lines())
	settings := s.Limit.account()
	settings.OpenRegistration, settings.Plain, settings.Meter = s.OpenRegistration, s.plain(), meter
	settings.Words = slices.Clone(origins[:1]) // to which more is appended
	accounts, err := account.New(store, events, settings)
	if err != nil {
		return err
	}
	documents := document.New(store, events)
	hub := room.New(store, events, log, s.roomLimits())
	hub.NoteUse(accounts.Used)
	hub.NoteDenied(documents.NoteDenied)
	hub.Measure(meter)
	sockets := socket.New(socket.Config{
		Hub:       hub,
		Documents: documents,
		Redeem:    accounts.RedeemTicket,
		Address:   edge.ClientAddr,
		Origins:   slices.Concat(origins, s.AllowOrigin),
		Limits:    s.Limit.socket(),
		Log:       log,
		Meter:     meter,
	})
	handler := api.New(api.Config{
		Store:     store,
		Accounts:  accounts,
		Documents: documents,
		Hub:       hub,
		Socket:    sockets,
		Admit:     sockets.Admit,
		Limits:    s.Limit.requests(),
		Streams:   s.Limit.streams(),
		Pages:     web.Files(),
		PublicURL: origins[0],
		ClientIP:  edge.ClientAddr,
		Log:       log,
		Meter:     meter,
	})
	server := &http.Server{
		Handler:           edge.New(edge.Config{Origins: origins, TrustedProxies: s.TrustedProxy}).Handler(http.MaxBytesHandler(handler, int64(s.Limit.BodyBytes))),
		ReadHeaderTimeout: s.Limit.HeaderTime,
		ReadTimeout:       s.Limit.RequestTime, // of a whole request; WebSocket connections set their own
		IdleTimeout:       s.Limit.IdleTime,
		MaxHeaderBytes:    int(s.Limit.HeaderBytes),
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if s.TLSCert != "" {
		certificates, err := edge.NewCertificates(s.TLSCert, s.TLSKey, log)
		if err != nil {
			return err
		}
		server.TLSConfig = certificates.Config()
	}
	door := edge.Door{Listener: listener, Shut: sockets.Shut, Refused: func() { meter.RatesHit.Inc("shut out") }}
	metrics, err := s.metrics(ctx, meter, store)
	if err != nil {
		return err
	}

	// The hub outlives the sockets, so that what they have handed over is still committed.
	hubCtx, stopHub := context.WithCancel(context.WithoutCancel(ctx))
	defer stopHub()
	work, workCtx := errgroup.WithContext(ctx)
	work.Go(func() error { return hub.Run(hubCtx) })
	work.Go(func() error { return sweep(hubCtx, store, log) })
	work.Go(func() error { return metrics.serve(workCtx) })
	work.Go(func() error {
		var err error
		if s.TLSCert != "" {
			err = server.ServeTLS(door, "", "")
		} else {
			err = server.Serve(door)
		}
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	})
	work.Go(func() error {
		<-workCtx.Done()
		drained, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		handler.Drain()        // 1. not ready: load balancers look elsewhere, and readers of streams come back elsewhere
		sockets.Close(drained) // 2. clients are told to come back
		err := server.Shutdown(drained)
		stopHub() // 3. rooms commit what they have
		return err
	})
	s.greet(ctx, stdout, accounts, origins[0], log)
	metrics.greet(stdout)
	return work.Wait() // 4. the store is closed by the caller, when nobody uses it any more
}

// greet says where the server is, and how to begin.
func (s *Serve) greet(ctx context.Context, stdout io.Writer, accounts *account.Service, origin string, log *slog.Logger) {
	fmt.Fprintf(stdout, "Coscribe is at %s\n", origin)
	secret, needed, err := accounts.SetupURL(ctx)
	if err != nil {
		log.Error("make the set-up link", "error", err)
		return
	}
	if needed {
		fmt.Fprintf(stdout, "\nNobody has an account yet. Open this link to make the first, the administrator's:\n\n    %s/setup#%s\n\n", origin, secret)
	}
}

// sweepEvery is how often what expired is removed.
const sweepEvery = 10 * time.Minute

// sweep removes expired tickets, sessions and invitations now and then.
func sweep(ctx context.Context, store storage.Store, log *slog.Logger) error {
	for {
		if err := expire(ctx, store); err != nil && ctx.Err() == nil {
			log.Warn("remove what expired", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(sweepEvery):
		}
	}
}

func expire(ctx context.Context, store storage.Store) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	return store.Expire(ctx, storage.At(time.Now()))
}

// plain tells whether pages are reached over http, which only a loopback address allows.
func (s *Serve) plain() bool {
	return s.TLSCert == "" && (s.PublicURL == "" || strings.HasPrefix(s.PublicURL, "http:"))
}

func (s *Serve) level() slog.Level {
	var level slog.Level
	level.UnmarshalText([]byte(s.LogLevel)) // Kong has checked the word
	return level
}

// postgresCommitters is how many transactions commit edits at the same time. SQLite has one writer.
const postgresCommitters = 4

func (s *Serve) roomLimits() room.Limits {
	limits := s.Limit.room()
	if s.DatabaseURL != "" {
		limits.Committers = postgresCommitters
	}
	return limits
}
