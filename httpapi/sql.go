package httpapi

import (
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/records"
)

type sqlBody struct {
	Statement string `json:"statement" doc:"One SELECT over collections, in a subset of PostgreSQL's SQL."`
	Limit     int    `json:"limit,omitempty" minimum:"1" maximum:"1000" default:"1000"`
}

type sqlAnswer struct {
	Collections []string      `json:"collections" nullable:"false" doc:"That the statement reads."`
	Columns     []lens.Column `json:"columns" nullable:"false"`
	Rows        []groupAnswer `json:"rows" nullable:"false"`
	More        bool          `json:"more" doc:"There are more rows than the limit."`
}

func (a *API) sqlRoutes() []route {
	return []route{{
		method: http.MethodPost, path: "/api/sql", id: "executeSQL", tag: "data", operation: "sql", summary: "Answer a SELECT over what you may see",
		description: "For whom the rule of the tool execute_sql allows it. Records, cells, fields and collections that you may not see do not exist for the statement. Every statement is recorded, refused ones too.",
		handler:     a.sql, viewing: true, body: sqlBody{}, status: http.StatusOK, answer: sqlAnswer{},
	}}
}

func (a *API) sql(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	q, err := records.ParseSQL(body)
	if err != nil {
		return err
	}
	result, err := a.options.Records.SQL(r.Context(), actor, q)
	if err != nil {
		return err
	}
	return a.send(w, http.StatusOK, result.AppendJSON)
}
