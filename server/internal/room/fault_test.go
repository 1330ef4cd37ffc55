package room_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// faulty is a real store that fails when a test says so, and keeps the journal of what an Append has confirmed.
type faulty struct {
	storage.Store

	mu        sync.Mutex
	onAppend  appendFunc                 // instead of the store's; guarded by mu
	onLoad    func(id.Doc) error         // before the store's; guarded by mu
	onRead    func() error               // before After, Access, Edits, Versions; guarded by mu
	confirmed map[id.Doc]map[ot.Rev]bool // guarded by mu
	locked    bool                       // say that documents are; guarded by mu
	listless  bool                       // have no access list to give; guarded by mu
	forgets   bool                       // say that no origin has a seq; guarded by mu
	accesses  int                        // guarded by mu
	loads     int                        // guarded by mu
	appends   int                        // guarded by mu
	batches   int                        // guarded by mu
	inFlight  map[id.Doc]int             // guarded by mu
	overlap   bool                       // two Appends of one document at once; guarded by mu
}

type appendFunc func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error)
type appendTo func(ctx context.Context, batches []storage.Batch) ([]error, error)

func (f *faulty) hookAppend(hook appendFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.onAppend = hook
}

func (f *faulty) hookLoad(hook func(id.Doc) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.onLoad = hook
}

func (f *faulty) hookRead(hook func() error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.onRead = hook
}

func (f *faulty) Append(ctx context.Context, batches []storage.Batch) ([]error, error) {
	f.mu.Lock()
	hook := f.onAppend
	f.appends++
	f.batches += len(batches)
	for _, b := range batches {
		f.inFlight[b.Doc]++
		f.overlap = f.overlap || f.inFlight[b.Doc] > 1
	}
	f.mu.Unlock()
	var outcomes []error
	var err error
	if hook != nil {
		outcomes, err = hook(ctx, batches, f.appendNow)
	} else {
		outcomes, err = f.appendNow(ctx, batches)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, b := range batches {
		f.inFlight[b.Doc]--
		if err != nil || outcomes[i] != nil {
			continue
		}
		for _, r := range b.Revisions {
			f.note(b.Doc, r.Rev)
		}
	}
	return outcomes, err
}

// appendNow is the real Append with the test's clock in place of the database's, which a test cannot move.
func (f *faulty) appendNow(ctx context.Context, batches []storage.Batch) ([]error, error) {
	now := storage.At(time.Now())
	ended := make([]error, len(batches))
	batches = slices.Clone(batches)
	for i := range batches {
		batches[i].Fences = slices.Clone(batches[i].Fences)
		for j := range batches[i].Fences {
			fence := &batches[i].Fences[j]
			if until := fence.ValidUntil; until != 0 && until <= now {
				ended[i] = &storage.FenceError{Ended: []storage.Fence{*fence}}
				batches[i].AccessVersion = -1 // so that it is not written
			}
			fence.ValidUntil = 0
		}
	}
	outcomes, err := f.Store.Append(ctx, batches)
	for i := range outcomes {
		if outcomes[i] != nil && ended[i] != nil {
			outcomes[i] = ended[i]
		}
	}
	return outcomes, err
}

// note puts a revision into the journal. mu is held.
func (f *faulty) note(doc id.Doc, rev ot.Rev) {
	if f.confirmed[doc] == nil {
		f.confirmed[doc] = map[ot.Rev]bool{}
	}
	f.confirmed[doc][rev] = true
}

func (f *faulty) confirm(doc id.Doc, rev ot.Rev) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note(doc, rev)
}

// isConfirmed tells whether an Append has returned with the revision.
func (f *faulty) isConfirmed(doc id.Doc, rev ot.Rev) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.confirmed[doc][rev]
}

func (f *faulty) Load(ctx context.Context, doc id.Doc, users ...id.User) (storage.Loaded, error) {
	f.mu.Lock()
	f.loads++
	hook := f.onLoad
	f.mu.Unlock()
	if hook != nil {
		if err := hook(doc); err != nil {
			return storage.Loaded{}, err
		}
	}
	loaded, err := f.Store.Load(ctx, doc, users...)
	f.mu.Lock()
	defer f.mu.Unlock()
	loaded.Access.Document.Locked = f.locked
	return loaded, err
}

func (f *faulty) read() error {
	f.mu.Lock()
	hook := f.onRead
	f.mu.Unlock()
	if hook != nil {
		return hook()
	}
	return nil
}

func (f *faulty) After(ctx context.Context, doc id.Doc, after ot.Rev, limit int) ([]storage.Revision, error) {
	if err := f.read(); err != nil {
		return nil, err
	}
	return f.Store.After(ctx, doc, after, limit)
}

func (f *faulty) Access(ctx context.Context, doc id.Doc, users ...id.User) (storage.Access, error) {
	if err := f.read(); err != nil {
		return storage.Access{}, err
	}
	access, err := f.Store.Access(ctx, doc, users...)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listless {
		return storage.Access{}, storage.ErrUnavailable
	}
	f.accesses++
	access.Document.Locked = f.locked
	return access, err
}

func (f *faulty) Versions(ctx context.Context, docs []id.Doc) (map[id.Doc]storage.Version, error) {
	if err := f.read(); err != nil {
		return nil, err
	}
	return f.Store.Versions(ctx, docs)
}

// LastSeq forgets, if told to: then a room does not know what stands in the log.
func (f *faulty) LastSeq(ctx context.Context, doc id.Doc, author id.User, client id.Client) (int64, error) {
	f.mu.Lock()
	forgets := f.forgets
	f.mu.Unlock()
	if forgets {
		return 0, nil
	}
	return f.Store.LastSeq(ctx, doc, author, client)
}

func (f *faulty) Edits(ctx context.Context, doc id.Doc, author id.User, client id.Client, first, last int64) ([]storage.Revision, error) {
	if err := f.read(); err != nil {
		return nil, err
	}
	return f.Store.Edits(ctx, doc, author, client, first, last)
}

// loseLists has every reading of an access list fail, or not any more.
func (f *faulty) loseLists(lost bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listless = lost
}

// hold keeps every Append from starting until the returned function is called.
func (w *world) hold() (release func()) {
	gate := make(chan struct{})
	w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
		select {
		case <-gate:
			return next(ctx, batches)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	return func() {
		w.store.hookAppend(nil)
		close(gate)
	}
}

// holdAnswer lets the Appends land, and keeps their answers until the returned function is called.
func (w *world) holdAnswer() (release func()) {
	gate := make(chan struct{})
	w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
		outcomes, err := next(ctx, batches)
		<-gate
		return outcomes, err
	})
	return func() {
		w.store.hookAppend(nil)
		close(gate)
	}
}
