package ot_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/coscribe/coscribe/ot"
)

// TestAgreesWithQuillDelta asks quill-delta itself, in Node, about drawn
// cases. COSCRIBE_ORACLE_CASES sets how many (make soak: a million),
// COSCRIBE_ORACLE_SEED repeats a run.
func TestAgreesWithQuillDelta(t *testing.T) {
	cases := fromEnv(t, "COSCRIBE_ORACLE_CASES", 50_000)
	seed := fromEnv(t, "COSCRIBE_ORACLE_SEED", int(time.Now().UnixNano()&0xFFFFFFFF))
	t.Logf("COSCRIBE_ORACLE_SEED=%d", seed)
	oracle := startOracle(t)

	asked := make(chan question, 1024) // more than the buffers between hold
	go func() {
		defer close(asked)
		defer oracle.in.Close()
		roll := seededDice(uint64(seed))
		buffered := bufio.NewWriterSize(oracle.in, 64<<10)
		defer buffered.Flush()
		encoder := json.NewEncoder(buffered)
		encoder.SetEscapeHTML(false)
		for range cases {
			q := roll.question()
			if encoder.Encode(q) != nil {
				return // node is gone, and the missing answers say so
			}
			asked <- q
		}
	}()
	i := 0
	for q := range asked {
		if !oracle.out.Scan() {
			break
		}
		var theirs answers
		if err := json.Unmarshal(oracle.out.Bytes(), &theirs); err != nil {
			t.Fatal(err)
		}
		if err := q.compare(theirs); err != nil {
			text, _ := json.Marshal(q)
			t.Fatalf("case %d: %v\n%s", i, err, text)
		}
		i++
	}
	if i < cases {
		t.Fatalf("node gave %d of %d answers: %v", i, cases, oracle.wait())
	}
}

// question draws a case.
func (roll dice) question() question {
	doc := roll.content()
	a := roll.change(doc)
	docA := doc.Compose(a)
	c := roll.change(docA)
	q := question{Doc: ops(doc), A: ops(a), B: ops(roll.change(doc)), C: ops(c), Carets: boundaries(doc)}
	if diff, err := ot.Diff(doc, docA.Compose(c)); err == nil {
		q.Diff = ops(diff)
	}
	return q
}

// ops returns d as the bare list of its components.
func ops(d ot.Delta) json.RawMessage {
	text := d.AppendJSON(nil)
	return text[len(`{"ops":`) : len(text)-1]
}

type oracle struct {
	in   io.WriteCloser
	out  *bufio.Scanner
	wait func() error
}

func startOracle(t *testing.T) oracle {
	t.Helper()
	if _, err := os.Stat("testdata/node_modules/quill-delta"); err != nil {
		t.Fatal("quill-delta is not installed: run `npm ci` in ot/testdata (make test does)")
	}
	node := exec.Command("node", "oracle.mjs")
	node.Dir = "testdata"
	node.Stderr = os.Stderr
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("this test compares with quill-delta and needs Node.js: %v", err)
	}
	t.Cleanup(func() {
		node.Process.Kill()
		node.Wait()
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<24)
	return oracle{in: in, out: lines, wait: node.Wait}
}

func fromEnv(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
