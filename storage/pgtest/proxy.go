package pgtest

import (
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a store and Postgres, and loses what it is told to lose.
type Proxy struct {
	URL string // as the store should have it

	network, address string // of Postgres
	listener         net.Listener
	relays           sync.WaitGroup

	mu    sync.Mutex
	fault Fault             // guarded by mu
	word  string            // whose answer is lost, if not empty; guarded by mu
	conns map[net.Conn]bool // both sides of each connection; guarded by mu
}

// Fault is what a Proxy does to what passes.
type Fault uint8

// The faults.
const (
	Healthy     Fault = iota
	LoseAnswers       // what the server says is dropped, and the connection ends after it has spoken
	LoseCalls         // what the store says never arrives, and the connection ends
	Refuse            // new connections end at once, as those do that are open
)

// NewProxy listens on a loopback port for connections to the database at target, until the test ends.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	address, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{network: "tcp", address: address.Host, conns: make(map[net.Conn]bool)}
	query := address.Query()
	if folder := query.Get("host"); folder != "" {
		p.network, p.address = "unix", folder+"/.s.PGSQL.5432"
		query.Del("host")
	} else if address.Port() == "" {
		p.address += ":5432"
	}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	query.Set("sslmode", "disable")
	address.Host, address.RawQuery = p.listener.Addr().String(), query.Encode()
	p.URL = address.String()
	p.relays.Go(p.serve)
	t.Cleanup(func() {
		p.listener.Close()
		p.Set(Refuse)
		p.relays.Wait()
	})
	return p
}

// Set makes fault what happens to everything from now on.
func (p *Proxy) Set(fault Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.word = fault, ""
	if fault == Refuse {
		for conn := range p.conns {
			conn.Close()
		}
	}
}

// LoseAnswerTo loses the answers on a connection once the store has said the word there, which still arrives.
func (p *Proxy) LoseAnswerTo(word string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.word = Healthy, word
}

func (p *Proxy) now() (fault Fault, word string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault, p.word
}

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil || !p.keep(client, server) {
			client.Close()
			if err == nil {
				server.Close()
			}
			continue
		}
		var said atomic.Bool // the word whose answer is lost
		p.relays.Go(func() {
			p.relay(server, client, func(fault Fault, word string, bytes []byte) bool {
				if word != "" && strings.Contains(string(bytes), word) {
					said.Store(true)
				}
				return fault == LoseCalls
			})
		})
		p.relays.Go(func() {
			p.relay(client, server, func(fault Fault, _ string, _ []byte) bool { return fault == LoseAnswers || said.Load() })
		})
	}
}

// keep remembers a connection's sides, unless connections are refused.
func (p *Proxy) keep(sides ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == Refuse {
		return false
	}
	for _, conn := range sides {
		p.conns[conn] = true
	}
	return true
}

// relay passes on what from says to to, until it is to be lost.
func (p *Proxy) relay(to, from net.Conn, lose func(fault Fault, word string, bytes []byte) bool) {
	defer func() {
		to.Close()
		from.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, from)
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			fault, word := p.now()
			if lose(fault, word, buffer[:n]) {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
