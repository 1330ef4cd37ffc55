package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/lxzan/gws"
)

// echoBytes is about how long a submission of one letter is.
const echoBytes = 150

// serveEcho is a WebSocket server without anything of ours: what a machine gives at most.
func serveEcho(ctx context.Context, address string) error {
	at, err := url.Parse(address)
	if err != nil {
		return err
	}
	upgrader := gws.NewUpgrader(echoes{}, nil)
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := upgrader.Upgrade(w, r); err == nil {
			go conn.ReadLoop()
		}
	})}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", at.Host)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// echoes answers every message with itself.
type echoes struct{ gws.BuiltinEventHandler }

func (echoes) OnMessage(conn *gws.Conn, message *gws.Message) {
	defer message.Close()
	_ = conn.WriteMessage(message.Opcode, message.Bytes())
}

// echo measures an echo server: every client sends a message, waits until it is back, and sends the next.
func (l *load) echo(ctx context.Context) error {
	at, err := url.Parse(l.URL)
	if err != nil {
		return err
	}
	at.Scheme = "ws"
	asked := make([]*asker, l.Clients)
	var running sync.WaitGroup
	for i := range asked {
		a := &asker{until: time.Now().Add(l.Duration)}
		conn, _, err := gws.NewClient(a, &gws.ClientOption{Addr: at.String(), HandshakeTimeout: l.Patience})
		if err != nil {
			return err
		}
		asked[i] = a
		a.ask(conn)
		running.Go(conn.ReadLoop)
		stop := context.AfterFunc(ctx, func() { conn.NetConn().Close() })
		defer stop()
	}
	running.Wait()
	var together times
	for _, a := range asked {
		together = append(together, a.times...)
	}
	fmt.Fprintf(l.out, "echo: %.0f messages/s; ms: %v\n", float64(len(together))/l.Duration.Seconds(), together)
	return nil
}

// asker is one client of an echo server. It is used by one goroutine at a time.
type asker struct {
	gws.BuiltinEventHandler
	until, asked time.Time
	times        times
}

func (a *asker) ask(conn *gws.Conn) {
	a.asked = time.Now()
	if a.asked.After(a.until) {
		_ = conn.WriteClose(1000, nil)
		_ = conn.NetConn().Close()
		return
	}
	_ = conn.WriteMessage(gws.OpcodeText, make([]byte, echoBytes))
}

func (a *asker) OnMessage(conn *gws.Conn, message *gws.Message) {
	message.Close()
	a.times = append(a.times, time.Since(a.asked))
	a.ask(conn)
}
