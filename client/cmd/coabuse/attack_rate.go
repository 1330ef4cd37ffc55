package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/storage/id"
)

var rateAttacks = []attack{
	{rows: "13", name: "edits faster than allowed", run: fastEdits},
	{rows: "13", name: "carets faster than anybody looks", run: fastCursors},
	{rows: "14", name: "a hundred edits at once", run: pipelined},
	{rows: "16", name: "a seat that does not read", run: unread, kind: long},
}

// What the server takes by default.
const (
	editBurst    = 60
	editsASecond = 20
	cursorPause  = 200 * time.Millisecond
	slowTime     = 20 * time.Second
)

// fastEdits sends the next edit as soon as the last is answered, however.
func fastEdits(ctx context.Context, s *stage, t *tally) {
	seat, err := s.editorSits(ctx, s.shared)
	if !t.must(err, "sit") {
		return
	}
	defer seat.Close()
	began, taken := time.Now(), 0
	for time.Since(began) < patience && ctx.Err() == nil {
		got := seat.submit(id.New[id.Edit](), `{"ops":[{"insert":"y"}]}`)
		if strings.HasPrefix(got, "acknowledged ") {
			taken++
			got = "acknowledged"
		}
		if t.expect("an edit", got, "acknowledged", "rejected slow_down", "closed 4029"); got == "closed 4029" || got == "cut" || got == "silence" {
			break
		}
	}
	most := editBurst + int(editsASecond*time.Since(began).Seconds()) + 1
	t.hold(taken <= most, "paced", "%d edits were taken in %v, and %d may be", taken, time.Since(began), most)
	t.hold(t.count("rejected slow_down") > 0, "warned", "nothing was refused as too fast")
	t.hold(t.count("closed 4029") > 0, "closed", "who did not listen was not closed")
}

// count is how often something happened.
func (t *tally) count(happened string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.saw[happened]
}

// fastCursors moves a caret a hundred times at once, and looks at how often another seat hears of it.
func fastCursors(ctx context.Context, s *stage, t *tally) {
	mover, err := s.editorSits(ctx, s.target)
	if !t.must(err, "sit") {
		return
	}
	defer mover.Close()
	watcher, err := s.viewerSits(ctx, s.target)
	if !t.must(err, "sit") {
		return
	}
	defer watcher.Close()
	heard := make(chan int)
	began := time.Now()
	go func() {
		n := 0
		for deadline := began.Add(2 * time.Second); ; {
			op, payload, err := watcher.next(deadline)
			if err != nil {
				heard <- n
				return
			}
			if op == opText && bytes.HasPrefix(payload, []byte(`{"type":"presence"`)) {
				n++
			}
		}
	}()
	for i := range 100 {
		mover.put(text(fmt.Sprintf(`{"type":"cursor","cursor":{"rev":0,"index":0,"length":%d}}`, i%2)))
		sleep(ctx, 10*time.Millisecond)
	}
	n := <-heard
	most := int(time.Since(began)/cursorPause) + 3 // and that they came
	t.hold(n <= most, fmt.Sprintf("100 moves heard of %d times", n), "100 moves were told in %d messages, and %d may be", n, most)
}

// pipelined sends a hundred edits without waiting. One at a time may be on its way.
func pipelined(ctx context.Context, s *stage, t *tally) {
	seat, err := s.editorSits(ctx, s.shared)
	if !t.must(err, "sit") {
		return
	}
	defer seat.Close()
	var all []byte
	const edits = 100
	for i := range edits {
		all = append(all, text(fmt.Sprintf(`{"type":"submit","seq":%d,"id":"%s","base":%d,"delta":{"ops":[{"insert":"z"}]}}`, i+1, id.New[id.Edit](), seat.welcome.Rev))...)
	}
	seat.put(all)
	taken := 0
	for range edits {
		got := seat.reply()
		if strings.HasPrefix(got, "acknowledged ") {
			taken++
			got = "acknowledged"
		}
		if t.expect("an edit", got, "acknowledged", "rejected in_flight", "rejected slow_down", "rejected overloaded", "closed 4029"); strings.HasPrefix(got, "closed ") {
			break
		}
	}
	t.hold(taken < edits, "not all at once", "all of %d edits at once were taken", edits)
}

// unread sits and does not read, while the document grows and shrinks by more than anybody may be behind.
func unread(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	seat, err := s.editorSits(ctx, doc)
	if !t.must(err, "sit") {
		return
	}
	defer seat.Close()
	big := strings.Repeat("x", 30_000)
	for i := range 400 { // 12 MB, more than sockets hold
		op := `{"insert":"` + big + `"}`
		if i%2 == 1 {
			op = `{"delete":30000}`
		}
		r := s.writing(doc, op)
		r.body = strings.Replace(r.body, `"base":0`, fmt.Sprintf(`"base":%d`, i), 1)
		if a := s.ask(ctx, r); a.status != 200 && a.status != 201 {
			t.must(fmt.Errorf("%v", a), "write")
			return
		}
	}
	sleep(ctx, slowTime)
	t.expect("a seat that did not read", seat.fate(s.stretch(patience)), "closed 4009", "cut")
}
