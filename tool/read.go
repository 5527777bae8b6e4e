package tool

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// Builtin returns the built-in tools over data.
func Builtin(data Data) []*Tool {
	r, w, s := reader{data}, writer{data}, newSeer(data)
	return []*Tool{
		New(Spec{
			Name: "list_collections", Title: "List collections", Effect: Reads, Schema: json.RawMessage(listSchema),
			Description: "Lists the collections (tables) that you may use, with their fields. Start here if you do not know what there is.",
		}, r.collections),
		New(Spec{
			Name: "describe_collection", Title: "Describe a collection", Effect: Reads, Schema: json.RawMessage(describeSchema),
			Description: "Describes one collection: each field's type, meaning, enum options, relation target and currency, and what you may do. Look here before you filter by an enum or are unsure of a field's name.",
		}, r.describe),
		New(Spec{
			Name: "query_records", Title: "Query records", Effect: Reads, Schema: json.RawMessage(querySchema),
			Description: "Returns records of a collection: filtered, sorted, a page at a time. Only records and fields that the person may see exist for this tool. Do not fetch records to add them up: use aggregate_records, which is exact and sees all of them.",
		}, r.query),
		New(Spec{
			Name: "count_records", Title: "Count records", Effect: Reads, Schema: json.RawMessage(countSchema),
			Description: "Counts the records of a collection that match a filter. Cheaper than querying them.",
		}, r.count),
		New(Spec{
			Name: "aggregate_records", Title: "Aggregate records", Effect: Reads, Schema: json.RawMessage(aggregateSchema),
			Description: "Computes exact figures (count, sum, average, minimum, maximum, distinct count, ratio) over records, in groups. Use it for every total, average, rate, ranking and trend; never compute these yourself.",
		}, r.aggregate),
		New(Spec{
			Name: "get_record", Title: "Get a record", Effect: Reads, Schema: json.RawMessage(getSchema),
			Description: "Returns one record by its id, with its _version for a later change.",
		}, r.get),
		New(Spec{
			Name: "search_records", Title: "Search records", Effect: Reads, Schema: json.RawMessage(searchSchema),
			Description: "Finds records that hold a text, in every collection at once. Use it to find a customer or person by a name that may be incomplete; use query_records when you know the field.",
		}, r.search),
		sqlTool(data),
		New(Spec{
			Name: "predict_outcome", Title: "Predict outcomes", Effect: Reads, Schema: json.RawMessage(predictSchema),
			Description: "Foretells the chance that open records will be won (or accepted, converted …), by a model learned from the decided records that the person may see: of one record by id, or the likeliest of those that match a filter. " +
				"Says on how many records it rests, how well it does on records it had not seen, what weighs most, and for each record why. If \"declined\" is set there is no prediction: tell the person the message, and make none of your own.",
		}, s.predict),
		New(Spec{
			Name: "forecast_pipeline", Title: "Forecast the pipeline", Effect: Reads, Schema: json.RawMessage(forecastSchema),
			Description: "Forecasts what open records will bring, by period: expected wins, and the sum of chance times amount, each with an interval. Learns as predict_outcome does, and declines as it does. " +
				"Periods that have passed hold records that are overdue: say so. The result can be drawn as a chart.",
		}, s.forecast),
		New(Spec{
			Name: "create_record", Title: "Create a record", Effect: Creates, Schema: json.RawMessage(createSchema),
			Description: "Creates a record and returns it. A person may have to confirm it first.",
		}, w.create),
		New(Spec{
			Name: "update_record", Title: "Update a record", Effect: Updates, Schema: json.RawMessage(updateSchema),
			Description: "Changes fields of one record and returns it. Read the record first and pass its _version. A person may have to confirm it first.",
		}, w.update),
		New(Spec{
			Name: "delete_record", Title: "Delete a record", Effect: Deletes, Schema: json.RawMessage(deleteSchema),
			Description: "Deletes one record. A person may have to confirm it first.",
		}, w.remove),
	}
}

// target says which collection an input is about.
type target struct {
	Source     string `json:"data_source"`
	Collection string `json:"collection"`
}

// SetDefaults names the main source, so that a tool's condition sees one
// spelling only.
func (t *target) SetDefaults() {
	if t.Source == "" {
		t.Source = remit.MainSource
	}
}

type reader struct{ data Data }

type listInput struct{}

// collectionSummary is a collection as the list shows it: enough to write a
// query, without the descriptions, tags and flags that would fill a model's
// context.
type collectionSummary struct {
	Source      string         `json:"data_source"`
	Name        string         `json:"name"`
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	TimeField   string         `json:"time_field,omitempty"`
	TitleField  string         `json:"title_field,omitempty"`
	Actions     []string       `json:"actions"`
	Fields      []fieldSummary `json:"fields"`
}

type fieldSummary struct {
	Name     string          `json:"name"`
	Type     remit.FieldType `json:"type"`
	Title    string          `json:"title,omitempty"`
	Options  []string        `json:"options,omitempty"`
	Target   string          `json:"target,omitempty"`
	Currency string          `json:"currency,omitempty"`
	Format   string          `json:"format,omitempty"`
}

func summary(c lens.CollectionInfo) collectionSummary {
	s := collectionSummary{
		Source: c.Source, Name: c.Name, Title: c.Title, Description: c.Description,
		TimeField: c.TimeField, TitleField: c.TitleField, Actions: c.Actions, Fields: make([]fieldSummary, len(c.Fields)),
	}
	for i, f := range c.Fields {
		s.Fields[i] = fieldSummary{f.Name, f.Type, f.Title, f.Options, f.Target, f.Currency, f.Format}
	}
	return s
}

