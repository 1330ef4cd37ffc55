package edge

import (
	"net/url"
	"strconv"
	"strings"
)

// NormalOrigin returns the origin in the one spelling that browsers use, and its host with the port written out. What is
// anything but a scheme, a host and a port is no origin.
func NormalOrigin(text string) (origin, host string, ok bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.EqualFold(u.Scheme+"://"+u.Host, text) {
		return "", "", false
	}
	name, port := u.Hostname(), u.Port()
	if name == "" || !isASCII(u.Host) || strings.HasSuffix(u.Host, ":") || strings.ContainsAny(name, "*%") {
		return "", "", false
	}
	defaultPort := "80"
	if u.Scheme == "https" {
		defaultPort = "443"
	}
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return "", "", false
	}
	name = strings.ToLower(name)
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	host = name + ":" + port
	if port == defaultPort {
		return u.Scheme + "://" + name, host, true
	}
	return u.Scheme + "://" + host, host, true
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
