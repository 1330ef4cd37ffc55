package api

import (
	"errors"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Revisions in one answer, or in one piece of a stream.
const (
	opsDefault = 100
	opsMost    = 1000
)

const ndjson = "application/x-ndjson"

func (a *API) listOps(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	asked, err := query(r, "after", "limit")
	if err != nil {
		return err
	}
	after, err := number("after", asked["after"], 0, 0, math.MaxInt64)
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept")
	if accepts(r, ndjson) {
		limit, err := number("limit", asked["limit"], math.MaxInt64, 1, math.MaxInt64)
		if err != nil {
			return err
		}
		return a.streamOps(w, r, actor, doc, ot.Rev(after), limit)
	}
	if accepts(r, wire.EventStream) {
		if asked["limit"] != "" {
			return badQuery("has a limit, but an event stream has none")
		}
		return a.tailOps(w, r, actor, doc, ot.Rev(after))
	}
	limit, err := number("limit", asked["limit"], opsDefault, 1, opsMost)
	if err != nil {
		return err
	}
	ops, err := a.Documents.Ops(r.Context(), actor, doc, ot.Rev(after), int(limit))
	if err != nil {
		return err
	}
	return answerJSON(w, http.StatusOK, appendOps(nil, ops))
}

// streamOps writes a revision a line, up to the head as of the beginning. Each piece is read under the rights of its
// moment. What ends the stream early cuts the connection, so that a reader never takes a part for the whole.
func (a *API) streamOps(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc, after ot.Rev, limit int64) error {
	ops, err := a.Documents.Ops(r.Context(), actor, doc, after, int(min(limit, opsMost)))
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", ndjson)
	header.Set("Coscribe-Epoch", strconv.FormatInt(ops.Epoch, 10))
	header.Set("Coscribe-Head", strconv.FormatInt(int64(ops.Head), 10))
	w.WriteHeader(http.StatusOK)

	out, epoch, last := http.NewResponseController(w), ops.Epoch, ops.Head
	last = ot.Rev(min(int64(last), saturated(int64(after), limit)))
	var piece []byte
	for {
		piece = piece[:0]
		for i := range ops.Items {
			if ops.Items[i].Rev > last {
				break
			}
			piece = append(appendRevision(piece, &ops.Items[i]), '\n')
			after = ops.Items[i].Rev
		}
		_ = out.SetWriteDeadline(time.Now().Add(answerTime))
		if _, err := w.Write(piece); err != nil {
			return nil // the reader is gone
		}
		if err := out.Flush(); err != nil || after >= last {
			return nil
		}
		ops, err = a.Documents.Ops(r.Context(), actor, doc, after, int(min(int64(last-after), opsMost)))
		if err != nil || ops.Epoch != epoch || len(ops.Items) == 0 {
			panic(http.ErrAbortHandler)
		}
	}
}

// saturated adds without running over.
func saturated(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func (a *API) writeOps(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	var body wire.WriteOps
	if err := read(w, r, &body); err != nil {
		return err
	}
	// Who may not see the document must not make a room of it, which takes longer than finding nothing.
	if _, _, err := a.Documents.Access(r.Context(), actor, doc); err != nil {
		return err
	}
	written, err := a.Hub.Write(r.Context(), room.Write{Doc: doc, Actor: actor, WriteOps: body})
	if err != nil {
		return a.refusedEdit(r, actor, doc, err)
	}
	return answer(w, http.StatusOK, written)
}

// refusedEdit finds out what one lacks whom a room does not let write: it answers like any other command then.
func (a *API) refusedEdit(r *http.Request, actor storage.Actor, doc id.Doc, err error) error {
	refused, ok := errors.AsType[*room.Refusal](err)
	if !ok || refused.Code != wire.CodeForbidden && refused.Code != wire.CodeNotFound {
		return err
	}
	if denied := a.Documents.MayEdit(r.Context(), actor, doc); denied != nil {
		return denied
	}
	return document.ErrBusy // it has just been granted, which the room has not heard of
}

// accepts tells whether a request names a media type among those that it takes.
func accepts(r *http.Request, media string) bool {
	for _, header := range r.Header.Values("Accept") {
		for item := range strings.SplitSeq(header, ",") {
			if named, _, err := mime.ParseMediaType(item); err == nil && named == media {
				return true
			}
		}
	}
	return false
}

// appendOps appends the JSON of a wire.Ops whose Deltas are encoded already.
func appendOps(dst []byte, ops document.Ops) []byte {
	dst = append(dst, `{"epoch":`...)
	dst = strconv.AppendInt(dst, ops.Epoch, 10)
	dst = append(dst, `,"head":`...)
	dst = strconv.AppendInt(dst, int64(ops.Head), 10)
	dst = append(dst, `,"items":[`...)
	for i := range ops.Items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRevision(dst, &ops.Items[i])
	}
	return append(dst, "]}"...)
}

func appendRevision(dst []byte, r *storage.Revision) []byte {
	return wire.AppendRevision(dst, &wire.Revision{
		Rev:    r.Rev,
		ID:     r.Edit,
		Author: r.Author,
		Seat:   r.Seat,
		Client: r.Client,
		Seq:    r.Seq,
		At:     r.At.Time(),
		Kind:   string(r.Kind),
	}, r.Delta)
}
