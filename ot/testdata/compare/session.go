package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"

	"github.com/coscribe/coscribe/ot"
)

// session is a recorded editing session, one Delta for each edit.
type session struct {
	start, end ot.Delta
	edits      []ot.Delta
}

func readSession(path string) (s session, err error) {
	file, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return s, err
	}
	var recorded struct {
		StartContent, EndContent string
		Txns                     []struct{ Patches [][3]any }
	}
	if err := json.NewDecoder(plain).Decode(&recorded); err != nil {
		return s, err
	}
	s.start = ot.New().Insert(recorded.StartContent+"\n", nil).MustDelta()
	s.end = ot.New().Insert(recorded.EndContent+"\n", nil).MustDelta()
	for _, txn := range recorded.Txns {
		for _, p := range txn.Patches {
			at, deleted, inserted := p[0].(float64), p[1].(float64), p[2].(string)
			d, err := ot.New().Retain(int(at), nil).Insert(inserted, nil).Delete(int(deleted)).Delta()
			if err != nil {
				return s, err
			}
			s.edits = append(s.edits, d)
		}
	}
	return s, nil
}

func (s session) replay() (float64, error) {
	whole, err := measure(func(int) error {
		doc, err := ot.NewDocument(s.start)
		if err != nil {
			return err
		}
		for _, d := range s.edits {
			if err := doc.Apply(d); err != nil {
				return err
			}
		}
		if !doc.Delta().Equal(s.end) {
			return errors.New("the session ends otherwise than recorded")
		}
		return nil
	})
	return whole / float64(len(s.edits)), err
}
