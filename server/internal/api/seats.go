package api

import (
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) listSeats(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := a.Documents.MayListSeats(r.Context(), actor, doc); err != nil {
		return err
	}
	list := wire.List[wire.SeatItem]{Items: []wire.SeatItem{}}
	for _, seat := range a.Hub.Seats(doc) {
		list.Items = append(list.Items, wire.SeatItem{
			Seat:  seat.Seat,
			User:  seat.Actor.User,
			Name:  seat.Actor.Name,
			Guest: seat.Actor.Guest,
			By:    string(seat.Actor.Credential.Kind),
			Role:  seat.Role,
			Since: seat.Since,

			Follows: seat.Follows,
		})
	}
	return answer(w, http.StatusOK, list)
}

func (a *API) disconnect(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	seat, _ := id.Parse[id.Seat](r.PathValue("seat")) // what is no id is nobody's seat
	if err := a.Documents.Disconnect(r.Context(), actor, doc, seat); err != nil {
		return err
	}
	return nothing(w)
}
