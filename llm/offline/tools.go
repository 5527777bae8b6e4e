package offline

import (
	"encoding/json"
	"slices"
)

// The arguments and results of the tools, as the HTTP API has them. Only what
// the planner uses is named.

type aggregateCall struct {
	Source     string         `json:"data_source,omitempty"`
	Collection string         `json:"collection"`
	Measures   []measureArg   `json:"measures"`
	Dimensions []dimensionArg `json:"dimensions,omitempty"`
	Filter     any            `json:"filter,omitempty"`
	Sort       []string       `json:"sort,omitempty"`
	Limit      int            `json:"limit,omitempty"`
}

type measureArg struct {
	Fn     string `json:"fn"`
	Field  string `json:"field,omitempty"`
	Filter any    `json:"filter,omitempty"`
	As     string `json:"as,omitempty"`
}

type dimensionArg struct {
	Field  string `json:"field"`
	Bucket string `json:"bucket,omitempty"`
}

type queryCall struct {
	Source     string   `json:"data_source,omitempty"`
	Collection string   `json:"collection"`
	Fields     []string `json:"fields,omitempty"`
	Filter     any      `json:"filter,omitempty"`
	Sort       []string `json:"sort,omitempty"`
	Limit      int      `json:"limit,omitempty"`
	Total      bool     `json:"total,omitempty"`
}

type countCall struct {
	Source     string `json:"data_source,omitempty"`
	Collection string `json:"collection"`
	Filter     any    `json:"filter,omitempty"`
}

type columnInfo struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Title    string `json:"title"`
	Currency string `json:"currency"`
}

type aggregateResult struct {
	Columns []columnInfo     `json:"columns"`
	Rows    []map[string]any `json:"rows"`
	Records json.Number      `json:"records"`
	More    bool             `json:"more"`
}

// column returns the column called name; the zero value where there is none.
func (r *aggregateResult) column(name string) columnInfo { return columnNamed(r.Columns, name) }

func columnNamed(columns []columnInfo, name string) columnInfo {
	if i := slices.IndexFunc(columns, func(c columnInfo) bool { return c.Name == name }); i >= 0 {
		return columns[i]
	}
	return columnInfo{Name: name}
}

type queryResult struct {
	Columns    []columnInfo     `json:"columns"`
	Records    []map[string]any `json:"records"`
	NextCursor string           `json:"next_cursor"`
	Total      json.Number      `json:"total"`
}

// isHidden reports whether a record's cell is hidden from its reader.
func isHidden(record map[string]any, column string) bool {
	hidden, _ := record["_hidden"].([]any)
	return slices.Contains(hidden, any(column))
}

type countResult struct {
	Count json.Number `json:"count"`
}

func (d *desk) aggregate(c aggregateCall) (*aggregateResult, error) {
	var result aggregateResult
	if err := d.call(toolAggregate, c, &result); err != nil {
		return nil, err
	}
	return &result, nil
}

func (d *desk) query(c queryCall) (*queryResult, error) {
	var result queryResult
	if err := d.call(toolQuery, c, &result); err != nil {
		return nil, err
	}
	return &result, nil
}

func (d *desk) count(c countCall) (json.Number, error) {
	var result countResult
	if err := d.call(toolCount, c, &result); err != nil {
		return "", err
	}
	return result.Count, nil
}

// schema asks for the collections that the actor may see.
func (d *desk) schema() (*schema, error) {
	var result struct {
		Collections []*collection `json:"collections"`
	}
	if err := d.call(toolCollections, struct{}{}, &result); err != nil {
		return nil, err
	}
	return newSchema(result.Collections), nil
}
