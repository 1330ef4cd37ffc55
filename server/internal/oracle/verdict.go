package oracle

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/coscribe/coscribe/ot"
)

// Verdict counts edits. An edit that was sent and is neither acknowledged nor refused may stand in the log or not.
type Verdict struct {
	Sent, Acknowledged, Refused int
	Revisions, Received         int
	Lost                        int // acknowledged, and not in the log where that was said
	Doubled                     int // in the log more than once
	Ghosts                      int // received, and not in the log so; or refused, and in the log
}

// String is the verdict in a line.
func (v Verdict) String() string {
	return fmt.Sprintf("%d edits sent, %d acknowledged, %d refused; %d revisions, %d received; %d lost, %d doubled, %d ghosts",
		v.Sent, v.Acknowledged, v.Refused, v.Revisions, v.Received, v.Lost, v.Doubled, v.Ghosts)
}

// Verdict weighs the evidence. The error names everything that must not be, up to a few of each kind.
func (e *Evidence) Verdict() (Verdict, error) {
	j := judgement{Evidence: e, places: map[Mark][]ot.Rev{}}
	j.Revisions = len(e.Log)
	j.log()
	for i := range e.Histories {
		j.history(&e.Histories[i])
	}
	j.contents()
	return j.Verdict, errors.Join(j.faults...)
}

// judgement is a verdict that is being found.
type judgement struct {
	*Evidence
	Verdict
	places map[Mark][]ot.Rev // where each mark stands
	faults []error
}

// mostFaults are named; after them everything is only counted.
const mostFaults = 20

func (j *judgement) fault(format string, args ...any) {
	if len(j.faults) < mostFaults {
		j.faults = append(j.faults, fmt.Errorf(format, args...))
	}
}

var markPattern = regexp.MustCompile(fmt.Sprintf("%c[0-9a-f]+%c", markBegins, markEnds))

// log holds the log against itself, and finds the marks in it.
func (j *judgement) log() {
	seen := map[string]ot.Rev{}
	once := func(rev ot.Rev, key string) {
		if first, again := seen[key]; again {
			j.Doubled++
			j.fault("%s is revision %d and revision %d", key, first, rev)
		}
		seen[key] = rev
	}
	for i := range j.Log {
		r := &j.Log[i]
		if want := ot.Rev(i + 1); r.Rev != want {
			j.fault("revision %d stands where %d belongs", r.Rev, want)
		}
		once(r.Rev, fmt.Sprintf("seq %d of author %v, client %v", r.Seq, r.Author, r.Client))
		once(r.Rev, fmt.Sprintf("edit %v", r.Edit))
		for _, mark := range markPattern.FindAllString(string(r.Delta), -1) {
			j.places[Mark(mark)] = append(j.places[Mark(mark)], r.Rev)
		}
	}
	for mark, places := range j.places {
		if len(places) > 1 {
			j.Doubled++
			j.fault("mark %s stands in revisions %v", mark, places)
		}
	}
}

// history holds what a writer was told against the log.
func (j *judgement) history(h *History) {
	j.Sent += len(h.Sent)
	j.Acknowledged += len(h.Acknowledged)
	j.Refused += len(h.Refused)
	j.Received += len(h.Received)
	for mark, rev := range h.Acknowledged {
		if places := j.places[mark]; len(places) == 0 || places[0] != rev {
			j.Lost++
			j.fault("%s: %s was acknowledged as revision %d, and stands in revisions %v", h.Name, mark, rev, places)
		}
	}
	for _, mark := range h.Refused {
		if places := j.places[mark]; len(places) > 0 {
			j.Ghosts++
			j.fault("%s: %s was refused, and stands in revisions %v", h.Name, mark, places)
		}
	}
	for i, r := range h.Received {
		if i > 0 && r.Rev != h.Received[i-1].Rev+1 {
			j.fault("%s: received revision %d after %d", h.Name, r.Rev, h.Received[i-1].Rev)
		}
		if r.Rev < 1 || r.Rev > ot.Rev(len(j.Log)) || j.Log[r.Rev-1].Edit != r.Edit {
			j.Ghosts++
			j.fault("%s: received edit %v as revision %d, which the log does not have so", h.Name, r.Edit, r.Rev)
		}
	}
}

// contents holds everybody's content against the log's.
func (j *judgement) contents() {
	want, err := j.replay()
	if err != nil {
		j.faults = append(j.faults, err)
		return
	}
	for whose, content := range j.Contents {
		if !content.Equal(want) {
			j.fault("%s is another document than the log makes:\n%s\nthe log:\n%s", whose, content.AppendJSON(nil), want.AppendJSON(nil))
		}
	}
}
