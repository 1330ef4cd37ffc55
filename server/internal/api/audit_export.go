package api

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

const csvType = "text/csv"

// exportRows is how many rows are read for each piece of an export.
const exportRows = 500

// exportLag is how long before the request an export ends: what a transaction that is still going on would put before rows
// that were sent already is left for the next one.
const exportLag = time.Minute

// format is how rows are written.
type format interface {
	media() string
	head() []byte
	row(*wire.AuditRow) []byte
}

// exportAudit streams all rows that pass, the first ones first, each piece under the rights of its moment. What ends it early cuts
// the connection, so that a reader never takes a part for the whole.
func (a *API) exportAudit(w http.ResponseWriter, r *http.Request, actor storage.Actor, filter storage.AuditFilter, after storage.AuditPlace, as format) error {
	if end := storage.At(time.Now().Add(-exportLag)); filter.All && (filter.Until == 0 || filter.Until > end) {
		filter.Until = end
	}
	page := storage.AuditPage{Oldest: true, After: after, Limit: exportRows}
	rows, named, err := a.Documents.Audit(r.Context(), actor, filter, page)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", as.media())
	w.Header().Set("Content-Disposition", `attachment; filename="audit"`)
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	piece := as.head()
	for {
		for i := range rows {
			row := auditRowOf(&rows[i], named)
			piece = append(piece, as.row(&row)...)
		}
		_ = out.SetWriteDeadline(time.Now().Add(answerTime))
		if _, err := w.Write(piece); err != nil {
			return nil // the reader is gone
		}
		if err := out.Flush(); err != nil || len(rows) < exportRows {
			return nil
		}
		page.After = rows[len(rows)-1].Place()
		if rows, named, err = a.Documents.Audit(r.Context(), actor, filter, page); err != nil {
			panic(http.ErrAbortHandler)
		}
		piece = piece[:0]
	}
}

// jsonLines is a row of JSON a line.
type jsonLines struct{}

func (jsonLines) media() string                 { return ndjson }
func (jsonLines) head() []byte                  { return nil }
func (jsonLines) row(row *wire.AuditRow) []byte { return append(wire.Append(nil, *row), '\n') }

// csvTable is comma-separated values, for spreadsheets.
type csvTable struct{}

func (csvTable) media() string { return csvType + "; charset=utf-8; header=present" }

func (csvTable) head() []byte {
	return record("document", "n", "at", "actor", "actorName", "by", "credential", "onBehalf", "action", "target", "before", "after",
		"reason", "from", "requestId", "hash")
}

func (csvTable) row(row *wire.AuditRow) []byte {
	at := string(wire.AppendMoment(nil, row.At))
	return record(unlessZero(row.Document), strconv.FormatInt(row.N, 10), at, unlessZero(row.Actor), row.ActorName, row.By,
		unlessZero(row.Credential), unlessZero(row.OnBehalf), row.Action, row.Target, string(row.Before), string(row.After),
		row.Reason, row.From, row.RequestID, row.Hash)
}

// formula is where a spreadsheet would begin to compute: at the beginning of a cell. That is the beginning of a field, and for
// programs that split lines at other marks than commas, wherever quotes stand, what comes after such a mark.
var formula = regexp.MustCompile("(^|[;|\t\r\n])([ \u00a0\"]*[=+@＝＋－＠\\-])")

// record is one line, of quoted fields. What a spreadsheet would take for a formula, which a reason or a name can be, is made text.
func record(fields ...string) []byte {
	var line []byte
	for i, field := range fields {
		if i > 0 {
			line = append(line, ',')
		}
		if strings.HasPrefix(field, "\t") || strings.HasPrefix(field, "\r") || strings.HasPrefix(field, "\n") {
			field = "'" + field
		}
		field = formula.ReplaceAllString(field, "$1'$2")
		line = append(line, '"')
		line = append(line, strings.ReplaceAll(field, `"`, `""`)...)
		line = append(line, '"')
	}
	return append(line, '\n')
}

func unlessZero[ID interface {
	IsZero() bool
	String() string
}](id ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}
