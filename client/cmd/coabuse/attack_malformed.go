package main

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/coscribe/coscribe/server/wire"
)

var malformedAttacks = []attack{
	{rows: "9 11 29", name: "malformed frames, in masses", run: malformed},
}

// seeds are messages that are in order until something in them is changed.
var seeds = []string{
	`{"type":"submit","seq":1,"id":"d2000000-0000-4000-8000-000000000002","base":0,"delta":{"ops":[{"insert":"Hé 😀\n\"\\"}]}}`,
	`{"type":"submit","seq":9,"id":"d2000000-0000-4000-8000-000000000003","base":0,"delta":{"ops":[{"attributes":{"bold":true,"link":"https://a.example/?b=<c>&d"},"insert":"x"},{"retain":1}]},"kind":"undo"}`,
	`{"type":"cursor","cursor":{"rev":0,"index":3,"length":4}}`, `{"type":"rename","ref":"r1","title":"Übersicht 2026 🗺"}`,
	`{"type":"grant","ref":"g2","principal":"everyone","role":"editor","expiresAt":"2096-03-01T12:00:00.123456Z"}`, `{"type":"revoke","ref":"v1","principal":"anyone"}`, `{"type":"ping","t":-17}`,
}

const (
	malformedSeats = 4   // at the same time, which is less than a session's tickets
	mostGrowth     = 128 // MiB that the server may have grown by in the end
	mostAtOnce     = 200 // frames, whose answers fit what the server keeps for a client
)

// malformed sends messages out of order from an editor's seats, as many as the flags say. The document must stay as it is, the server
// alive, and its memory flat.
func malformed(ctx context.Context, s *stage, t *tally) {
	before := memory(s.ServerPID)
	var (
		left atomic.Int64
		all  sync.WaitGroup
	)
	left.Store(int64(s.Malformed))
	s.untouched(ctx, t, func() {
		for i := range malformedSeats {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			all.Go(func() {
				for left.Load() > 0 && ctx.Err() == nil {
					seat, err := s.editorSits(ctx, s.target)
					if !t.must(err, "sit") {
						return
					}
					s.pester(seat, t, random, &left)
					seat.Close()
				}
			})
		}
		all.Wait()
	})
	after := memory(s.ServerPID)
	if before > 0 {
		t.hold(after-before <= mostGrowth, "memory flat", "the server grew from %d to %d MiB", before, after)
		t.note("memory %d to %d MiB", before, after)
	}
}

// pester sends malformed messages from one seat until it is closed or enough were answered. A seat that survives its fifth is of a server
// that was told to forgive, and is sent many at once.
func (s *stage) pester(seat *seat, t *tally, random *rand.Rand, left *atomic.Int64) {
	for n := 5; left.Load() > 0; n = mostAtOnce {
		var all []byte
		messages := make([]string, n)
		for i := range messages {
			messages[i] = malform(random)
			all = append(all, text(messages[i])...)
		}
		seat.put(all)
		for _, message := range messages {
			got := seat.reply()
			if strings.HasPrefix(got, "closed ") {
				t.expect("the seat", got, "closed 4500", "closed 4029")
				return
			}
			t.expect(strconv.QuoteToASCII(message), got, "error invalid", "error unsupported", "error bad_delta", "rejected bad_delta")
			left.Add(-1)
			if got == "cut" || got == "silence" {
				return
			}
		}
	}
}

// malform changes messages in some places until one is none any more. Those that are not UTF-8 end a seat: they are tried elsewhere.
func malform(random *rand.Rand) string {
	for {
		message := []byte(seeds[random.IntN(len(seeds))])
		for range 1 + random.IntN(3) {
			message = bend(random, message)
		}
		if _, err := wire.DecodeInbound(message); err != nil && utf8.Valid(message) {
			return string(message)
		}
	}
}

// bend changes, drops or adds a byte, or drops the rest.
func bend(random *rand.Rand, message []byte) []byte {
	if len(message) == 0 {
		return message
	}
	at := random.IntN(len(message))
	switch random.IntN(4) {
	case 0:
		message[at] = byte(random.IntN(128))
	case 1:
		return append(message[:at], message[at+1:]...)
	case 2:
		return slices.Insert(message, at, "\x00\"{}[]:,9\\"[random.IntN(10)])
	case 3:
		return message[:at]
	}
	return message
}

// memory is how many MiB a process holds, 0 if that cannot be told.
func memory(pid int) int {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.Atoi(fields[0])
	return kib >> 10
}
