package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/coscribe/coscribe/server/internal/edge"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/storage"
)

// metrics is the second listener, which only this machine reaches. The zero value serves nothing.
type metrics struct {
	listener net.Listener
	handler  http.Handler
}

// databaseTime is how long the database may take to say that it is up.
const databaseTime = 2 * time.Second

// metrics binds the second listener, if there is to be one.
func (s *Serve) metrics(ctx context.Context, m *meter.Meter, store storage.Store) (metrics, error) {
	m.Database(func() bool {
		ctx, cancel := context.WithTimeout(ctx, databaseTime)
		defer cancel()
		return store.Ready(ctx) == nil
	})
	if s.MetricsListen == "" {
		return metrics{}, nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.MetricsListen)
	if err != nil {
		return metrics{}, fmt.Errorf("cannot listen on %s: %w: choose another port with --metrics-listen", s.MetricsListen, err)
	}
	// Behind an edge that knows loopback names only: no other name can be made to point here.
	return metrics{listener, edge.New(edge.Config{}).Handler(m.Handler())}, nil
}

// serve serves until ctx ends.
func (m metrics) serve(ctx context.Context) error {
	if m.listener == nil {
		return nil
	}
	server := &http.Server{Handler: m.handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}

func (m metrics) greet(stdout io.Writer) {
	if m.listener != nil {
		fmt.Fprintf(stdout, "Metrics are at http://%s/metrics\n", m.listener.Addr())
	}
}
