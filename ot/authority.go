package ot

import (
	"fmt"
	"iter"
	"slices"
)

// Authority is the server's half of the protocol: it gives the edits of a
// document their one order. It is pure: its caller stores what it accepts,
// tells it what became of that, and owns clock, network and goroutines. It
// is not for concurrent use.
//
// It keeps two documents. Committed is what stands in the log, and all that
// anybody may be shown. Ahead of it are revisions that were accepted and are
// on their way to the log; further submissions are accepted on top of them.
//
//	Accept ──► ahead ──Commit──► committed ──► window
//	             │
//	             └────Abort────► back to the caller, who submits them again
type Authority struct {
	// MaxLen is how long an edit may make the document, in UTF-16 units; 0 is
	// without limit. An edit that makes it no longer is always allowed.
	MaxLen int

	committed *Document
	at        Rev    // of committed
	past      window // up to at
	origins   origins

	head  *Document // committed with everything ahead
	ahead []Accepted
	marks map[Origin]mark // the last edit ahead of each origin
}

// NewAuthority returns the authority of a document that stands at a
// revision with the given content, which it takes over. It can transform
// edits whose base is up to window revisions old, once it has seen those.
func NewAuthority(at Rev, content *Document, window int) *Authority {
	return &Authority{
		committed: content,
		at:        at,
		past:      newWindow(at, window),
		origins:   newOrigins(),
		head:      content.Clone(),
		marks:     map[Origin]mark{},
	}
}

// Head returns the revision of the last accepted edit, committed or ahead.
func (a *Authority) Head() Rev { return a.at + Rev(len(a.ahead)) }

// Committed returns the last committed revision.
func (a *Authority) Committed() Rev { return a.at }

// Content returns the committed content, as a document of the caller's own.
func (a *Authority) Content() *Document { return a.committed.Clone() }

// Since gives the committed revisions after rev, in order. The error is
// ErrTooOld or ErrBadBase. It is to be used before the next change.
func (a *Authority) Since(rev Rev) (iter.Seq2[Rev, Delta], error) {
	if err := a.checkBase(rev); err != nil {
		return nil, err
	}
	return func(yield func(Rev, Delta) bool) {
		for rev := rev + 1; rev <= a.at; rev++ {
			if !yield(rev, *a.past.slot(rev)) {
				return
			}
		}
	}, nil
}

func (a *Authority) checkBase(base Rev) error {
	switch {
	case base < 0 || base > a.at:
		return ErrBadBase
	case base+1 < a.past.oldest:
		return ErrTooOld
	}
	return nil
}

// Commit says that everything up to a revision ahead stands in the log.
func (a *Authority) Commit(to Rev) {
	if to < a.at || to > a.Head() {
		panic(fmt.Sprintf("ot: commit to revision %d, committed %d, head %d", to, a.at, a.Head()))
	}
	n := int(to - a.at)
	all := n == len(a.ahead)
	for i := range a.ahead[:n] {
		acc := &a.ahead[i]
		a.past.push(acc.Change)
		a.origins.raise(acc.Origin, acc.mark())
		if a.marks[acc.Origin].rev == acc.Rev {
			delete(a.marks, acc.Origin)
		}
		if all {
			continue
		}
		if err := a.committed.Apply(acc.Change); err != nil {
			panic(fmt.Sprintf("ot: revision %d fitted when it was accepted: %v", acc.Rev, err))
		}
	}
	if all && n > 0 {
		a.committed = a.head.Clone() // the two share their memory again
	}
	a.at = to
	a.ahead = slices.Delete(a.ahead, 0, n)
}

// Abort forgets what is ahead, because it did not get into the log, and
// returns it in order. The caller submits it again, each as it came.
func (a *Authority) Abort() []Accepted {
	aborted := a.ahead
	a.ahead = nil
	clear(a.marks)
	a.head = a.committed.Clone()
	return aborted
}

// Advance adds a revision that stands in the log and was not accepted here,
// such as another node's. Nothing may be ahead, and rev follows the last. If
// its origin is known, the caller calls Remember too. An error means that
// the log does not fit the document; the Authority is as before.
func (a *Authority) Advance(rev Rev, change Delta) error {
	if rev != a.at+1 || len(a.ahead) > 0 {
		panic(fmt.Sprintf("ot: advance to revision %d, committed %d, head %d", rev, a.at, a.Head()))
	}
	if err := a.committed.Apply(change); err != nil {
		return fmt.Errorf("ot: advance to revision %d: %w", rev, err)
	}
	a.head = a.committed.Clone()
	a.past.push(change)
	a.at = rev
	return nil
}

// Ahead returns what is accepted and not committed, in order. It is to be
// used before the next change, and not written to.
func (a *Authority) Ahead() []Accepted { return a.ahead }
