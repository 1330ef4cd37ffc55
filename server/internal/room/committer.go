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
//
// When an Append fails, what was in it comes back to the queue after a pause, each job by itself, so that one document's fault
// is not its neighbours'. Only when such a lone one has failed too it is likely the database's, and all are tried together again:
// then by turns, since nobody can tell.
type committer struct {
	hub *Hub

	mu      sync.Mutex
	queue   []*job // at most one of each room; guarded by mu
	working int    // goroutines; guarded by mu
	prompt  int    // of them, those that will soon take what waits; guarded by mu
	failed  int    // Appends that failed since one did not; guarded by mu
}

// job is one room's batch.
type job struct {
	batch storage.Batch // guarded by committer.mu until it is taken, and then not changed any more
	bytes int           // as batch
	taken atomic.Bool   // its Append begins
	done  func(error)   // called once, with what became of it

	// After an Append that failed.
	since   time.Time     // when the first began
	wait    time.Duration // before the next; 0 if none has failed
	unknown bool          // one of them may still land
}

// errStopped is what becomes of a batch when the hub ends before the database has decided.
var errStopped = errors.New("the server stopped before the database answered")

// errPanicked is what becomes of a batch over which the store panicked. Only the database knows whether it stands in the log.
var errPanicked = errors.New("the store panicked")

// commit queues jobs.
func (c *committer) commit(jobs ...*job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, jobs...)
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
		outcomes, err := c.append(jobs)
		if !slow.Stop() {
			c.again()
		}
		if err != nil {
			c.fail(jobs, err, began)
		} else {
			c.succeed(jobs, outcomes, began)
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

// take removes as many jobs from the queue as go into one Append, or ends a goroutine if there is none. Those that failed go by
// themselves, except every other time while nothing succeeds.
func (c *committer) take() []*job {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		c.working--
		c.prompt--
		return nil
	}
	together := c.failed >= 2 && c.failed%2 == 0
	n, rows, bytes := 0, 0, 0
	for n < len(c.queue) && (n == 0 || rows < c.hub.limits.CommitRows && bytes < c.hub.limits.CommitBytes) {
		if n > 0 && !together && (c.queue[0].wait > 0 || c.queue[n].wait > 0) {
			break
		}
		c.queue[n].taken.Store(true)
		rows += len(c.queue[n].batch.Revisions)
		bytes += c.queue[n].bytes
		n++
	}
	jobs := slices.Clone(c.queue[:n])
	c.queue = slices.Delete(c.queue, 0, n)
	return jobs
}

// succeed tells of each job what a completed Append has said.
func (c *committer) succeed(jobs []*job, outcomes []error, began time.Time) {
	c.mu.Lock()
	c.failed = 0
	c.mu.Unlock()
	c.hub.committed(jobs, outcomes, began)
	for i, j := range jobs {
		j.done(outcomes[i])
	}
}

// fail sees to jobs whose Append, begun then, has not completed: those of which it decides nothing are appended again.
func (c *committer) fail(jobs []*job, err error, began time.Time) {
	c.mu.Lock()
	c.failed++
	c.mu.Unlock()
	together, again := len(jobs) > 1, map[time.Duration][]*job{}
	for _, j := range jobs {
		if j.since.IsZero() {
			j.since = began
		}
		switch {
		case c.hub.ctx.Err() != nil:
			j.done(errStopped)
		case c.decides(err, j, together):
			j.done(err)
		default:
			j.wait = min(max(2*j.wait, c.hub.limits.RetryFirst), c.hub.limits.RetryLast)
			again[j.wait] = append(again[j.wait], j)
		}
	}
	for wait, jobs := range again {
		c.hub.log.Warn("append again", "batches", len(jobs), "unknown", mayLand(err), "err", err)
		if together && lasting(err) {
			c.commit(jobs...) // the database is well, and so are most of them
			continue
		}
		c.hub.spawn(func() {
			c.hub.pause(wait)
			c.commit(jobs...)
		})
	}
}

// decides tells whether the error is what became of a job. After an unknown outcome absence from the log would prove nothing,
// since the statement may still land: only the same Append again can tell, however long that takes. A lasting error says nothing
// about a job that had others with it; but in the end it ends even one that may have landed, since then nothing will ever tell:
// its author is to ask again.
func (c *committer) decides(err error, j *job, together bool) bool {
	late := time.Since(j.since) > c.hub.limits.CommitPatience
	j.unknown = j.unknown || mayLand(err)
	if lasting(err) {
		return !together && (late || !j.unknown)
	}
	return late && !j.unknown
}

// mayLand tells whether the statement of an Append that ended with the error may still land, or has.
func mayLand(err error) bool {
	return errors.Is(err, storage.ErrUnknown) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// lasting tells whether an error is of the kind that does not pass, whenever the same is appended again.
func lasting(err error) bool { return !mayLand(err) && !errors.Is(err, storage.ErrUnavailable) }

// append is one Append of the jobs' batches.
func (c *committer) append(jobs []*job) (outcomes []error, err error) {
	batches := make([]storage.Batch, len(jobs))
	for i, j := range jobs {
		batches[i] = j.batch
	}
	ctx, cancel := c.hub.call()
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			c.hub.panicked("append", v)
			err = fmt.Errorf("%w: %v", errPanicked, v)
		}
	}()
	outcomes, err = c.hub.store.Append(ctx, batches)
	if err == nil && len(outcomes) != len(jobs) {
		err = fmt.Errorf("append: %d outcomes for %d batches", len(outcomes), len(jobs))
	}
	return outcomes, err
}

// pause waits, or until the hub ends.
func (h *Hub) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.ctx.Done():
	}
}
