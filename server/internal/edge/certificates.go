package edge

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificates is a certificate in two files, which is read again when they change, so that renewing it takes no restart. Files
// that cannot be read, or do not belong together, are logged, and the certificate read last stays.
type Certificates struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate // guarded by mu
	read    [2]state         // of the files when they were read last, guarded by mu
	looked  time.Time        // guarded by mu
}

// state is what tells a file from an older one.
type state struct {
	modified time.Time
	size     int64
}

// lookEvery bounds how often the files are looked at, however many handshakes there are.
const lookEvery = time.Second

// NewCertificates reads the files.
func NewCertificates(cert, key string, log *slog.Logger) (*Certificates, error) {
	c := &Certificates{cert: cert, key: key, log: log, looked: time.Now()}
	c.read = c.states()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert and --tls-key cannot be used: %w", err)
	}
	c.current = &pair
	return c, nil
}

// Config is for a server: TLS 1.2 at least.
func (c *Certificates) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.certificate(), nil },
	}
}

// certificate is the one for the next handshake.
func (c *Certificates) certificate() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked) >= lookEvery {
		c.looked = now
		c.renew()
	}
	return c.current
}

// renew reads the files if they have changed. mu is held.
func (c *Certificates) renew() {
	states := c.states()
	if states == c.read {
		return
	}
	c.read = states
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		c.log.Error("the new certificate cannot be used, the old one stays", "error", err)
		return
	}
	c.current = &pair
	c.log.Info("the certificate was read again", "expires", pair.Leaf.NotAfter)
}

// states looks at the files. One that cannot be looked at has the zero state.
func (c *Certificates) states() (states [2]state) {
	for i, name := range []string{c.cert, c.key} {
		if info, err := os.Stat(name); err == nil {
			states[i] = state{info.ModTime(), info.Size()}
		}
	}
	return states
}
