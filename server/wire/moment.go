package wire

import (
	"errors"
	"time"

	"github.com/go-json-experiment/json"
)

// ErrMoment is returned for a text that is no moment we keep.
var ErrMoment = errors.New("not a time: use RFC 3339 between 1970 and 9999, as in 2026-01-31T23:59:59.000000Z")

// AppendMoment appends t as it stands in every message and body, without quotes: RFC 3339 in UTC with exactly six digits after
// the second, so that texts compare as moments do. (By a layout of its own it would take a third of what a revision takes.)
func AppendMoment(dst []byte, t time.Time) []byte {
	dst = t.UTC().AppendFormat(dst, time.RFC3339)
	micros := t.Nanosecond() / 1000
	dst[len(dst)-1] = '.' // it was Z
	for unit := 100_000; unit > 0; unit /= 10 {
		dst = append(dst, '0'+byte(micros/unit%10))
	}
	return append(dst, 'Z')
}

// ParseMoment reads an RFC 3339 time of any offset, and returns it in UTC without what is finer than a microsecond.
func ParseMoment(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text) // takes a fraction as well
	t = t.UTC().Truncate(time.Microsecond)
	if err != nil || t.Unix() < 0 || t.Year() > 9999 {
		return time.Time{}, ErrMoment
	}
	return t, nil
}

// Moments inside of messages and bodies.
var (
	momentEncoding = json.WithMarshalers(json.MarshalFunc(func(t time.Time) ([]byte, error) {
		return append(AppendMoment([]byte{'"'}, t), '"'), nil
	}))
	momentDecoding = json.WithUnmarshalers(json.UnmarshalFunc(func(data []byte, t *time.Time) error {
		if len(data) < 2 || data[0] != '"' {
			return ErrMoment
		}
		var err error
		*t, err = ParseMoment(string(data[1 : len(data)-1])) // an escape inside makes it no time, which is right
		return err
	}))
)
