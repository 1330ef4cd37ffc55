package ottest

import (
	"errors"

	"github.com/coscribe/coscribe/ot"
)

// store is the log that all nodes share. It keeps the promises of a
// database: a batch is written whole and once, on the head it names.
type store struct {
	log       []ot.Accepted // revision r is at r-1
	unguarded bool          // takes a key twice
}

var (
	errHeadMoved = errors.New("head moved")
	errDuplicate = errors.New("duplicate")
)

func (s *store) head() ot.Rev { return ot.Rev(len(s.log)) }

// append writes a batch unless it stands there already.
func (s *store) append(batch []ot.Accepted) error {
	first := batch[0].Rev
	if s.stands(batch) {
		return nil
	}
	if s.head() != first-1 {
		return errHeadMoved
	}
	for _, acc := range batch {
		if _, ok := s.find(acc.Origin, acc.Seq); ok && !s.unguarded {
			return errDuplicate
		}
	}
	s.log = append(s.log, batch...)
	return nil
}

func (s *store) stands(batch []ot.Accepted) bool {
	for _, acc := range batch {
		if acc.Rev > s.head() || s.log[acc.Rev-1].ID != acc.ID {
			return false
		}
	}
	return true
}

func (s *store) find(o ot.Origin, seq int64) (ot.Accepted, bool) {
	for _, acc := range s.log {
		if acc.Origin == o && acc.Seq == seq {
			return acc, true
		}
	}
	return ot.Accepted{}, false
}

// last returns the origin's edit with the highest seq.
func (s *store) last(o ot.Origin) (last ot.Accepted) {
	for _, acc := range s.log {
		if acc.Origin == o && acc.Seq > last.Seq {
			last = acc
		}
	}
	return last
}

// replay returns the content at a revision, made from the log alone.
func (s *store) replay(content ot.Delta, to ot.Rev) *ot.Document {
	doc := open(content)
	for _, acc := range s.log[:to] {
		if err := doc.Apply(acc.Change); err != nil {
			fail("replay of revision %d: %v", acc.Rev, err)
		}
	}
	return doc
}

func open(content ot.Delta) *ot.Document {
	doc, err := ot.NewDocument(content)
	if err != nil {
		fail("open %v: %v", content, err)
	}
	return doc
}
