package socket

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestStreamsTakePlaces: event streams are refused by the same limits as WebSockets, whichever of the two has the places, and give back
// what they took.
func TestStreamsTakePlaces(t *testing.T) {
	const n = 3
	here, there := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	user, doc := id.New[id.User](), id.New[id.Doc]()
	for _, c := range []struct {
		name  string
		limit func(*Limits)
		more  func(*Handler) (func(), wire.Code) // of the same kind
		other func(*Handler) (func(), wire.Code) // has a place all the same; nil for nobody
		want  wire.Code
	}{
		{"address", func(l *Limits) { l.PerAddress = n },
			func(h *Handler) (func(), wire.Code) { return h.Admit(here, id.New[id.User](), id.New[id.Doc]()) },
			func(h *Handler) (func(), wire.Code) { return h.Admit(there, user, doc) }, wire.CodeRateLimited},
		{"user", func(l *Limits) { l.PerUser = n },
			func(h *Handler) (func(), wire.Code) { return h.Admit(here, user, id.New[id.Doc]()) },
			func(h *Handler) (func(), wire.Code) { return h.Admit(here, id.New[id.User](), doc) }, wire.CodeRateLimited},
		{"document", func(l *Limits) { l.PerDocument = n },
			func(h *Handler) (func(), wire.Code) { return h.Admit(here, id.New[id.User](), doc) },
			func(h *Handler) (func(), wire.Code) { return h.Admit(here, user, id.New[id.Doc]()) }, wire.CodeRateLimited},
		{"node", func(l *Limits) { l.PerNode = n },
			func(h *Handler) (func(), wire.Code) { return h.Admit(here, id.New[id.User](), id.New[id.Doc]()) },
			nil, wire.CodeOverloaded},
	} {
		t.Run(c.name, func(t *testing.T) {
			limits := DefaultLimits()
			c.limit(&limits)
			h := New(Config{Limits: limits})
			var leaves []func()
			take := func(admit func(*Handler) (func(), wire.Code), want wire.Code) {
				t.Helper()
				leave, refused := admit(h)
				if refused != want || (leave == nil) != (want != "") {
					t.Fatalf("refused %q, want %q", refused, want)
				}
				if leave != nil {
					leaves = append(leaves, leave)
				}
			}
			for range n {
				take(c.more, "")
			}
			take(c.more, c.want)
			if c.other != nil {
				take(c.other, "")
			}
			leaves[0]()
			leaves = leaves[1:]
			take(c.more, "")
			take(c.more, c.want)
			for _, leave := range leaves {
				leave()
			}
			if got := h.Counts(); got.Open+got.Waiting+got.Users+got.Documents != 0 {
				t.Errorf("what is left: %+v", got)
			}
		})
	}
}

// TestStreamsAndSocketsShareTheirPlaces: who has as many sockets as one may gets no stream, and the other way round; and who was closed
// for abuse gets neither for a while.
func TestStreamsAndSocketsShareTheirPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerUser = 2
		h := New(Config{Limits: limits})
		from, user, doc := netip.MustParseAddr("192.0.2.1"), id.New[id.User](), id.New[id.Doc]()
		sit := func() (*place, denial) {
			place, denied := h.admission.enter(from, time.Now())
			if denied == admitted {
				denied = h.admission.seat(place, user, doc, time.Now())
			}
			return place, denied
		}
		first, _ := sit()
		leave, refused := h.Admit(from, user, doc)
		if refused != "" {
			t.Fatalf("refused %q", refused)
		}
		if _, refused := h.Admit(from, user, doc); refused != wire.CodeRateLimited {
			t.Errorf("a third as a stream: %q", refused)
		}
		third, denied := sit()
		if denied != tooManyHere {
			t.Errorf("a third as a socket: %v", denied)
		}
		h.admission.leave(third)
		leave()
		h.admission.offend(first, time.Now())
		h.admission.leave(first)
		if _, refused := h.Admit(from, user, doc); refused != wire.CodeRateLimited {
			t.Errorf("a stream of who was closed for abuse: %q", refused)
		}
		time.Sleep(limits.Penalty)
		if _, refused := h.Admit(from, user, doc); refused != "" {
			t.Errorf("later: %q", refused)
		}
	})
}
