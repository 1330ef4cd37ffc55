package api

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Items in one page of a list.
const (
	pageDefault = 50
	pageMost    = 200
)

// place is where an item stands in a list that is ordered by moments, then ids.
type place struct {
	at   storage.Micros
	item [16]byte
}

// placeBytes is the length of a place before it becomes text. Its cursor is text that only we read.
const placeBytes = 8 + 16

func (p place) cursor() string {
	place := binary.BigEndian.AppendUint64(make([]byte, 0, placeBytes), uint64(p.at))
	return base64.RawURLEncoding.EncodeToString(append(place, p.item[:]...))
}

// placeOf is the place that a cursor names; the zero place, before all items, for none.
func placeOf(cursor string) (p place, err error) {
	if cursor == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(text) != placeBytes {
		return p, errCursor
	}
	p.at = storage.Micros(binary.BigEndian.Uint64(text))
	copy(p.item[:], text[8:])
	if p.at <= 0 {
		return p, errCursor
	}
	return p, nil
}

var errCursor = badQuery("holds a cursor that is not from this list")

// slice is the part of a list that a request asks for: at most limit items, from behind a place on.
type slice struct {
	after  place
	limit  int
	filter map[string]string // what else the query says
}

// sliceAsked reads the query of a list. Beside cursor and limit it may hold the filters that are named.
func sliceAsked(r *http.Request, filters ...string) (s slice, err error) {
	if s.filter, err = query(r, append([]string{"cursor", "limit"}, filters...)...); err != nil {
		return s, err
	}
	limit, err := number("limit", s.filter["limit"], pageDefault, 1, pageMost)
	if err != nil {
		return s, err
	}
	s.limit = int(limit)
	s.after, err = placeOf(s.filter["cursor"])
	return s, err
}

// read is how many items to read: one more than asked for, which tells whether there is a next page.
func (s slice) read() int { return s.limit + 1 }

// documents is the slice as a page of documents.
func (s slice) documents() storage.Page {
	return storage.Page{Before: s.after.at, Doc: id.Doc(s.after.item), Limit: s.read()}
}

// listOf is the page of a list that items make which were read for s: each in the form of the answer, and a cursor if there
// are more.
func listOf[Read, Item any](s slice, items []Read, form func(Read) Item, cursor func(Read) string) wire.List[Item] {
	list := wire.List[Item]{Items: []Item{}}
	for _, item := range items[:min(len(items), s.limit)] {
		list.Items = append(list.Items, form(item))
	}
	if len(items) > s.limit {
		list.NextCursor = cursor(items[s.limit-1])
	}
	return list
}
