package account

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// However guesses fall, no key has more than its limit in any minute, and one that has fewer is never refused; a guess that
// was taken back never counts.
func TestTriesKeepTheLimit(t *testing.T) {
	type try struct {
		at   time.Time
		keys []string
	}
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 4).Draw(t, "limit")
		limited := newTries(limit)
		now := time.Unix(1_000_000, 0)
		var standing []try
		count := func(key string) (n int) {
			for _, made := range standing {
				if now.Sub(made.at) < triesWindow && slices.Contains(made.keys, key) {
					n++
				}
			}
			return n
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 20_000).Draw(t, "ms")) * time.Millisecond)
			keys := []string{"a" + rapid.StringMatching("[ab]").Draw(t, "account"), "p" + rapid.StringMatching("[ab]").Draw(t, "place")}
			full := slices.ContainsFunc(keys, func(key string) bool { return count(key) >= limit })
			err := limited.begin(now, keys...)
			if (err != nil) != full {
				t.Fatalf("begin(%v) = %v, full is %v", keys, err, full)
			}
			var tooMany *TooManyTries
			if errors.As(err, &tooMany) && (tooMany.RetryAfter <= 0 || tooMany.RetryAfter > triesWindow) {
				t.Fatalf("retry after %v", tooMany.RetryAfter)
			}
			if err == nil {
				standing = append(standing, try{now, keys})
			}
			if len(standing) > 0 && rapid.Bool().Draw(t, "right") {
				last := standing[len(standing)-1]
				limited.takeBack(last.at, last.keys...)
				standing = standing[:len(standing)-1]
			}
		}
	})
}

func TestTriesAreForgotten(t *testing.T) {
	limited := newTries(1)
	now := time.Unix(1_000_000, 0)
	for i := range 1000 {
		if err := limited.begin(now, "key"+string(rune(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := limited.begin(now.Add(2*triesWindow), "one"); err != nil || len(limited.made) != 1 {
		t.Errorf("%d keys remembered, %v", len(limited.made), err)
	}
}

// The holder of an IPv6 network is one place, and an IPv4 address is the same place in both spellings.
func TestPlace(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
	} {
		if same := place(netip.MustParseAddr(c.a)) == place(netip.MustParseAddr(c.b)); same != c.same {
			t.Errorf("%s and %s: the same is %v, want %v", c.a, c.b, same, c.same)
		}
	}
}
