package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/coscribe/coscribe/server/wire"
)

// answer writes a body of package wire.
func answer(w http.ResponseWriter, status int, body any) error {
	return answerJSON(w, status, wire.Append(nil, body))
}

// answerJSON writes a body that is encoded already.
func answerJSON(w http.ResponseWriter, status int, data []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data) // an error is the reader's, who is gone
	return nil
}

// nothing answers that it is done and that there is nothing to say.
func nothing(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// secureData sets the headers of every answer that is no page: nothing in it is to be run, guessed at or kept.
func secureData(header http.Header) {
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	header.Set("Cache-Control", "no-store")
	secureAll(header)
}

// secureAll sets what belongs on pages as well.
func secureAll(header http.Header) {
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// keep names what is being answered, for the one who asks to keep and to ask about again.
func keep(w http.ResponseWriter, tag string) {
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Vary", "Authorization, Cookie")
}

// unchanged answers 304 if the client has just what tag names.
func unchanged(w http.ResponseWriter, r *http.Request, tag string) bool {
	if !matches(r.Header.Get("If-None-Match"), tag) {
		return false
	}
	keep(w, tag)
	w.WriteHeader(http.StatusNotModified)
	return true
}

// matches tells whether a list of entity tags names tag, however weakly.
func matches(list, tag string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimPrefix(strings.TrimSpace(item), "W/"); item == tag || item == "*" {
			return true
		}
	}
	return false
}
