package stack

import "testing"

// BenchmarkGoroutine compares goroutines that go as deep as handling an edit does: with a stack grown before, and as it needs it.
func BenchmarkGoroutine(b *testing.B) {
	for _, c := range []struct {
		name  string
		begin func()
	}{{"Grown", Grow}, {"Growing", func() {}}} {
		b.Run(c.name, func(b *testing.B) {
			done := make(chan int)
			for b.Loop() {
				go func() {
					c.begin()
					done <- deep(40)
				}()
				<-done
			}
		})
	}
}

//go:noinline
func deep(calls int) int {
	var frame [64]byte
	if calls == 0 {
		return len(never)
	}
	return deep(calls-1) + int(frame[calls])
}

func TestGrowAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(10, Grow); n != 0 {
		t.Errorf("got %v objects on the heap", n)
	}
}
