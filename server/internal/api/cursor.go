package api

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/coscribe/coscribe/storage"
)

// A cursor is the place of a list's last item, as text that only we read.
const cursorBytes = 8 + 16

func cursorAfter(doc storage.Document) string {
	place := binary.BigEndian.AppendUint64(make([]byte, 0, cursorBytes), uint64(doc.UpdatedAt))
	return base64.RawURLEncoding.EncodeToString(append(place, doc.ID[:]...))
}

// readCursor returns the page after a cursor's place, and the first page for none.
func readCursor(text string) (storage.Page, error) {
	if text == "" {
		return storage.Page{}, nil
	}
	place, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(place) != cursorBytes {
		return storage.Page{}, badQuery("holds a cursor that is not from this list")
	}
	page := storage.Page{Before: storage.Micros(binary.BigEndian.Uint64(place))}
	copy(page.Doc[:], place[8:])
	if page.Before <= 0 {
		return storage.Page{}, badQuery("holds a cursor that is not from this list")
	}
	return page, nil
}
