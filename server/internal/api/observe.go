package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// exchange is what the log says of a request: which route and who, never its path (which may hold a secret), its headers
// or its body.
type exchange struct {
	id    id.Request
	route string
	user  id.User
	doc   id.Doc
	code  wire.Code // of the refusal
	ended string    // why a stream did
}

type exchangeKey struct{}

func exchangeOf(r *http.Request) *exchange {
	if e, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		return e
	}
	return &exchange{} // only in a handler taken out of its house
}

// answerTime is how long an answer may take, or each piece of a stream: then its reader is too slow, and is cut off.
const answerTime = time.Minute

// observe numbers each request, logs it when it is over, and turns a panic into an answer.
func (a *API) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		e := &exchange{id: id.New[id.Request]()}
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, e))
		_ = http.NewResponseController(w).SetWriteDeadline(began.Add(answerTime))
		seen := &watched{ResponseWriter: w}
		seen.Header().Set("X-Request-Id", e.id.String())
		defer func() {
			thrown := recover()
			if thrown != nil && thrown != http.ErrAbortHandler {
				a.Meter.Panics.Inc("request")
				a.Log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.Any("request", e.id),
					slog.String("panic", fmt.Sprint(thrown)), slog.String("stack", string(debug.Stack())))
				if seen.status == 0 {
					a.refuse(seen, r, errors.New("panic"))
					thrown = nil
				}
			}
			if e.route != "" {
				a.log(r.Context(), e, seen.status, time.Since(began))
			}
			if thrown != nil {
				panic(http.ErrAbortHandler) // the answer is cut off where it stands
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

func (a *API) log(ctx context.Context, e *exchange, status int, took time.Duration) {
	attrs := []slog.Attr{slog.Any("request", e.id), slog.String("route", e.route),
		slog.Int("status", status), slog.Duration("took", took)}
	if !e.user.IsZero() {
		attrs = append(attrs, slog.Any("user", e.user))
	}
	if !e.doc.IsZero() {
		attrs = append(attrs, slog.Any("document", e.doc))
	}
	if e.code != "" {
		attrs = append(attrs, slog.String("code", string(e.code)))
	}
	if e.ended != "" {
		attrs = append(attrs, slog.String("ended", e.ended))
	}
	a.Log.LogAttrs(ctx, slog.LevelInfo, "request", attrs...)
}

// watched remembers the status of an answer.
type watched struct {
	http.ResponseWriter
	status int // 0 until it is written
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController reach what is beneath.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
