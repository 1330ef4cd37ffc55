package main

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"syscall"
	"testing"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/oracle"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
)

// startNodes starts two servers on one empty Postgres, and returns the second with the set-up link that holds.
func startNodes(t *testing.T) (a, b *process, open opener) {
	t.Helper()
	url := pgtest.URL(t)
	a = startProcess(t, "--database-url", url, "--limits-profile", "load")
	b = startProcess(t, "--database-url", url, "--limits-profile", "load")
	return a, b, openPostgres(url)
}

// TestStaleWriterCommitsNothing lets people write one document through two servers, of which each in turn is stopped in the
// middle of whatever it does while the other goes on, and then resumes: with what it thinks is the head, edits under way, and rights
// read long ago. Nothing of that goes past the other's revisions.
func TestStaleWriterCommitsNothing(t *testing.T) {
	t.Parallel()
	a, b, open := startNodes(t)
	atB := administrator(t, b)
	atA := withToken(t, signIn(t, a.url, "ana@example.com"), a.url)
	crowd := startCrowd(t, newDocument(t, atB), 12, fast, atA, atB)
	for _, paused := range []*process{a, b, a} {
		crowd.typed(24)
		paused.command.Process.Signal(syscall.SIGSTOP)
		crowd.typed(24) // by the others
		paused.command.Process.Signal(syscall.SIGCONT)
	}
	crowd.typed(24)
	crowd.flush()

	// Each node has what was written through it, and of the other's what it met on the way: opened again, both have everything.
	for _, node := range []*process{a, b} {
		node.stop()
		node.start(greeting)
	}
	crowd.meet()
	a.stop()
	b.stop()
	crowd.judge(open)
}

// TestResubmissionHasOneEffectOnEveryNode sends each edit up to five times, also after later ones, over both transports, to two
// servers of one database, after reconnects and a restart, and with another content: each has one effect and one answer. Another
// edit under a used number ends the connection with 4509.
func TestResubmissionHasOneEffectOnEveryNode(t *testing.T) {
	t.Parallel()
	a, b, open := startNodes(t)
	administrator(t, b)
	nodes := []*process{a, b}
	people := []*client.Client{signIn(t, a.url, "ana@example.com"), signIn(t, b.url, "ana@example.com")}
	doc, outbox := newDocument(t, people[0]), id.New[id.Client]()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	seats := make([]*wired, 2)
	join := func(n int) {
		if seats[n] != nil {
			seats[n].leave()
		}
		var err error
		if seats[n], err = sitDown(t, people[n], doc, outbox); err != nil {
			t.Fatal(err)
		}
		seats[n].listen()
	}
	join(0)
	join(1)
	const edits = 12
	ids, revs := make([]id.Edit, edits+1), make([]ot.Rev, edits+1) // by seq
	send := func(n int, seq int64) ot.Rev {
		w := seats[n]
		w.mu.Lock()
		delete(w.answers, seq)
		base := min(w.rev, ot.Rev(random.IntN(3)))
		w.mu.Unlock()
		for {
			w.say(&wire.Submit{Seq: seq, ID: ids[seq], Base: base, Delta: ot.New().Insert([]string{"x", "😀"}[random.IntN(2)], nil).MustDelta()})
			if !w.until("an answer", func() bool { return w.answers[seq] != 0 || w.refusals[seq] != "" }) {
				t.FailNow()
			}
			w.mu.Lock()
			answer, refused := w.answers[seq], w.refusals[seq]
			delete(w.refusals, seq)
			w.mu.Unlock()
			switch {
			case answer != 0:
				return answer
			case !refused.Temporary(): // another copy is still on its way, for one
				t.Fatalf("seq %d is refused: %s", seq, refused)
			}
		}
	}
	for seq := int64(1); seq <= edits; seq++ {
		ids[seq] = id.New[id.Edit]()
		revs[seq] = send(random.IntN(2), seq)
		for range random.IntN(5) {
			old := 1 + random.Int64N(seq)
			n := random.IntN(2)
			switch random.IntN(4) {
			case 0:
				join(n)
			case 1:
				written, err := people[n].WriteOps(t.Context(), doc, wire.WriteOps{
					Epoch: 1, Mode: client.Rebase, Client: outbox, Seq: old, IDs: ids[old : old+1], Ops: []ot.Delta{ot.New().Insert("y", nil).MustDelta()},
				})
				if err != nil || written.Items[0].Rev != revs[old] {
					t.Fatalf("seq %d over HTTP is %v, %v, and was revision %d", old, written.Items, err, revs[old])
				}
			}
			if rev := send(n, old); rev != revs[old] {
				t.Fatalf("seq %d is revision %d, and was %d", old, rev, revs[old])
			}
		}
		if seq == edits/2 {
			nodes[0].kill()
			nodes[0].start(greeting)
			join(0)
		}
	}

	// Another edit under a number that is used: over HTTP, on the node that did not take the first, and on the other.
	other := wire.WriteOps{Epoch: 1, Client: outbox, Seq: 3, Ops: []ot.Delta{ot.New().Insert("z", nil).MustDelta()}}
	for n := range nodes {
		var problem *client.Problem
		if _, err := people[n].WriteOps(t.Context(), doc, other); !errors.As(err, &problem) || problem.Code != wire.CodeSeqReuse || problem.Status != http.StatusConflict {
			t.Errorf("another edit under a used number over HTTP: %v", err)
		}
		join(n)
		seats[n].say(&wire.Submit{Seq: 3, ID: id.New[id.Edit](), Delta: ot.New().Insert("z", nil).MustDelta()})
		seats[n].until("the connection ends with 4509", func() bool { return seats[n].closed == wire.CloseSeqReuse })
	}
	for _, node := range nodes {
		node.stop()
	}
	checkOnce(t, open, doc, ids[1:], revs[1:])
}

// checkOnce holds that the log is these edits at these revisions and nothing else, and makes what opening the document gives.
func checkOnce(t *testing.T, open opener, doc id.Doc, ids []id.Edit, revs []ot.Rev) {
	t.Helper()
	store, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	evidence, err := oracle.Gather(t.Context(), store, doc)
	if err != nil {
		t.Fatal(err)
	}
	verdict, err := evidence.Verdict()
	if err != nil || verdict.Revisions != len(ids) {
		t.Fatalf("%v, %v; want %d revisions", verdict, err, len(ids))
	}
	for i, rev := range revs {
		if got := evidence.Log[rev-1].Edit; got != ids[i] {
			t.Errorf("revision %d is edit %v, and %v was answered with it", rev, got, ids[i])
		}
	}
}
