package wire

import (
	"strconv"
	"strings"

	"github.com/coscribe/coscribe/ot"
)

// EventStream is the media type in which GET /v1/documents/{id}/ops does not end: each event is a Revision, named by its EventID,
// and the last one, of the type EventEnd, is an End.
const EventStream = "text/event-stream"

// EventEnd is the type of the last event of a stream. Revisions have none, which makes them messages.
const EventEnd = "end"

// EventID names a revision in a stream: e1-17 is revision 17 of epoch 1. Who comes back says it as Last-Event-ID, and goes on with
// the revision after it.
type EventID struct {
	Epoch int64
	Rev   ot.Rev
}

// AppendTo appends the id to dst.
func (e EventID) AppendTo(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, 'e'), e.Epoch, 10)
	return strconv.AppendInt(append(dst, '-'), int64(e.Rev), 10)
}

func (e EventID) String() string { return string(e.AppendTo(nil)) }

// ParseEventID reads an id that is written as AppendTo writes it.
func ParseEventID(text string) (EventID, bool) {
	epoch, rev, _ := strings.Cut(strings.TrimPrefix(text, "e"), "-")
	var read EventID
	read.Epoch, _ = strconv.ParseInt(epoch, 10, 64)
	head, _ := strconv.ParseInt(rev, 10, 64)
	read.Rev = ot.Rev(head)
	return read, read.Epoch >= 1 && read.Rev >= 0 && read.String() == text
}

// End is why a stream ended: the reason of a close code, as a socket has it.
type End struct {
	Code     string `json:"code"`
	ComeBack bool   `json:"comeBack"` // as CloseCode.ComeBack
}
