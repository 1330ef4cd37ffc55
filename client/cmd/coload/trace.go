package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// trace is a recorded editing session, with positions and lengths in UTF-16 units.
type trace struct {
	start, end string
	edits      []patch
}

// patch deletes and inserts at a place.
type patch struct {
	at, deleted int
	inserted    string
}

// recording is the file. Positions and lengths count code points.
type recording struct {
	StartContent string `json:"startContent"`
	EndContent   string `json:"endContent"`
	Txns         []struct {
		Parents []int             `json:"parents"`
		Patches []json.RawMessage `json:"patches"`
	} `json:"txns"`
}

// longestTrace bounds the file once it is unpacked, in bytes.
const longestTrace = 1 << 30

func readTrace(name string) (*trace, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	var r recording
	if err := json.NewDecoder(io.LimitReader(in, longestTrace)).Decode(&r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t, err := r.trace()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

func (r *recording) trace() (*trace, error) {
	t := &trace{start: r.StartContent, end: r.EndContent}
	var text astrals
	text.insert(0, r.StartContent)
	for i, txn := range r.Txns {
		if txn.Parents != nil {
			return nil, errors.New("this trace is of several writers at once: only sequential ones can be replayed")
		}
		for _, raw := range txn.Patches {
			p, err := readPatch(raw)
			if err != nil {
				return nil, fmt.Errorf("transaction %d: %w", i, err)
			}
			if strings.ContainsAny(p.inserted, "\r\x00") {
				return nil, fmt.Errorf("transaction %d inserts a CR or NUL, which a document cannot hold", i)
			}
			t.edits = append(t.edits, text.apply(p))
		}
	}
	return t, nil
}

// readPatch reads [position, deleted, "inserted"].
func readPatch(raw json.RawMessage) (p patch, err error) {
	parts := []any{&p.at, &p.deleted, &p.inserted}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return patch{}, err
	}
	if len(parts) != 3 || p.at < 0 || p.deleted < 0 {
		return patch{}, errors.New("a patch is not [position, deleted, inserted]")
	}
	return p, nil
}

// astrals holds where in a text, in code points, those characters stand that take two UTF-16 units. Nothing else is needed
// to tell units from code points, and most texts have few.
type astrals []int

// apply makes an edit, and returns it in units.
func (a *astrals) apply(p patch) patch {
	first, _ := slices.BinarySearch(*a, p.at)
	last, _ := slices.BinarySearch(*a, p.at+p.deleted)
	inUnits := patch{at: p.at + first, deleted: p.deleted + last - first, inserted: p.inserted}
	*a = slices.Delete(*a, first, last)
	for i := first; i < len(*a); i++ {
		(*a)[i] -= p.deleted
	}
	a.insert(p.at, p.inserted)
	return inUnits
}

func (a *astrals) insert(at int, text string) {
	first, _ := slices.BinarySearch(*a, at)
	length := utf8.RuneCountInString(text)
	for i := first; i < len(*a); i++ {
		(*a)[i] += length
	}
	place := at
	for _, r := range text {
		if r > 0xFFFF {
			*a = slices.Insert(*a, first, place)
			first++
		}
		place++
	}
}
