package socket

import "time"

// bucket holds tokens that come back at a rate. It is a plain value: a guard has two of them and asks for each frame.
type bucket struct {
	tokens float64
	at     time.Time // when tokens was right; zero for a full bucket
}

// take takes n tokens if they are there.
func (b *bucket) take(n, rate, burst int, now time.Time) bool {
	if b.at.IsZero() {
		b.tokens = float64(burst)
	} else if passed := now.Sub(b.at); passed > 0 {
		b.tokens = min(float64(burst), b.tokens+passed.Seconds()*float64(rate))
	}
	b.at = now
	if b.tokens < float64(n) {
		return false
	}
	b.tokens -= float64(n)
	return true
}

// low tells whether less than a quarter is left.
func (b *bucket) low(burst int) bool { return !b.at.IsZero() && b.tokens < float64(burst)/4 }
