package httpapi

import (
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

func (a *API) historyRoutes() []route {
	return []route{{
		method: http.MethodGet, path: "/api/collections/{name}/records/{id}/history", id: "recordHistory", tag: "data", operation: string(lens.OpHistory),
		summary:     "Who changed what of a record, and when",
		description: "The newest change first, of the fields that you see on the record now; limit is 50 unless said otherwise, at most 200. A link to a record that you may not see is null.",
		handler:     a.history, viewing: true, query: []string{"data_source", "limit", "cursor"}, status: http.StatusOK, answer: lens.History{},
	}}
}

func (a *API) history(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "data_source", "limit", "cursor")
	if err != nil {
		return err
	}
	limit, err := whole(v, "limit")
	if err != nil {
		return err
	}
	at := place(r, v["data_source"])
	found, err := a.options.Records.History(r.Context(), actor, lens.HistoryQuery{
		Source: at.Source, Collection: at.Collection, ID: at.ID, Cursor: v["cursor"], Limit: limit,
	})
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, found)
}
