package client_test

import (
	"testing"
	"time"

	"github.com/coscribe/coscribe/client"
)

// TestKeepsToTheServersRate types faster than the server takes: what cannot be sent yet travels together later.
func TestKeepsToTheServersRate(t *testing.T) {
	const perSecond = 10
	f := newFake(t)
	f.limits.EditsPerSecond = perSecond
	d := f.open(t, "a")
	began := time.Now()
	var last *client.Edit
	for range 300 {
		edit, err := d.Apply(insert(0, "x"))
		if err != nil {
			t.Fatal(err)
		}
		last = edit
		time.Sleep(time.Millisecond) // typing
	}
	rev, err := last.Wait(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if most := perSecond + perSecond*time.Since(began).Seconds() + 1; float64(rev) > most {
		t.Errorf("%d submissions in %v, at most %.0f allowed", rev, time.Since(began), most)
	}
	if _, content := f.committed(); content.Len() != 301 {
		t.Errorf("%d units arrived, want 301", content.Len())
	}
}
