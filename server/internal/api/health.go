package api

import (
	"context"
	"net/http"
	"time"
)

// readyTime is how long the database may take to say that it is there.
const readyTime = 2 * time.Second

// live says that the process serves.
func (a *API) live(w http.ResponseWriter, r *http.Request) error { return fine(w) }

// ready says that requests may come here: the database can be read and written, and the node is not going away.
func (a *API) ready(w http.ResponseWriter, r *http.Request) error {
	if a.draining.Load() {
		return errDraining
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := a.Store.Ready(ctx); err != nil {
		return err
	}
	return fine(w)
}

func fine(w http.ResponseWriter) error {
	return answerJSON(w, http.StatusOK, []byte(`{"status":"ok"}`))
}

func (a *API) showOpenAPI(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(openAPI)
	return nil
}
