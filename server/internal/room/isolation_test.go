package room_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// outcome is what became of a write, and when.
type outcome struct {
	written wire.Written
	err     error
	after   time.Duration
}

// writeLater writes a text without waiting for the answer.
func writeLater(w *world, doc id.Doc) <-chan outcome {
	hears := make(chan outcome, 1)
	began, ops := time.Now(), write(w, w.owner, doc, 0, "rebase", "x")
	go func() {
		written, err := w.hub.Write(w.ctx, ops)
		hears <- outcome{written, err, time.Since(began)}
	}()
	return hears
}

// Where one document cannot be written, ever, those whose edits share its Append are committed all the same, and at once; and
// its own author is told, unless its edit may stand.
func TestOneDocumentsFaultIsItsOwn(t *testing.T) {
	broken := errors.New("a row that does not fit")
	for _, c := range []struct {
		name  string
		fault func(nth int) error
		want  wire.Code // "" for no answer
	}{
		{"OutOfReach", func(int) error { return storage.ErrUnavailable }, wire.CodeUnavailable},
		{"Broken", func(int) error { return broken }, wire.CodeInternal},
		{"Unknown", func(int) error { return storage.ErrUnknown }, ""},
		{"UnknownThenBroken", func(nth int) error {
			if nth == 0 {
				return storage.ErrUnknown
			}
			return broken
		}, wire.CodeInternal},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, func(l *room.Limits) { l.CommitPatience = 500 * time.Millisecond })
				docs := []id.Doc{w.doc, w.document(), w.document(), w.document()}
				sick, well := docs[1], append(docs[2:], docs[0])
				release := w.hold()
				first := writeLater(w, w.doc) // so that all that comes now shares the next Append
				synctest.Wait()
				sickly := writeLater(w, sick)
				var healthy []<-chan outcome
				for _, doc := range well[:2] {
					healthy = append(healthy, writeLater(w, doc))
				}
				synctest.Wait()
				release()
				fault := 0
				w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
					for _, b := range batches {
						if b.Doc == sick {
							fault++
							return nil, c.fault(fault - 1)
						}
					}
					return next(ctx, batches)
				})
				check := func(hears <-chan outcome) {
					t.Helper()
					if got := <-hears; got.err != nil || got.after > time.Second {
						t.Errorf("a neighbour: %v after %v", got.err, got.after)
					}
				}
				check(first)
				for _, hears := range healthy {
					check(hears)
				}
				for began := time.Now(); time.Since(began) < 2*w.limits.CommitPatience; time.Sleep(100 * time.Millisecond) {
					for _, doc := range well {
						check(writeLater(w, doc))
					}
				}
				select {
				case got := <-sickly:
					if refusedCode(got.err) != c.want {
						t.Errorf("its author: %v, want %q", got.err, c.want)
					}
				default:
					if c.want != "" {
						t.Errorf("its author has heard nothing, want %q", c.want)
					}
				}
				w.store.hookAppend(nil)
				if c.want == "" {
					if got := <-sickly; got.err != nil || got.written.Head != 1 {
						t.Errorf("its author, at last: %v, head %d", got.err, got.written.Head)
					}
				}
			})
		})
	}
}

// While the database is out of reach it is not asked for each document, and when it is back all are committed soon.
func TestOutageOfManyDocuments(t *testing.T) {
	const many = 20
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.RetryLast = time.Second })
		appends := 0
		w.store.hookAppend(func(context.Context, []storage.Batch, appendTo) ([]error, error) {
			appends++
			return nil, storage.ErrUnknown
		})
		var hears []<-chan outcome
		for range many {
			hears = append(hears, writeLater(w, w.document()))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if appends > 60*3 {
			t.Errorf("%d Appends in a minute", appends)
		}
		back := time.Now()
		w.store.hookAppend(nil)
		for _, h := range hears {
			if got := <-h; got.err != nil || got.written.Head != ot.Rev(1) {
				t.Errorf("%v, head %d", got.err, got.written.Head)
			}
		}
		if took := time.Since(back); took > 2*time.Second {
			t.Errorf("all were committed %v after it was back", took)
		}
	})
}
