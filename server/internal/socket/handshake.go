package socket

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// refusal is an answer to a request that gets no WebSocket.
type refusal struct {
	status int
	code   wire.Code
	detail string
	header [2]string // one more header of the answer, or empty
}

// checkHandshake checks everything that a request can be refused for before anything is done for it.
func (h *Handler) checkHandshake(r *http.Request) (origin string, refused *refusal) {
	bad := func(detail string) *refusal {
		return &refusal{status: http.StatusBadRequest, code: wire.CodeInvalid, detail: detail}
	}
	switch {
	case r.Method != http.MethodGet:
		return "", &refusal{http.StatusMethodNotAllowed, wire.CodeUnsupported, "use GET", [2]string{"Allow", "GET"}}
	case r.ProtoMajor != 1 || r.ProtoMinor != 1:
		return "", upgradeRequired("connect by HTTP/1.1")
	case !h.origins.knows(r.Host):
		return "", &refusal{status: http.StatusForbidden, code: wire.CodeOrigin, detail: "this server does not answer under that name"}
	}
	origin, ok := h.origins.check(r)
	switch {
	case !ok:
		return "", &refusal{status: http.StatusForbidden, code: wire.CodeOrigin,
			detail: "connect from a page of this server, or without Origin and cookie and with a bearer token"}
	case !hasToken(r.Header, "Connection", "upgrade") || !hasToken(r.Header, "Upgrade", "websocket"):
		return "", upgradeRequired("this address speaks WebSocket")
	case !slices.Equal(r.Header["Sec-Websocket-Version"], []string{"13"}):
		return "", &refusal{http.StatusUpgradeRequired, wire.CodeUnsupported, "use version 13 of the WebSocket protocol",
			[2]string{"Sec-WebSocket-Version", "13"}}
	case !isKey(r.Header["Sec-Websocket-Key"]):
		return "", bad("Sec-WebSocket-Key must be 16 bytes in base64")
	case !hasToken(r.Header, "Sec-Websocket-Protocol", wire.Subprotocol):
		return "", bad("name the subprotocol " + wire.Subprotocol)
	case r.ContentLength != 0 || len(r.TransferEncoding) > 0:
		return "", bad("the request has a body")
	}
	return origin, nil
}

func upgradeRequired(detail string) *refusal {
	return &refusal{http.StatusUpgradeRequired, wire.CodeUnsupported, detail, [2]string{"Upgrade", "websocket"}}
}

// hasToken tells whether a header that holds a list holds token. Subprotocols compare exactly, other tokens by letter.
func hasToken(header http.Header, name, token string) bool {
	for _, value := range header[name] {
		for item := range strings.SplitSeq(value, ",") {
			item = strings.Trim(item, " \t")
			if item == token || token != wire.Subprotocol && strings.EqualFold(item, token) {
				return true
			}
		}
	}
	return false
}

func isKey(values []string) bool {
	if len(values) != 1 {
		return false
	}
	key, err := base64.StdEncoding.Strict().DecodeString(values[0])
	return err == nil && len(key) == 16
}

// forGws is the request as gws may see it: checked, and with nothing in it to negotiate.
func forGws(r *http.Request) *http.Request {
	return &http.Request{Method: http.MethodGet, Header: http.Header{
		"Connection":             {"Upgrade"},
		"Upgrade":                {"websocket"},
		"Sec-Websocket-Version":  {"13"},
		"Sec-Websocket-Key":      {r.Header.Get("Sec-Websocket-Key")},
		"Sec-Websocket-Protocol": {wire.Subprotocol},
	}}
}

// answer writes a refusal as a problem (RFC 9457).
func (refused *refusal) answer(w http.ResponseWriter, request id.Request) {
	header := w.Header()
	if refused.header[0] != "" {
		header.Set(refused.header[0], refused.header[1])
	}
	header.Set("Content-Type", "application/problem+json")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Connection", "close")
	w.WriteHeader(refused.status)
	_, _ = w.Write(wire.Append(nil, &wire.Problem{
		Type:      "about:blank",
		Title:     http.StatusText(refused.status),
		Status:    refused.status,
		Detail:    refused.detail,
		Code:      refused.code,
		RequestID: request.String(),
	}))
}
