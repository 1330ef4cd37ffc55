package storage

import (
	"context"
	"fmt"
	"time"
)

// Limit is how often something may be tried: Burst times at once, and once more after each Every. Two limits of one Key are
// counted together, so they should be alike.
type Limit struct {
	Key   int64 // names what is counted; how many keys there are bounds what is stored
	Burst int
	Every time.Duration
}

// TooSoon is the refusal of a try before its time.
type TooSoon struct {
	Wait time.Duration // until one more is allowed
}

// Error says how long to wait.
func (e *TooSoon) Error() string {
	return fmt.Sprintf("tried too often: wait %v", e.Wait.Round(time.Second))
}

// Tries counts what may be tried so often only, whichever node it is tried on. Counts are forgotten as they run out.
type Tries interface {
	// Try counts a try under each of the limits, or under none: *TooSoon, with the longest wait, if one of them has none left at
	// now. Of tries at the same time no more pass than the limits allow. After ErrUnknown it may be counted or not; the same call
	// again counts again.
	Try(ctx context.Context, now Micros, limits ...Limit) error

	// TakeBack forgets one try under each of the limits, as far as one is remembered at now.
	TakeBack(ctx context.Context, now Micros, limits ...Limit) error
}
