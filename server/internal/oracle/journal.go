package oracle

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// Mark is the text by which an edit is known again.
type Mark string

// NewMark returns a mark that no other call returns. It begins and ends with characters that stand nowhere else.
func NewMark() Mark {
	made := id.New[id.Edit]()
	return Mark(fmt.Sprintf("%c%x%c", markBegins, made[:6], markEnds))
}

const markBegins, markEnds = '‹', '›'

// Journal is what a writer did and heard, a line each in a file. It may be used concurrently.
type Journal struct {
	mu   sync.Mutex
	file io.Closer
	out  *bufio.Writer // guarded by mu
}

// The first words of lines.
const (
	sent         = "sent"
	acknowledged = "acknowledged"
	refused      = "refused"
	received     = "received"
)

const suffix = ".journal"

// NewJournal begins a journal in a folder.
func NewJournal(folder, name string) (*Journal, error) {
	file, err := os.OpenFile(filepath.Join(folder, name+suffix), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &Journal{file: file, out: bufio.NewWriter(file)}, nil
}

func (j *Journal) note(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintf(j.out, format+"\n", args...) // a failure stays with the writer, and Close tells it
}

// Sent notes an edit, before it goes out.
func (j *Journal) Sent(mark Mark) { j.note("%s %s", sent, mark) }

// Acknowledged notes that an edit is revision rev, or within it.
func (j *Journal) Acknowledged(mark Mark, rev ot.Rev) { j.note("%s %s %d", acknowledged, mark, rev) }

// Refused notes that its author was told that an edit has no effect.
func (j *Journal) Refused(mark Mark) { j.note("%s %s", refused, mark) }

// Received notes a revision.
func (j *Journal) Received(rev ot.Rev, edit id.Edit) { j.note("%s %d %v", received, rev, edit) }

// Close ends the journal.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.out.Flush(), j.file.Close())
}

// History is a journal, read.
type History struct {
	Name         string
	Sent         []Mark
	Acknowledged map[Mark]ot.Rev
	Refused      []Mark
	Received     []Receipt
}

// Receipt is a revision that somebody received.
type Receipt struct {
	Rev  ot.Rev
	Edit id.Edit
}

// ReadJournals reads all journals of a folder.
func ReadJournals(folder string) (histories []History, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*"+suffix))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		h, err := readJournal(name)
		if err != nil {
			return nil, err
		}
		histories = append(histories, h)
	}
	return histories, nil
}

func readJournal(name string) (History, error) {
	h := History{Name: filepath.Base(name), Acknowledged: map[Mark]ot.Rev{}}
	file, err := os.Open(name)
	if err != nil {
		return h, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		if err := h.add(lines.Text()); err != nil {
			return h, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return h, lines.Err()
}

func (h *History) add(line string) (err error) {
	var word, first, second string
	fmt.Sscan(line, &word, &first, &second) // lines have two words or three
	switch mark := Mark(first); word {
	case sent:
		h.Sent = append(h.Sent, mark)
	case refused:
		h.Refused = append(h.Refused, mark)
	case acknowledged:
		var rev ot.Rev
		_, err = fmt.Sscan(second, &rev)
		h.Acknowledged[mark] = rev
	case received:
		var receipt Receipt
		if _, err = fmt.Sscan(first, &receipt.Rev); err == nil {
			receipt.Edit, err = id.Parse[id.Edit](second)
		}
		h.Received = append(h.Received, receipt)
	default:
		err = fmt.Errorf("%q is no line of a journal", line)
	}
	return err
}
