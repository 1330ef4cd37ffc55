package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// tailOps writes revisions as events: those after the given one, and then each as it is committed, until the right to read
// them, the document, the connection or the server ends. Who comes back names the last event that came; that counts more than
// the query, which stays as it was.
func (a *API) tailOps(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc, after ot.Rev) error {
	from, err := resumed(r, after)
	if err != nil {
		return err
	}
	if a.draining.Load() {
		return errDraining
	}
	log, err := a.Documents.MayFollow(r.Context(), actor, doc, from.Epoch, from.Rev)
	if err != nil {
		return err
	}
	leave, err := a.admit(r, actor, doc)
	if err != nil {
		return err
	}
	defer leave()
	from.Epoch = log.Epoch
	s := &stream{to: w, limits: a.Streams, log: a.Log, at: from, look: make(chan struct{}, 1)}
	follower, err := a.Hub.Follow(r.Context(), room.Follow{
		Doc: doc, Actor: actor, Since: wire.Since(from), Wake: s.wake,
	})
	if err != nil {
		return a.refusedTail(r, actor, doc, from, err)
	}
	defer follower.Leave()

	header := w.Header()
	header.Set("Content-Type", wire.EventStream)
	header.Set("X-Accel-Buffering", "no") // a proxy is not to keep it until there is more
	header.Set("Coscribe-Epoch", strconv.FormatInt(log.Epoch, 10))
	header.Set("Coscribe-Head", strconv.FormatInt(int64(log.Head), 10))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	ended := s.run(r.Context(), follower, a.ending)
	exchangeOf(r).ended = ended.Reason()
	a.Meter.StreamsEnded.Inc(ended.Reason())
	if ended == wire.CloseSlowConsumer {
		a.Meter.SlowConsumers.Inc()
	}
	return nil
}

// resumed is where a stream begins; Epoch is 0 for whichever the document has.
func resumed(r *http.Request, after ot.Rev) (wire.EventID, error) {
	switch given := r.Header.Values("Last-Event-ID"); {
	case len(given) == 0, len(given) == 1 && given[0] == "":
		return wire.EventID{Rev: after}, nil
	case len(given) == 1:
		if from, ok := wire.ParseEventID(given[0]); ok {
			return from, nil
		}
	}
	return wire.EventID{}, fmt.Errorf("%w: %w", errMalformed, &wire.Fault{
		Code: wire.CodeInvalid, Message: "the header Last-Event-ID must be the id of an event, as in e1-17",
	})
}

// admit gives a stream its place among the connections of this node.
func (a *API) admit(r *http.Request, actor storage.Actor, doc id.Doc) (leave func(), err error) {
	if a.Admit == nil {
		return func() {}, nil
	}
	leave, refused := a.Admit(a.ClientIP(r), actor.User, doc)
	switch refused {
	case "":
		return leave, nil
	case wire.CodeOverloaded:
		return nil, errFullNode
	}
	return nil, errCrowded
}

// refusedTail answers as MayFollow would for whom the room does not let in: something has changed since.
func (a *API) refusedTail(r *http.Request, actor storage.Actor, doc id.Doc, from wire.EventID, err error) error {
	refused, ok := errors.AsType[*room.Refusal](err)
	switch {
	case !ok:
		return err
	case refused.Code == wire.CodeDraining:
		return errDraining
	case refused.Code != wire.CodeNotFound && refused.Code != wire.CodeResync:
		return err
	}
	if _, err := a.Documents.MayFollow(r.Context(), actor, doc, from.Epoch, from.Rev); err != nil {
		return err
	}
	return document.ErrBusy // it has just become so, which the room has not heard of
}
