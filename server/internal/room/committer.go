package room

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coscribe/coscribe/storage"
)

// committer writes what rooms hand over, all that waits in one Append: the more there is to do, the more of it shares one
// commit, and a lone edit waits for nobody. One goroutine does it, while there is work. Only when its Append takes longer than
// Limits.CommitSlow does another begin beside it, up to Limits.Committers of them: two small Appends cost twice what one does
// that is not much larger, and nobody waits for long behind a document that somebody holds.
type committer struct {
	hub *Hub

	mu      sync.Mutex
	queue   []*job // at most one of each room; guarded by mu
	working int    // goroutines; guarded by mu
	prompt  int    // of them, those that will soon take what waits; guarded by mu
}

// job is one room's batch.
type job struct {
	batch storage.Batch // guarded by committer.mu until it is taken, and then not changed any more
	bytes int           // as batch
	taken atomic.Bool   // its Append begins
	done  func(error)   // called once, with what became of it
}

// errStopped is what becomes of a batch when the hub ends before the database has decided.
var errStopped = errors.New("the server stopped before the database answered")

// errPanicked is what becomes of a batch over which the store panicked. Only the database knows whether it stands in the log.
var errPanicked = errors.New("the store panicked")

// commit queues a job.
func (c *committer) commit(j *job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, j)
	c.see()
}

// add puts what follows a job's batch into it, and tells whether it could: not if its Append begins, or would be too large.
func (c *committer) add(j *job, more storage.Batch, bytes int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	limits, batch := &c.hub.limits, &j.batch
	if j.taken.Load() || batch.Epoch != more.Epoch ||
		len(batch.Revisions)+len(more.Revisions) > limits.CommitRows || j.bytes+bytes > limits.CommitBytes {
		return false
	}
	batch.Revisions = append(batch.Revisions, more.Revisions...)
	for _, fence := range more.Fences {
		batch.Fences = withFence(batch.Fences, fence)
	}
	j.bytes += bytes
	return true
}

// withFence adds a fence once.
func withFence(fences []storage.Fence, fence storage.Fence) []storage.Fence {
	if slices.Contains(fences, fence) {
		return fences
	}
	return append(fences, fence)
}

// see begins a goroutine if nobody will soon take what waits. mu is held.
func (c *committer) see() {
	if c.prompt == 0 && len(c.queue) > 0 && c.working < max(c.hub.limits.Committers, 1) {
		c.working++
		c.prompt++
		c.hub.spawn(c.work)
	}
}

func (c *committer) work() {
	for {
		jobs := c.take()
		if jobs == nil {
			return
		}
		began := time.Now()
		slow := time.AfterFunc(c.hub.limits.CommitSlow, c.slow)
		outcomes := c.decide(jobs)
		if !slow.Stop() {
			c.again()
		}
		c.hub.committed(jobs, outcomes, began)
		for i, j := range jobs {
			j.done(outcomes[i])
		}
		// The rooms that have just heard hand over what they accepted meanwhile: all that goes into the next Append, instead of
		// the first of it alone.
		runtime.Gosched()
	}
}

// slow lets others go on while an Append takes long.
func (c *committer) slow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prompt--
	c.see()
}

// again is the end of an Append that took long.
func (c *committer) again() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prompt++
}

// take removes as many jobs from the queue as go into one Append, or ends a goroutine if there is none.
func (c *committer) take() []*job {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		c.working--
		c.prompt--
		return nil
	}
	n, rows, bytes := 0, 0, 0
	for n < len(c.queue) && (n == 0 || rows < c.hub.limits.CommitRows && bytes < c.hub.limits.CommitBytes) {
		c.queue[n].taken.Store(true)
		rows += len(c.queue[n].batch.Revisions)
		bytes += c.queue[n].bytes
		n++
	}
	jobs := slices.Clone(c.queue[:n])
	c.queue = slices.Delete(c.queue, 0, n)
	return jobs
}

// decide appends the jobs until a completed Append has said what became of each. After an unknown outcome absence from the
// log would prove nothing, since the statement may still land: only the same Append again can tell, however long that takes.
func (c *committer) decide(jobs []*job) []error {
	batches := make([]storage.Batch, len(jobs))
	for i, j := range jobs {
		batches[i] = j.batch
	}
	limits := &c.hub.limits
	began, wait, unknown := time.Now(), limits.RetryFirst, false
	for {
		outcomes, err := c.append(batches)
		switch {
		case err == nil && len(outcomes) == len(jobs):
			return outcomes
		case err == nil:
			return all(len(jobs), fmt.Errorf("append: %d outcomes for %d batches", len(outcomes), len(jobs)))
		case c.hub.ctx.Err() != nil:
			return all(len(jobs), errStopped)
		case errors.Is(err, storage.ErrUnknown), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
			unknown = true
		case unknown:
		case !errors.Is(err, storage.ErrUnavailable) && len(jobs) > 1:
			return c.decideEach(jobs)
		case !errors.Is(err, storage.ErrUnavailable), time.Since(began) > limits.CommitPatience:
			return all(len(jobs), err)
		}
		c.hub.log.Warn("append again", "batches", len(jobs), "unknown", unknown, "err", err)
		c.hub.pause(wait)
		wait = min(2*wait, limits.RetryLast)
	}
}

// decideEach keeps a fault of one batch from the others.
func (c *committer) decideEach(jobs []*job) []error {
	outcomes := make([]error, len(jobs))
	for i := range jobs {
		outcomes[i] = c.decide(jobs[i : i+1])[0]
	}
	return outcomes
}

func (c *committer) append(batches []storage.Batch) (outcomes []error, err error) {
	ctx, cancel := c.hub.call()
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			c.hub.panicked("append", v)
			err = fmt.Errorf("%w: %v", errPanicked, v)
		}
	}()
	return c.hub.store.Append(ctx, batches)
}

func all(n int, err error) []error { return slices.Repeat([]error{err}, n) }

// pause waits, or until the hub ends.
func (h *Hub) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.ctx.Done():
	}
}
