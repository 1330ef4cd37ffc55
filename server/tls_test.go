package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestEncryptedServer: with a certificate everything is https, cookies are for https only, and nothing is said in the clear.
func TestEncryptedServer(t *testing.T) {
	cert, key, roots := certificate(t)
	address := make(chan string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--listen", "127.0.0.1:0", "--data", t.TempDir(), "--tls-cert", cert, "--tls-key", key},
			&catcher{pattern: regexp.MustCompile(`Coscribe is at https://(\S+)`), caught: address}, io.Discard)
	}()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("stopped with %v", err)
		}
	}()

	var host string
	select {
	case host = <-address:
	case err := <-ended:
		t.Fatalf("ended with %v", err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport}
	answer, err := c.Get("https://" + host + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 || answer.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("status %d, headers %v", answer.StatusCode, answer.Header)
	}
	if answer, err := c.Get("http://" + host + "/readyz"); err == nil {
		answer.Body.Close()
		if answer.StatusCode < 400 {
			t.Errorf("in the clear: status %d", answer.StatusCode)
		}
	}
	old := tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	if conn, err := tls.Dial("tcp", host, &old); err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
}

// TestCertificatesAreRenewed while the server runs: a new certificate is used for new connections, a broken one is not, and who
// is connected stays.
func TestCertificatesAreRenewed(t *testing.T) {
	cert, key, roots := certificate(t)
	newCert, newKey, newRoots := certificate(t)
	l := startHere(t, "--tls-cert", cert, "--tls-key", key)
	host := strings.TrimPrefix(l.url, "http://")
	trusts := func(roots *x509.CertPool) (bool, string) {
		conn, err := tls.Dial("tcp", host, &tls.Config{RootCAs: roots})
		if err != nil {
			return false, err.Error()
		}
		conn.Close()
		return true, ""
	}
	is := func(what string, roots *x509.CertPool) {
		t.Helper()
		if ok, why := trusts(roots); !ok {
			t.Fatalf("%s: %s", what, why)
		}
	}
	is("at the start", roots)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	stays := &http.Client{Transport: transport}
	ask := func() {
		t.Helper()
		answer, err := stays.Get("https://" + host + "/livez")
		if err != nil {
			t.Fatalf("a connection that was there: %v", err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	ask()

	put := func(name, from string) {
		t.Helper()
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(name, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	logged := func(what string) {
		t.Helper()
		eventually(t, "the log says that "+what, func() (bool, string) {
			trusts(roots) // each handshake looks, once a second
			return strings.Contains(l.log.String(), what), ""
		})
	}
	const kept, renewed = "the old one stays", "the certificate was read again"
	put(cert, newCert) // the half that is written first
	logged(kept)
	is("with half of a new one", roots)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	pause(t.Context(), 1100*time.Millisecond)
	is("without a key", roots)
	put(key, newKey)
	logged(renewed)
	is("renewed", newRoots)
	if ok, _ := trusts(roots); ok {
		t.Error("the old certificate is still shown")
	}
	ask()
	if n := strings.Count(l.log.String(), kept); n > 2 {
		t.Errorf("what is broken was logged %d times", n)
	}
}

// catcher is a writer that waits for something to be written.
type catcher struct {
	pattern *regexp.Regexp
	caught  chan<- string
	written bytes.Buffer
	done    bool
}

func (c *catcher) Write(p []byte) (int, error) {
	c.written.Write(p)
	if match := c.pattern.FindSubmatch(c.written.Bytes()); match != nil && !c.done {
		c.done = true
		c.caught <- string(match[1])
	}
	return len(p), nil
}

// certificate makes one for the loopback address, in files.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, roots
}