func (r reader) collections(ctx context.Context, actor remit.Actor, _ listInput) (*Result, error) {
	from := traced(actor)
	infos, err := r.data.TracedCollections(ctx, actor, from)
	if err != nil {
		return nil, err
	}
	list := make([]collectionSummary, len(infos))
	for i, c := range infos {
		list[i] = summary(c)
	}
	return result(map[string]any{"collections": list}, Result{Text: plural(len(list), "collection"), Rows: len(list), Lineage: from})
}

type describeInput struct{ target }

func (r reader) describe(ctx context.Context, actor remit.Actor, in describeInput) (*Result, error) {
	from := traced(actor)
	info, err := r.data.TracedDescribe(ctx, actor, in.Source, in.Collection, from)
	if err != nil {
		return nil, err
	}
	return result(info, Result{Text: fmt.Sprintf("%s: %s", info.Name, plural(len(info.Fields), "field")), Rows: 1, Lineage: from})
}

type queryInput struct {
	target
	Fields []string        `json:"fields"`
	Filter json.RawMessage `json:"filter"`
	Sort   []string        `json:"sort"`
	Limit  *int            `json:"limit"`
	Cursor string          `json:"cursor"`
	Total  bool            `json:"total"`
}

func (r reader) query(ctx context.Context, actor remit.Actor, in queryInput) (*Result, error) {
	from := traced(actor)
	page, err := r.data.Query(ctx, actor, lens.Query{
		Source: in.Source, Collection: in.Collection, Fields: in.Fields, Filter: in.Filter,
		Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor, Total: in.Total, Lineage: from,
	})
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s of %s", plural(len(page.Records), "record"), page.Collection)
	if page.Total != nil {
		text = fmt.Sprintf("%d of %s of %s", len(page.Records), plural(int(*page.Total), "record"), page.Collection)
	}
	if page.NextCursor != "" {
		text += ", more to come"
	}
	return pageResult(page, text, from)
}

type countInput struct {
	target
	Filter json.RawMessage `json:"filter"`
}

func (r reader) count(ctx context.Context, actor remit.Actor, in countInput) (*Result, error) {
	from := traced(actor)
	n, err := r.data.Count(ctx, actor, lens.CountQuery{Source: in.Source, Collection: in.Collection, Filter: in.Filter, Lineage: from})
	if err != nil {
		return nil, err
	}
	answer := struct {
		Collection string `json:"collection"`
		Count      int64  `json:"count"`
	}{in.Collection, n}
	return result(answer, Result{Text: fmt.Sprintf("%s of %s", plural(int(n), "record"), in.Collection), Rows: 1, Lineage: from})
}

type aggregateInput struct {
	target
	Measures   []lens.Measure   `json:"measures"`
	Dimensions []lens.Dimension `json:"dimensions"`
	Filter     json.RawMessage  `json:"filter"`
	Sort       []string         `json:"sort"`
	Limit      *int             `json:"limit"`
}

func (r reader) aggregate(ctx context.Context, actor remit.Actor, in aggregateInput) (*Result, error) {
	from := traced(actor)
	table, err := r.data.Aggregate(ctx, actor, lens.AggregateQuery{
		Source: in.Source, Collection: in.Collection, Measures: in.Measures,
		Dimensions: in.Dimensions, Filter: in.Filter, Sort: in.Sort, Limit: in.Limit, Lineage: from,
	})
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s over %s of %s", plural(len(table.Rows), "group"), plural(int(table.Records), "record"), table.Collection)
	quotes := slices.ContainsFunc(table.Columns, func(c lens.Column) bool { return c.Type == remit.Text })
	return result(table, Result{Text: text, Rows: len(table.Rows), Untrusted: quotes && len(table.Rows) > 0, Lineage: from})
}

type getInput struct {
	target
	ID     remit.ID `json:"id"`
	Fields []string `json:"fields"`
}

func (r reader) get(ctx context.Context, actor remit.Actor, in getInput) (*Result, error) {
	from := traced(actor)
	page, err := r.data.Record(ctx, actor, lens.RecordQuery{Source: in.Source, Collection: in.Collection, ID: in.ID, Fields: in.Fields, Lineage: from})
	if err != nil {
		return nil, err
	}
	return pageResult(page, "one record of "+page.Collection, from)
}

type searchInput struct {
	Text        string   `json:"text"`
	Collections []string `json:"collections"`
	Limit       *int     `json:"limit"`
}

func (r reader) search(ctx context.Context, actor remit.Actor, in searchInput) (*Result, error) {
	from := traced(actor)
	hits, err := r.data.Search(ctx, actor, lens.SearchQuery{Text: in.Text, Collections: in.Collections, Limit: in.Limit, Lineage: from})
	if err != nil {
		return nil, err
	}
	answer := struct {
		Text string           `json:"text"`
		Hits []lens.SearchHit `json:"hits"`
	}{in.Text, hits}
	if hits == nil {
		answer.Hits = []lens.SearchHit{} // an empty list reads better than null
	}
	return result(answer, Result{Text: plural(len(hits), "hit"), Rows: len(hits), Untrusted: len(hits) > 0, Lineage: from})
}

// pageResult returns a page of records. Any of its cells may hold what an
// outsider wrote.
func pageResult(page *lens.Page, text string, from *lens.Lineage) (*Result, error) {
	n := len(page.Records)
	return result(page, Result{Text: text, Rows: n, Untrusted: n > 0, Lineage: from})
}

// appender is a value that writes its own JSON, which encoding/json would read
// through once more and leave as it is.
type appender interface{ AppendJSON(b []byte) []byte }

// result returns r with v as its JSON.
func result(v any, r Result) (*Result, error) {
	if own, ok := v.(appender); ok {
		r.JSON = own.AppendJSON(nil)
		return &r, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode the result: %w", err)
	}
	r.JSON = raw
	return &r, nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
