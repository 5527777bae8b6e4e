package tool

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// recorder is a Data that answers with little and remembers everything.
type recorder struct {
	actors  []remit.Actor
	queries []any
	err     error
}

func (r *recorder) note(actor remit.Actor, q any) error {
	r.actors = append(r.actors, actor)
	r.queries = append(r.queries, q)
	return r.err
}

func (r *recorder) page(collection string) *lens.Page {
	return &lens.Page{
		Collection: collection,
		Columns:    []lens.Column{{Name: "name", Type: remit.Text, Title: "Name"}},
		Records:    []lens.Record{{ID: "a", Values: []remit.Value{remit.TextValue("Acme")}, Version: "v1"}},
	}
}

func (r *recorder) Query(_ context.Context, a remit.Actor, q lens.Query) (*lens.Page, error) {
	return r.page(q.Collection), r.note(a, q)
}

func (r *recorder) Record(_ context.Context, a remit.Actor, q lens.RecordQuery) (*lens.Page, error) {
	return r.page(q.Collection), r.note(a, []any{q.Source, q.Collection, q.ID, q.Fields})
}

func (r *recorder) Count(_ context.Context, a remit.Actor, q lens.CountQuery) (int64, error) {
	return 7, r.note(a, q)
}

func (r *recorder) Aggregate(_ context.Context, a remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error) {
	return &lens.AggregateResult{
		Collection: q.Collection, Records: 3,
		Columns: []lens.Column{{Name: "revenue", Type: remit.Currency, Currency: "USD"}},
		Rows:    [][]remit.Value{{remit.MoneyValue(123450, "USD")}},
	}, r.note(a, q)
}

func (r *recorder) SQL(_ context.Context, a remit.Actor, q lens.SQLQuery) (*lens.SQLResult, error) {
	return &lens.SQLResult{
		Collections: []string{"accounts"}, More: true,
		Columns: []lens.Column{{Name: "name", Type: remit.Text}}, Rows: [][]remit.Value{{remit.TextValue("Alpha")}},
	}, r.note(a, q)
}

func (r *recorder) Search(_ context.Context, a remit.Actor, q lens.SearchQuery) ([]lens.SearchHit, error) {
	return nil, r.note(a, q)
}

func (r *recorder) TracedCollections(_ context.Context, a remit.Actor, from *lens.Lineage) ([]lens.CollectionInfo, error) {
	info, _ := r.TracedDescribe(context.Background(), a, "main", "accounts", from)
	return []lens.CollectionInfo{*info}, r.err
}

func (r *recorder) TracedDescribe(_ context.Context, a remit.Actor, source, name string, _ *lens.Lineage) (*lens.CollectionInfo, error) {
	return &lens.CollectionInfo{
		Source: source, Name: name, Title: "Accounts", Actions: []string{"view"},
		Fields: []lens.FieldInfo{{Field: remit.Field{Name: "name", Type: remit.Text, Title: "Name"}}},
	}, r.note(a, []string{source, name})
}

func (r *recorder) Create(_ context.Context, a remit.Actor, c lens.Change) (*lens.Page, error) {
	return r.page(c.Collection), r.note(a, c)
}

func (r *recorder) Update(_ context.Context, a remit.Actor, c lens.Change) (*lens.Page, error) {
	return r.page(c.Collection), r.note(a, c)
}

func (r *recorder) Delete(_ context.Context, a remit.Actor, c lens.Removal) error {
	return r.note(a, c)
}

// gate is a Gate that allows, refuses, and remembers.
type gate struct {
	refuse error
	actors []remit.Actor
	inputs []map[string]any
}

func (g *gate) MayCallTool(_ context.Context, a remit.Actor, input map[string]any) error {
	g.actors = append(g.actors, a)
	g.inputs = append(g.inputs, input)
	return g.refuse
}

