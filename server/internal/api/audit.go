package api

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// listDocumentAudit lists a document's chain.
func (a *API) listDocumentAudit(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	return a.listChain(w, r, actor, storage.AuditFilter{Chain: doc})
}

// listAudit lists every chain: the instance's, and those of all documents.
func (a *API) listAudit(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	return a.listChain(w, r, actor, storage.AuditFilter{All: true})
}

// listChain gives a page, or with another media type all rows, the first ones first.
func (a *API) listChain(w http.ResponseWriter, r *http.Request, actor storage.Actor, filter storage.AuditFilter) error {
	asked, err := query(r, "actor", "action", "target", "from", "until", "cursor", "limit")
	if err != nil {
		return err
	}
	if filter, err = auditFilter(filter, asked); err != nil {
		return err
	}
	limit, err := number("limit", asked["limit"], pageDefault, 1, pageMost)
	if err != nil {
		return err
	}
	after, err := readAuditCursor(asked["cursor"])
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept")
	switch {
	case accepts(r, ndjson):
		return a.exportAudit(w, r, actor, filter, after, jsonLines{})
	case accepts(r, csvType):
		return a.exportAudit(w, r, actor, filter, after, csvTable{})
	}
	rows, named, err := a.Documents.Audit(r.Context(), actor, filter, storage.AuditPage{After: after, Limit: int(limit) + 1})
	if err != nil {
		return err
	}
	list := wire.List[wire.AuditRow]{Items: []wire.AuditRow{}}
	for i := range rows[:min(len(rows), int(limit))] {
		list.Items = append(list.Items, auditRowOf(&rows[i], named))
	}
	if len(rows) > int(limit) {
		list.NextCursor = auditCursor(rows[limit-1].Place())
	}
	return answer(w, http.StatusOK, list)
}

func auditFilter(filter storage.AuditFilter, asked map[string]string) (_ storage.AuditFilter, err error) {
	if text, ok := asked["actor"]; ok {
		if filter.Actor, err = id.Parse[id.User](text); err != nil {
			return filter, badQuery("holds an actor that is no id")
		}
	}
	filter.Action, filter.Target = storage.Action(asked["action"]), asked["target"]
	if filter.From, err = momentAsked(asked, "from"); err == nil {
		filter.Until, err = momentAsked(asked, "until")
	}
	return filter, err
}

func auditRowOf(row *storage.Audited, named document.Named) wire.AuditRow {
	return wire.AuditRow{
		Document:   row.Chain,
		N:          row.N,
		At:         row.At.Time(),
		Actor:      row.Actor,
		ActorName:  named.People[row.Actor].Name,
		By:         string(row.Credential.Kind),
		Credential: row.Credential.ID,
		OnBehalf:   row.OnBehalf,
		Action:     string(row.Action),
		Target:     row.Target,
		Names:      namesIn(row, named),
		Before:     object(row.Before),
		After:      object(row.After),
		Reason:     row.Reason,
		From:       row.From,
		RequestID:  row.Request,
		Hash:       hex.EncodeToString(row.Hash[:]),
	}
}

// namesIn are the names of those whom a row speaks of.
func namesIn(row *storage.Audited, named document.Named) (names []wire.AuditName) {
	for _, p := range document.Mentioned(row) {
		name := wire.AuditName{Of: wire.Principal{Kind: p.Kind, ID: p.ID}, Name: named.NameOf(p)}
		if name.Name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// object is a state of an audit row, which is JSON already, or nothing.
func object(text string) jsontext.Value {
	if text == "" {
		return nil
	}
	return jsontext.Value(text)
}

// The place of a row in all chains, as text that only we read.
const auditCursorBytes = 8 + 16 + 8

func auditCursor(place storage.AuditPlace) string {
	data := binary.BigEndian.AppendUint64(make([]byte, 0, auditCursorBytes), uint64(place.At))
	data = append(data, place.Chain[:]...)
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(data, uint64(place.N)))
}

func readAuditCursor(text string) (place storage.AuditPlace, err error) {
	if text == "" {
		return place, nil
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(data) != auditCursorBytes {
		return place, errCursor
	}
	place.At, place.N = storage.Micros(binary.BigEndian.Uint64(data)), int64(binary.BigEndian.Uint64(data[24:]))
	copy(place.Chain[:], data[8:])
	if place.At <= 0 || place.N <= 0 {
		return place, errCursor
	}
	return place, nil
}

func (a *API) verifyDocumentAudit(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	return a.verifyChain(w, r, actor, doc)
}

func (a *API) verifyAudit(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	return a.verifyChain(w, r, actor, storage.Instance)
}

// verifyChain computes a chain anew, and holds it against an end that was kept, if the query names one.
func (a *API) verifyChain(w http.ResponseWriter, r *http.Request, actor storage.Actor, chain id.Doc) error {
	asked, err := query(r, "n", "hash")
	if err != nil {
		return err
	}
	var kept storage.AuditHead
	if text, ok := asked["hash"]; ok || asked["n"] != "" {
		hash, err := hex.DecodeString(text)
		if err != nil || len(hash) != len(kept.Hash) {
			return badQuery("must name n and hash as an earlier answer gave them")
		}
		if kept.N, err = number("n", asked["n"], 0, 1, 1<<53); err != nil || kept.N == 0 {
			return badQuery("must name n and hash as an earlier answer gave them")
		}
		kept.Chain = chain
		copy(kept.Hash[:], hash)
	}
	head, err := a.Documents.VerifyAudit(r.Context(), actor, chain, kept)
	if broken, ok := errors.AsType[*storage.AuditError](err); ok {
		return answer(w, http.StatusOK, wire.AuditVerdict{N: broken.N, Fault: string(broken.Fault)})
	}
	if err != nil {
		return err
	}
	verdict := wire.AuditVerdict{Intact: true, N: head.N}
	if head.N > 0 {
		verdict.At, verdict.Hash = head.At.Time(), hex.EncodeToString(head.Hash[:])
	}
	return answer(w, http.StatusOK, verdict)
}
