package httpapi

import (
	"errors"
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/records"
)

type bulkBody struct {
	DataSource string            `json:"data_source,omitempty" default:"main"`
	IDs        []string          `json:"ids" nullable:"false" minItems:"1" maxItems:"1000"`
	Versions   map[string]string `json:"versions,omitempty" doc:"_version by id, of records that must not have changed."`
	Values     *valuesObject     `json:"values,omitempty" doc:"What to set on each, e.g. owner_id to hand them over."`
	Delete     bool              `json:"delete,omitempty" doc:"Delete them; without values."`
}

// RecordProblem says what stands against a change of one record of several.
type RecordProblem struct {
	ID     remit.ID `json:"id"`
	Kind   string   `json:"kind"`
	Detail string   `json:"detail"`
	Field  string   `json:"field,omitempty"`
	Hint   string   `json:"hint,omitempty"`
}

func (a *API) bulkRoutes() []route {
	return []route{{
		method: http.MethodPost, path: "/api/collections/{name}/bulk", id: "bulkRecords", tag: "data", operation: "update", summary: "Change or delete many records: all of them or none",
		description: "Each is checked as by itself. If one cannot be changed, none is, and records says what stands against each.",
		handler:     a.bulk, query: []string{"data_source"}, body: bulkBody{}, status: http.StatusOK, answer: lens.BulkResult{},
	}}
}

func (a *API) bulk(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, source, err := dataBody(w, r)
	if err != nil {
		return err
	}
	change, err := records.ParseBulk(r.PathValue("name"), body)
	if err == nil {
		err = setSource(&change.Source, source)
	}
	if err != nil {
		return err
	}
	result, err := a.options.Records.Bulk(r.Context(), actor, change)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, result)
}

// recordProblems lists what an error says of single records.
func recordProblems(err error) (list []RecordProblem) {
	var bulk *lens.BulkError
	if !errors.As(err, &bulk) {
		return nil
	}
	for _, p := range bulk.Problems {
		e := asError(p.Err)
		list = append(list, RecordProblem{p.ID, e.Kind.String(), e.Message, e.Field, e.Hint})
	}
	return list
}
