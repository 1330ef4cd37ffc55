package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lxzan/gws"

	"github.com/coscribe/coscribe/server/wire"
)

// longestMessage bounds what a server can make us hold, in bytes: a snapshot of a document of the largest size fits.
const longestMessage = 64 << 20

// link is one connection. Its reader is a goroutine of its own; the Document's goroutine writes.
type link struct {
	document *Document
	conn     *gws.Conn
	welcomed bool          // guarded by document.mu
	heard    atomic.Bool   // since the last ping
	ended    chan struct{} // closed by the reader when it has returned

	once sync.Once // guards err
	err  error     // why it ended; read it after ended
}

// dial gets a ticket, connects and asks to join.
func (d *Document) dial(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, joinTime)
	defer cancel()
	ticket, err := d.client.Ticket(ctx, d.id)
	if err != nil {
		return nil, err
	}
	l := &link{document: d, ended: make(chan struct{})}
	if err := l.dial(ctx); err != nil {
		return nil, err
	}
	if err := l.write(d.join(ticket.Ticket)); err != nil {
		l.conn.NetConn().Close()
		return nil, err
	}
	_ = l.conn.SetReadDeadline(time.Now().Add(welcomeTime))
	return l, nil
}

// dial makes the WebSocket handshake.
func (l *link) dial(ctx context.Context) error {
	c := l.document.client
	address := c.base.JoinPath("v1", "documents", l.document.id.String(), "socket")
	address.Scheme = map[string]string{"http": "ws", "https": "wss"}[address.Scheme]
	header := http.Header{"Sec-Websocket-Protocol": {wire.Subprotocol}}
	c.authorize(header)
	if c.http.Jar != nil && c.token == "" {
		for _, cookie := range c.http.Jar.Cookies(c.base) {
			header.Add("Cookie", cookie.Name+"="+cookie.Value)
		}
	}
	dialer := &contextDialer{ctx: ctx}
	defer dialer.release()
	conn, response, err := gws.NewClient(l, &gws.ClientOption{
		Addr:               address.String(),
		RequestHeader:      header,
		HandshakeTimeout:   joinTime,
		ReadMaxPayloadSize: longestMessage,
		CheckUtf8Enabled:   true,
		NewDialer:          func() (gws.Dialer, error) { return dialer, nil },
		TlsConfig:          c.tlsConfig(),
	})
	switch {
	case err != nil && response != nil && response.StatusCode != http.StatusSwitchingProtocols:
		return &Problem{Status: response.StatusCode, Title: response.Status, Detail: "the server refused the WebSocket"}
	case err != nil:
		return err
	}
	l.conn = conn
	return nil
}

// tlsConfig is that of the HTTP requests, so that both trust the same certificates.
func (c *Client) tlsConfig() *tls.Config {
	if transport, ok := c.http.Transport.(*http.Transport); ok && transport.TLSClientConfig != nil {
		config := transport.TLSClientConfig.Clone()
		config.NextProtos = nil // a WebSocket begins with HTTP/1.1
		return config
	}
	return nil
}

// contextDialer lets a dial and what follows on the connection, until its release, end with a context.
type contextDialer struct {
	ctx  context.Context
	stop func() bool
}

func (d *contextDialer) Dial(network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(d.ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.stop = context.AfterFunc(d.ctx, func() { conn.Close() })
	return conn, nil
}

func (d *contextDialer) release() {
	if d.stop != nil {
		d.stop()
	}
}

// read reads until the connection ends.
func (l *link) read() {
	defer close(l.ended)
	l.conn.ReadLoop()
}

// write sends a message and waits until the kernel has it.
func (l *link) write(m wire.Inbound) error {
	_ = l.conn.SetWriteDeadline(time.Now().Add(writeTime))
	return l.conn.WriteMessage(gws.OpcodeText, wire.AppendInbound(nil, m))
}

// end ends the connection, because of err unless the server gave a reason, and waits for the reader.
func (l *link) end(err error) {
	if err != nil && !errors.Is(err, ErrClosed) {
		select { // a write that failed: a close frame may be there to be read
		case <-l.ended:
		case <-time.After(closeTime):
		}
	}
	l.once.Do(func() { l.err = err })
	_ = l.conn.SetDeadline(time.Now().Add(closeTime))
	_ = l.conn.WriteClose(uint16(wire.CloseNormal), []byte(wire.CloseNormal.Reason()))
	_ = l.conn.NetConn().Close()
	<-l.ended
}

// fail ends the connection for a reason of our own. It does not wait.
func (l *link) fail(why error) {
	l.once.Do(func() { l.err = why })
	_ = l.conn.NetConn().Close()
}

// OnOpen is for gws.
func (l *link) OnOpen(*gws.Conn) {}

// OnClose is for gws.
func (l *link) OnClose(_ *gws.Conn, err error) {
	var closed *gws.CloseError
	if errors.As(err, &closed) {
		err = &Ended{Code: wire.CloseCode(closed.Code)}
	}
	l.once.Do(func() { l.err = err })
}

// OnPing is for gws.
func (l *link) OnPing(conn *gws.Conn, payload []byte) {
	l.heard.Store(true)
	_ = conn.SetWriteDeadline(time.Now().Add(writeTime))
	_ = conn.WritePong(payload)
}

// OnPong is for gws.
func (l *link) OnPong(*gws.Conn, []byte) { l.heard.Store(true) }

// OnMessage is for gws.
func (l *link) OnMessage(_ *gws.Conn, message *gws.Message) {
	defer message.Close()
	l.heard.Store(true)
	m, err := wire.DecodeOutbound(message.Bytes())
	var fault *wire.Fault
	switch {
	case errors.As(err, &fault) && fault.Code == wire.CodeUnsupported: // of a later version
	case err != nil:
		l.fail(err)
	default:
		l.document.receive(l, m)
	}
}
