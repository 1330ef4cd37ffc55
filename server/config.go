package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"time"
)

// Settings are the configuration of the server.
type Settings struct {
	Listen      string `default:"127.0.0.1:8080" help:"Address and port to listen on."`
	Data        string `default:"./data" type:"path" help:"Folder of the embedded database."`
	DatabaseURL string `secret:"" placeholder:"postgres://…" help:"Postgres to use instead of the embedded database."`

	AllowUnsafeDatabase bool `help:"Serve from a Postgres that may lose in a crash what it said was written: fsync, full_page_writes or synchronous_commit is off."`

	PublicURL    string         `placeholder:"https://…" help:"Address that browsers use, when it is not the one listened on."`
	AllowOrigin  []string       `placeholder:"https://…" help:"Further origins whose pages may open documents."`
	TLSCert      string         `type:"path" help:"Certificate chain in PEM. It is read again when it changes."`
	TLSKey       string         `type:"path" help:"Its private key in PEM."`
	TrustedProxy []netip.Prefix `placeholder:"10.0.0.0/8" help:"Networks of proxies that do TLS for us and whose X-Forwarded headers are believed."`

	OpenRegistration bool   `help:"Let anybody make an account, without an invitation, and with an address that nothing proves."`
	LogLevel         string `default:"info" enum:"debug,info,warn,error" help:"What is worth logging (${enum})."`
	MetricsListen    string `placeholder:"127.0.0.1:9090" help:"Loopback address and port to serve /metrics and /debug/pprof on. They are not served without it."`

	LimitsProfile string `default:"default" enum:"default,load" help:"Limits: default, or load, which lifts counts and rates for measuring on loopback (${enum})."`
	Limit         Limits `embed:"" prefix:"limit-" group:"Limits"`
}

// loadProfile is for measuring.
const loadProfile = "load"

// drainTimeout is for requests and documents to finish at shutdown.
const drainTimeout = 10 * time.Second

// AfterApply applies the profile, once everything has its value.
func (s *Settings) AfterApply() error {
	if s.LimitsProfile == loadProfile {
		s.Limit.lift()
	}
	return nil
}

// check reports every fault at once.
func (s *Settings) check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	name, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		fault("--listen=%s: give an address and a port, as in 127.0.0.1:8080", s.Listen)
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		fault("--tls-cert and --tls-key go together: give both or neither")
	}
	for _, file := range []string{s.TLSCert, s.TLSKey} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			fault("%s: %v", file, errors.Unwrap(err))
		}
	}
	if s.PublicURL != "" {
		if err := checkOrigin(s.PublicURL); err != nil {
			fault("--public-url=%s: %w", s.PublicURL, err)
		}
	}
	for _, origin := range s.AllowOrigin {
		if err := checkOrigin(origin); err != nil {
			fault("--allow-origin=%s: %w", origin, err)
		}
	}
	if err == nil && !isLoopback(name) {
		if s.TLSCert == "" && len(s.TrustedProxy) == 0 {
			fault("--listen=%s can be reached from other machines, and Coscribe serves those encrypted only: "+
				"give --tls-cert and --tls-key, or name the proxy that does TLS in --trusted-proxy", s.Listen)
		}
		if s.PublicURL == "" {
			fault("--listen=%s needs --public-url, the address that browsers use", s.Listen)
		}
		if s.LimitsProfile != "default" {
			fault("--limits-profile=%s is for measuring and only goes with a loopback --listen", s.LimitsProfile)
		}
	}
	if s.DatabaseURL != "" {
		// The address may hold a password, so it is never repeated.
		if u, err := url.Parse(s.DatabaseURL); err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			fault("--database-url is not of the form postgres://user:password@host:port/database")
		}
	}
	if s.MetricsListen != "" {
		if name, _, err := net.SplitHostPort(s.MetricsListen); err != nil || !isLoopback(name) {
			fault("--metrics-listen=%s: give a loopback address and a port, as in 127.0.0.1:9090", s.MetricsListen)
		}
	}
	return errors.Join(append(faults, s.Limit.faults()...)...)
}

// checkOrigin accepts a scheme and a host and nothing else; in the clear only on this machine.
func checkOrigin(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return errors.New("give a scheme and a host, as in https://docs.example.com")
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return errors.New("only https is served to other machines")
	}
	return nil
}

func isLoopback(name string) bool {
	addr, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && addr.IsLoopback()
}

// origins are the origins of our own pages when bound to addr: the public one, else the loopback names of the port.
func (s *Settings) origins(addr net.Addr) []string {
	if s.PublicURL != "" {
		return []string{strings.TrimSuffix(s.PublicURL, "/")}
	}
	scheme := "http"
	if s.TLSCert != "" {
		scheme = "https"
	}
	_, port, _ := net.SplitHostPort(addr.String())
	var origins []string
	for _, name := range []string{"127.0.0.1", "localhost", "[::1]"} {
		origins = append(origins, scheme+"://"+name+":"+port)
	}
	return origins
}

// version is the module's version, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