func builtin(t testing.TB, data Data) *Registry {
	t.Helper()
	r, err := NewRegistry(Builtin(data)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var asker = remit.Actor{Person: "p", Employee: "viz", Task: "month", Service: "local", Channel: remit.ChannelWeb}

func TestBuiltinToolsAskTheLensForTheActor(t *testing.T) {
	limit := 5
	page := `{"collection":"accounts","columns":[{"name":"name","type":"text","title":"Name"}],"records":[{"id":"a","name":"Acme","_version":"v1"}]}`
	tests := []struct {
		tool, arguments string
		query           any
		json, text      string
	}{
		{
			"query_records", `{"collection":"accounts","fields":["name"],"filter":{"name":"Acme"},"sort":["-name"],"limit":5,"cursor":"c","total":true}`,
			lens.Query{Source: "main", Collection: "accounts", Fields: []string{"name"}, Filter: json.RawMessage(`{"name":"Acme"}`), Sort: []string{"-name"}, Limit: &limit, Cursor: "c", Total: true},
			page, "1 record of accounts",
		},
		{"count_records", `{"collection":"accounts","filter":null}`, lens.CountQuery{Source: "main", Collection: "accounts", Filter: json.RawMessage("null")}, `{"collection":"accounts","count":7}`, "7 records of accounts"},
		{
			"aggregate_records", `{"collection":"accounts","data_source":"main","measures":[{"fn":"sum","field":"amount","as":"revenue"}],"dimensions":[{"field":"created_at","bucket":"month"}]}`,
			lens.AggregateQuery{Source: "main", Collection: "accounts", Measures: []lens.Measure{{Fn: "sum", Field: "amount", As: "revenue"}}, Dimensions: []lens.Dimension{{Field: "created_at", Bucket: "month"}}},
			`{"collection":"accounts","columns":[{"name":"revenue","type":"money","currency":"USD"}],"rows":[{"revenue":1234.50}],"records":3,"more":false}`, "1 group over 3 records of accounts",
		},
		{"get_record", `{"collection":"accounts","id":"a"}`, []any{"main", "accounts", remit.ID("a"), []string(nil)}, page, "one record of accounts"},
		{"search_records", `{"text":"acme"}`, lens.SearchQuery{Text: "acme"}, `{"text":"acme","hits":[]}`, "0 hits"},
		{
			"describe_collection", `{"collection":"accounts"}`,
			[]string{"main", "accounts"},
			`{"data_source":"main","name":"accounts","title":"Accounts","actions":["view"],"fields":[{"name":"name","type":"text","title":"Name","sensitivity":"","updatable":false,"creatable":false}]}`, "accounts: 1 field",
		},
		{
			"list_collections", ``,
			[]string{"main", "accounts"},
			`{"collections":[{"data_source":"main","name":"accounts","title":"Accounts","actions":["view"],"fields":[{"name":"name","type":"text","title":"Name"}]}]}`, "1 collection",
		},
		{"create_record", `{"collection":"accounts","values":{"name":"Acme"}}`, lens.Change{Source: "main", Collection: "accounts", Values: map[string]json.RawMessage{"name": json.RawMessage(`"Acme"`)}}, page, "created a record of accounts"},
		{"update_record", `{"collection":"accounts","id":"a","version":"v1","values":{"name":null}}`, lens.Change{Source: "main", Collection: "accounts", ID: "a", Version: "v1", Values: map[string]json.RawMessage{"name": json.RawMessage("null")}}, page, "updated a record of accounts"},
		{"delete_record", `{"collection":"accounts","id":"a"}`, lens.Removal{Source: "main", Collection: "accounts", ID: "a"}, `{"collection":"accounts","id":"a","deleted":true}`, "deleted a record of accounts"},
	}
	for _, test := range tests {
		t.Run(test.tool, func(t *testing.T) {
			data, g := &recorder{}, &gate{}
			got, err := builtin(t, data).Call(t.Context(), g, asker, test.tool, json.RawMessage(test.arguments))
			if err != nil {
				t.Fatal(err)
			}
			want := asker
			want.Tool = test.tool
			if diff := cmp.Diff([]remit.Actor{want}, data.actors); diff != "" {
				t.Errorf("actors at the lens (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]remit.Actor{want}, g.actors); diff != "" {
				t.Errorf("actors at the gate (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]any{test.query}, data.queries); diff != "" {
				t.Errorf("query (-want +got):\n%s", diff)
			}
			if string(got.JSON) != test.json {
				t.Errorf("JSON\n got %s\nwant %s", got.JSON, test.json)
			}
			if got.Text != test.text {
				t.Errorf("text %q, want %q", got.Text, test.text)
			}
		})
	}
}

func TestResultsThatQuoteRecordsAreUntrusted(t *testing.T) {
	r := builtin(t, &recorder{})
	for tool, want := range map[string]bool{
		`query_records {"collection":"a"}`:                               true,
		`get_record {"collection":"a","id":"x"}`:                         true,
		`count_records {"collection":"a"}`:                               false,
		`aggregate_records {"collection":"a","measures":[{"fn":"sum"}]}`: false,
		`describe_collection {"collection":"a"}`:                         false,
	} {
		name, arguments, _ := strings.Cut(tool, " ")
		got, err := r.Call(t.Context(), &gate{}, asker, name, json.RawMessage(arguments))
		if err != nil {
			t.Fatal(err)
		}
		if got.Untrusted != want {
			t.Errorf("%s: untrusted = %t", name, got.Untrusted)
		}
	}
}

func TestGateRefusesBeforeTheLensIsAsked(t *testing.T) {
	data := &recorder{}
	refusal := remit.Errorf(remit.KindDenied, "only finance may")
	for _, g := range []Gate{nil, &gate{refuse: refusal}} {
		_, err := builtin(t, data).Call(t.Context(), g, asker, "count_records", json.RawMessage(`{"collection":"orders"}`))
		if remit.KindOf(err) != remit.KindDenied {
			t.Errorf("gate %v: error %v", g, err)
		}
	}
	if len(data.queries) > 0 {
		t.Errorf("the lens was asked: %v", data.queries)
	}
}

// What the gate judges must be what runs: encoding/json alone would take
// {"Collection": …} for the collection, and the gate would not.
func TestGateSeesTheInputThatRuns(t *testing.T) {
	data, g := &recorder{}, &gate{}
	r := builtin(t, data)
	if _, err := r.Call(t.Context(), g, asker, "count_records", json.RawMessage(`{"collection":"orders"}`)); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"data_source": "main", "collection": "orders", "filter": nil}
	if diff := cmp.Diff(want, g.inputs[0]); diff != "" {
		t.Errorf("gate's input (-want +got):\n%s", diff)
	}
	if got := data.queries[0].(lens.CountQuery).Collection; got != "orders" {
		t.Errorf("the lens was asked for %q, the gate for orders", got)
	}
	for _, evasion := range []string{`{"collection":"accounts","collection":"orders"}`, `{"Collection":"orders"}`, `{"collection":"accounts","COLLECTION":"orders"}`, `{"collection":"accounts","collectıon":"orders"}`} {
		if _, err := r.Prepare("count_records", json.RawMessage(evasion)); err == nil {
			t.Errorf("%s was accepted", evasion)
		}
	}
}

func TestErrorsSayWhatToChange(t *testing.T) {
	tests := []struct {
		tool, arguments string
		kind            remit.Kind
		says            string
	}{
		{"update_record", `{"collection":"a","id":"x","values":{"a":1e999}}`, remit.KindInvalid, "values: holds a number"},
		{"querry_records", `{}`, remit.KindNotFound, `did you mean "query_records"?`},
		{"query_records", `{"collection":"a","limit":"ten"}`, remit.KindInvalid, "limit: expected a whole number, not string"},
		{"query_records", `{"collection":5}`, remit.KindInvalid, "collection: expected a text, not number"},
		{"query_records", `{"collection":"a","fields":"name"}`, remit.KindInvalid, "fields: expected a list, not string"},
		{"query_records", `{"collection":"a","filters":{}}`, remit.KindInvalid, `did you mean "filter"?`},
		{"query_records", `{"filter":{}}`, remit.KindInvalid, "collection: is missing"},
		{"query_records", `{"collection":`, remit.KindInvalid, "not well-formed JSON near byte"},
		{"query_records", `["accounts"]`, remit.KindInvalid, "one JSON object"},
		{"query_records", "{\"collection\":\"\xff\"}", remit.KindInvalid, "UTF-8"},
		{"query_records", `{"collection":"` + strings.Repeat("a", maxArguments) + `"}`, remit.KindLimited, "at most"},
		{"aggregate_records", `{"collection":"a","measures":[{"function":"sum"}]}`, remit.KindInvalid, `"function"`},
		{"list_collections", `{"collection":"a"}`, remit.KindInvalid, "takes none"},
	}
	r := builtin(t, &recorder{})
	for _, test := range tests {
		_, err := r.Prepare(test.tool, json.RawMessage(test.arguments))
		var e *remit.Error
		if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(e.Public(), test.says) {
			t.Errorf("%s %.60s: %v, want one that says %q", test.tool, test.arguments, err, test.says)
		}
	}
}

func TestStringifiedObjectsAreRead(t *testing.T) {
	c, err := builtin(t, &recorder{}).Prepare("query_records", json.RawMessage(`{"collection":"a","filter":"{\"stage\":\"won\"}","fields":"[\"name\"]"}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := `"fields":["name"],"filter":{"stage":"won"}`; !strings.Contains(string(c.Input), want) {
		t.Errorf("input %s lacks %s", c.Input, want)
	}
}

// A schema and the struct behind it must not drift apart.
func TestSchemasMatchTheirInputs(t *testing.T) {
	inputs := map[string]any{
		"list_collections": listInput{}, "describe_collection": describeInput{}, "query_records": queryInput{},
		"count_records": countInput{}, "aggregate_records": aggregateInput{}, "get_record": getInput{},
		"predict_outcome": predictInput{}, "forecast_pipeline": forecastInput{}, "execute_sql": sqlInput{},
		"search_records": searchInput{}, "create_record": createInput{}, "update_record": updateInput{}, "delete_record": deleteInput{},
	}
	for _, tool := range builtin(t, &recorder{}).Tools() {
		var declared []string
		for _, p := range tool.arguments {
			declared = append(declared, p.name)
		}
		names := jsonNames(reflect.TypeOf(inputs[tool.Name]))
		slices.Sort(declared)
		slices.Sort(names)
		if diff := cmp.Diff(names, declared); diff != "" {
			t.Errorf("%s (-struct +schema):\n%s", tool.Name, diff)
		}
		if tool.Description == "" || tool.Title == "" || tool.Effect == "" {
			t.Errorf("%s lacks a description, a title or an effect", tool.Name)
		}
		if n := strings.Count(string(tool.Schema), `"type"`); n > 1 && strings.Count(string(tool.Schema), `"description"`) < len(declared) {
			t.Errorf("%s has properties without a description", tool.Name)
		}
	}
}

func jsonNames(of reflect.Type) []string {
	var names []string
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Anonymous {
			names = append(names, jsonNames(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func TestRegistryRefusesWhatModelsCannotUse(t *testing.T) {
	good := func(name, schema string) *Tool {
		return New(Spec{Name: name, Schema: json.RawMessage(schema)}, func(context.Context, remit.Actor, listInput) (*Result, error) { return nil, nil })
	}
	for _, tools := range [][]*Tool{
		{good("a", listSchema), good("a", listSchema)},
		{good("", listSchema)},
		{good("Has Space", listSchema)},
		{good(strings.Repeat("a", 65), listSchema)},
		{good("a", `{"type":"array"}`)},
		{good("a", `{`)},
		{good("a", `{"type":"object","properties":[]}`)},
	} {
		if _, err := NewRegistry(tools...); err == nil {
			t.Errorf("registry took %q with schema %s", tools[0].Name, tools[0].Schema)
		}
	}
}

func TestOnlyKeepsWhatIsNamed(t *testing.T) {
	r := builtin(t, &recorder{}).Only([]string{"get_record", "count_records", "overall_analytics"})
	if diff := cmp.Diff([]string{"count_records", "get_record"}, r.Names()); diff != "" {
		t.Error(diff)
	}
	if _, err := r.Prepare("delete_record", json.RawMessage(`{"collection":"a","id":"b"}`)); remit.KindOf(err) != remit.KindNotFound {
		t.Errorf("a tool that is not named: %v", err)
	}
}

// The canonical input is a fixed point: prepared again, it says the same.
func TestCanonicalInputIsStable(t *testing.T) {
	r := builtin(t, &recorder{})
	rapid.Check(t, func(t *rapid.T) {
		in := queryInput{
			target: target{rapid.SampledFrom([]string{"", "main", "erp"}).Draw(t, "source"), rapid.StringN(1, 20, -1).Draw(t, "collection")},
			Fields: rapid.SliceOf(rapid.String()).Draw(t, "fields"),
			Cursor: rapid.String().Draw(t, "cursor"),
			Total:  rapid.Bool().Draw(t, "total"),
		}
		written, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		first, err := r.Prepare("query_records", written)
		if err != nil {
			t.Fatal(err)
		}
		second, err := r.Prepare("query_records", first.Input)
		if err != nil {
			t.Fatal(err)
		}
		if string(first.Input) != string(second.Input) {
			t.Fatalf("%s became %s", first.Input, second.Input)
		}
	})
}

func FuzzPrepare(f *testing.F) {
	f.Add("query_records", `{"collection":"accounts","filter":{"stage":"won"},"limit":5}`)
	f.Add("aggregate_records", `{"collection":"a","measures":[{"fn":"count"}],"filter":"{}"}`)
	f.Add("update_record", `{"collection":"a","id":"x","values":{"a":1e999}}`)
	r := builtin(f, &recorder{})
	f.Fuzz(func(t *testing.T, name, arguments string) {
		c, err := r.Prepare(name, json.RawMessage(arguments))
		if err != nil {
			if remit.KindOf(err) == remit.KindInternal {
				t.Fatalf("not an error for a caller: %v", err)
			}
			return
		}
		if !json.Valid(c.Input) {
			t.Fatalf("the input is no JSON: %s", c.Input)
		}
		if _, err := c.Run(t.Context(), &gate{}, asker); err != nil && remit.KindOf(err) != remit.KindInvalid {
			t.Fatal(err)
		}
	})
}
