package api

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/coscribe/coscribe/storage"
)

// A cursor is the place of a list's last item, as text that only we read.
const cursorBytes = 8 + 16

func cursorAfter(doc storage.Document) string { return cursorAt(doc.UpdatedAt, doc.ID) }

// readCursor returns the page after a cursor's place, and the first page for none.
func readCursor(text string) (storage.Page, error) {
	before, doc, err := readPlace(text)
	return storage.Page{Before: before, Doc: doc}, err
}

// cursorAt is the place of an item of that moment and id.
func cursorAt(at storage.Micros, item [16]byte) string {
	place := binary.BigEndian.AppendUint64(make([]byte, 0, cursorBytes), uint64(at))
	return base64.RawURLEncoding.EncodeToString(append(place, item[:]...))
}

// readPlace returns what cursorAt was made of, and zeros for no cursor.
func readPlace(text string) (at storage.Micros, item [16]byte, err error) {
	if text == "" {
		return 0, item, nil
	}
	place, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(place) != cursorBytes {
		return 0, item, badQuery("holds a cursor that is not from this list")
	}
	at = storage.Micros(binary.BigEndian.Uint64(place))
	copy(item[:], place[8:])
	if at <= 0 {
		return 0, item, badQuery("holds a cursor that is not from this list")
	}
	return at, item, nil
}
