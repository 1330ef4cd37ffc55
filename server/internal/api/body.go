package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/coscribe/coscribe/server/internal/schema"
	"github.com/coscribe/coscribe/server/wire"
)

// maxBody is the largest body of a request.
const maxBody = 1 << 20

// read reads a request's body strictly into the struct that body points to, and holds it against its schema, after tidy has
// put right what people leave on texts.
func read[Body any](w http.ResponseWriter, r *http.Request, body *Body, tidy ...func()) error {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return errMediaType
	}
	if r.Header.Get("Content-Encoding") != "" {
		return errMediaType
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return &unread{err}
	}
	if err := wire.Decode(data, body); err != nil {
		return fmt.Errorf("%w: %w", errMalformed, err)
	}
	for _, tidy := range tidy {
		tidy()
	}
	return schema.Check(body)
}

// readNothing reads the body of a request that has none, or an empty object.
func readNothing(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	return read(w, r, &struct{}{})
}

// errMalformed is about a body that is not what its schema describes in shape already.
var errMalformed = errors.New("malformed body")

// unread is a body that did not arrive whole.
type unread struct{ error }

func (u *unread) Unwrap() error { return u.error }

// query returns a request's query, which may hold the named parameters only, and each once.
func query(r *http.Request, names ...string) (map[string]string, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badQuery("is malformed")
	}
	read := make(map[string]string, len(names))
	for _, name := range names {
		if given := values[name]; len(given) > 1 {
			return nil, badQuery(name + " stands twice")
		} else if len(given) == 1 {
			if !isText(given[0]) {
				return nil, badQuery(name + " is not text")
			}
			read[name] = given[0]
			delete(values, name)
		}
	}
	if len(values) > 0 {
		return nil, badQuery("has a parameter that this path does not know")
	}
	return read, nil
}

// isText tells whether every database takes a text: UTF-8 without U+0000.
func isText(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// number reads a whole number from lowest to highest.
func number(name, text string, otherwise, lowest, highest int64) (int64, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < lowest || n > highest {
		return 0, badQuery(fmt.Sprintf("%s must be a whole number from %d to %d", name, lowest, highest))
	}
	return n, nil
}

func badQuery(message string) error {
	return fmt.Errorf("%w: %w", errMalformed, &wire.Fault{Code: wire.CodeInvalid, Message: "the query " + message})
}
