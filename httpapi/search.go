package httpapi

import (
	"net/http"
	"strconv"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/records"
)

func (a *API) searchRoutes() []route {
	return []route{{
		method: http.MethodGet, path: "/api/search", id: "searchAll", tag: "data", operation: "search", summary: "Search the text of every collection that you know",
		description: "The limit is of each collection: 5 unless said otherwise, at most 100.",
		handler:     a.searchAll, viewing: true, query: []string{"q", "limit"}, status: http.StatusOK, answer: records.Found{},
	}}
}

func (a *API) searchAll(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "q", "limit")
	if err != nil {
		return err
	}
	limit, err := whole(v, "limit")
	if err != nil {
		return err
	}
	found, err := a.options.Records.SearchAll(r.Context(), actor, v["q"], limit)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, found)
}

// whole reads a parameter of the URL that is a whole number, nil if it is not there.
func whole(v map[string]string, name string) (*int, error) {
	text, ok := v[name]
	if !ok {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, remit.FieldErrorf(name, "must be a whole number")
	}
	return &n, nil
}
