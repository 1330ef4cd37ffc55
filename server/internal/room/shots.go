package room

import (
	"sync"
	"time"

	"github.com/coscribe/coscribe/ot"
)

// shot is the committed content at a revision, encoded when somebody first wants it, off the room's goroutine.
type shot struct {
	rev     ot.Rev
	content *ot.Document
	once    sync.Once
	text    []byte
}

func (s *shot) encoded() []byte {
	s.once.Do(func() { s.text, s.content = s.content.AppendJSON(nil), nil })
	return s.text
}

// shots keeps the last one for the next join: with many joins at once, or somebody typing meanwhile, one encoding serves
// all; what was written since follows as revisions. It belongs to the room's goroutine.
type shots struct{ last *shot }

// shot returns the content at the head or, where the revisions since may be read as well, at a recent revision.
func (r *room) shot(recent bool) *shot {
	head, age := r.authority.Committed(), ot.Rev(0)
	if recent {
		age = ot.Rev(r.hub.limits.ShotAge)
	}
	if last := r.shots.last; last == nil || head-last.rev > age {
		r.shots.last = &shot{rev: head, content: r.authority.Content()}
	}
	r.alarms.shot = time.Now().Add(r.hub.limits.ShotKeep)
	return r.shots.last
}

func (s *shots) drop() { s.last = nil }
