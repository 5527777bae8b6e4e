package httpapi_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/httpapi"
)

// TestBadInput sends what no caller should send: each answer is a problem that
// names the place and the remedy, never a fault of the server.
func TestBadInput(t *testing.T) {
	b := newBench(t)
	const query = "/api/collections/opportunities/query"
	nested := strings.Repeat("[", 50) + strings.Repeat("]", 50)
	tests := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		field, says              string
	}{
		{"no body", "POST", query, " ", nil, 400, "", "send a JSON object"},
		{"an array", "POST", query, `[]`, nil, 400, "", "must be an object"},
		{"unknown property", "POST", query, `{"limt":3}`, nil, 400, "limt", `did you mean \"limit\"?`},
		{"another case", "POST", query, `{"Limit":3}`, nil, 400, "Limit", `did you mean \"limit\"?`},
		{"a duplicate", "POST", query, `{"filter":{"stage":{"$eq":"won","$eq":"lost"}}}`, nil, 400, "filter.stage.$eq", "twice"},
		{"latin-1", "POST", query, "{\"filter\":{\"name\":\"caf\xe9\"}}", nil, 400, "filter.name", "UTF-8"},
		{"NUL", "POST", query, `{"filter":{"name":"\u0000"}}`, nil, 400, "filter.name", "NUL"},
		{"deep", "POST", query, `{"filter":` + nested + `}`, nil, 400, "filter" + strings.Repeat("[0]", 48), "48"},
		{"cut off", "POST", query, `{"filter":{`, nil, 400, "filter", "ends where"},
		{"huge limit", "POST", query, `{"limit":99999999999999999999}`, nil, 400, "limit", "whole number"},
		{"fraction", "POST", query, `{"limit":1.5}`, nil, 400, "limit", "whole number"},
		{"limit 0", "POST", query, `{"limit":0}`, nil, 400, "limit", "between 1 and 1000"},
		{"limit -1", "POST", query, `{"limit":-1}`, nil, 400, "limit", "between 1 and 1000"},
		{"limit 1e9", "POST", query, `{"limit":1000000000}`, nil, 400, "limit", "between 1 and 1000"},
		{"limit as 1e9", "POST", query, `{"limit":1e9}`, nil, 400, "limit", "whole number"},
		{"fields no list", "POST", query, `{"fields":"name"}`, nil, 400, "fields", "must be an array"},
		{"field no text", "POST", query, `{"fields":[1]}`, nil, 400, "fields[0]", "must be a string"},
		{"measure", "POST", "/api/collections/opportunities/aggregate", `{"measures":[{"fn":"sum","feild":"amount"}]}`, nil, 400, "measures[0].feild", `did you mean \"field\"?`},
		{"form", "POST", query, `a=b`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "", "application/json"},
		{"no type", "POST", query, `{}`, []string{"Content-Type: "}, 415, "", "application/json"},
		{"utf-16", "POST", query, `{}`, []string{"Content-Type: application/json; charset=utf-16"}, 415, "", "application/json"},
		{"10 MB", "POST", query, `{"cursor":"` + strings.Repeat("x", 10<<20) + `"}`, nil, 413, "", "1048576 bytes"},
		{"source twice", "POST", query + "?data_source=a", `{"data_source":"b"}`, nil, 400, "data_source", "different"},
		{"parameter", "GET", "/api/collections/opportunities/records?limt=1", "", nil, 400, "limt", `did you mean \"limit\"?`},
		{"parameter twice", "GET", "/api/collections/opportunities/records?limit=1&limit=2", "", nil, 400, "limit", "twice"},
		{"parameter filter", "GET", "/api/collections/opportunities/records?filter=%7B", "", nil, 400, "filter", "ends where"},
		{"parameter escape", "GET", "/api/collections/opportunities/records?filter=%zz", "", nil, 400, "", "RFC 3986"},
		{"parameter latin-1", "GET", "/api/collections/opportunities/records?cursor=%ff", "", nil, 400, "cursor", "UTF-8"},
		{"path NUL", "GET", "/api/collections/a%00b", "", nil, 400, "", "NUL"},
		{"path latin-1", "GET", "/api/collections/a%ffb", "", nil, 400, "", "UTF-8"},
		{"no record", "GET", "/api/collections/opportunities/records/1", "", nil, 404, "", "no such record"},
		{"no route", "GET", "/api/nothing", "", nil, 404, "", "openapi.json"},
		{"wrong method", "PUT", query, `{}`, nil, 405, "", "PUT"},
		{"no version", "PATCH", "/api/collections/opportunities/records/" + string(deal), `{"values":{"name":"x"}}`, nil, 400, "version", "_version"},
		{"weak tag", "PATCH", "/api/collections/opportunities/records/" + string(deal), `{"values":{}}`, []string{`If-Match: W/"v1"`}, 400, "If-Match", "ETag"},
		{"two versions", "PATCH", "/api/collections/opportunities/records/" + string(deal), `{"values":{},"version":"v1"}`, []string{`If-Match: "v2"`}, 400, "version", "different"},
		{"stale", "PATCH", "/api/collections/opportunities/records/" + string(deal), `{"values":{},"version":"v0"}`, nil, 409, "", "changed"},
		{"stale tag", "PATCH", "/api/collections/opportunities/records/" + string(deal), `{"values":{}}`, []string{`If-Match: "v0"`}, 412, "", "changed"},
		{"id of its own", "POST", "/api/collections/opportunities/records", `{"id":"x","values":{}}`, nil, 400, "id", "no such property"},
		{"history limit", "GET", "/api/collections/opportunities/records/x/history?limit=x", "", nil, 400, "limit", "whole number"},
		{"search limit", "GET", "/api/search?q=ab&limit=x", "", nil, 400, "limit", "whole number"},
		{"search parameter", "GET", "/api/search?text=ab", "", nil, 400, "text", "no such parameter"},
		{"export format", "POST", "/api/collections/opportunities/export", `{"format":"xml"}`, nil, 400, "format", "csv or json"},
		{"no question", "POST", "/api/ask", `{}`, nil, 400, "question", "say what to answer"},
		{"unknown of a question", "POST", "/api/ask", `{"question":"?","employe":"viz"}`, nil, 400, "employe", "employee"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := b.do(t, test.method, test.path, test.body, test.headers...)
			p := r.problem(t)
			if r.status != test.status || p.Field != test.field || !strings.Contains(r.body, test.says) {
				t.Errorf("got %d %s\nwant %d at %q with %q", r.status, r.body, test.status, test.field, test.says)
			}
		})
	}
	for range 20 { // which of several mistakes is told does not depend on chance
		r := b.do(t, "GET", "/api/collections/opportunities/records?sorts=1&limt=1&offset=1&filer=1", "")
		if p := r.problem(t); p.Field != "filer" {
			t.Fatalf("%q is told first", p.Field)
		}
	}
	if r := b.do(t, "PUT", query, `{}`); r.header.Get("Allow") != "POST" {
		t.Errorf("Allow %q", r.header.Values("Allow"))
	}
	if strings.Contains(b.log.String(), "panic") {
		t.Error("a handler panicked")
	}
}

// TestInputReachesTheLens checks that each property of an input arrives.
func TestInputReachesTheLens(t *testing.T) {
	b := newBench(t)
	limit := 7
	want := lens.Query{
		Source: "main", Collection: "opportunities", Fields: []string{"name", "account.name"}, Filter: []byte(`{"a":{"$eq":1}}`),
		Sort: []string{"-amount", "name"}, Limit: &limit, Cursor: "c", Versions: true, Total: true,
	}
	check := func(r reply) {
		t.Helper()
		if r.status != 200 || !reflect.DeepEqual(b.lens.last, want) {
			t.Errorf("%d %s: the lens got %+v, want %+v", r.status, r.body, b.lens.last, want)
		}
	}
	check(b.do(t, "POST", "/api/collections/opportunities/query", `{"data_source":"main","fields":["name","account.name"],"filter":{"a":{"$eq":1}},"sort":["-amount","name"],"limit":7,"cursor":"c","versions":true,"total":true}`))
	check(b.do(t, "GET", "/api/collections/opportunities/records?data_source=main&fields=name,account.name&filter=%7B%22a%22%3A%7B%22$eq%22%3A1%7D%7D&sort=-amount,name&limit=7&cursor=c&versions=true&total=true", ""))

	b.do(t, "PATCH", "/api/collections/opportunities/records/"+string(deal), `{"values":{"name":"x","amount":null}}`, `If-Match: "v1"`)
	change, _ := b.lens.last.(lens.Change)
	if change.Version != "v1" || change.ID != deal || string(change.Values["name"]) != `"x"` || string(change.Values["amount"]) != "null" {
		t.Errorf("the lens got %+v", change)
	}
	r := b.do(t, "POST", "/api/collections/opportunities/records", `{"values":{"name":"x"}}`)
	if r.status != 201 || r.header.Get("Location") != "/api/collections/opportunities/records/"+string(deal) || r.header.Get("Etag") != `"v1"` {
		t.Errorf("create: %d %v", r.status, r.header)
	}
	if r := b.do(t, "DELETE", "/api/collections/opportunities/records/"+string(deal), "", `If-Match: "v1"`); r.status != 204 || r.body != "" {
		t.Errorf("delete: %d %s", r.status, r.body)
	}
}

func TestAnswers(t *testing.T) {
	b := newBench(t)
	tests := []struct{ method, path, body, want string }{
		{"POST", "/api/collections/opportunities/query", `{}`, `{"collection":"opportunities","columns":[{"name":"name","type":"text","title":"Name"},{"name":"amount","type":"money","currency":"USD"}],"records":[{"id":"dealaaaaaaaaaaaaaaaaaaaaaa","name":"\u003cDeal\u003e","amount":null,"_hidden":["amount"],"_version":"v1"}]}`},
		{"POST", "/api/collections/opportunities/count", `{}`, `{"count":42}`},
		{"POST", "/api/collections/opportunities/aggregate", `{"measures":[{"fn":"count"}]}`, `{"collection":"opportunities","columns":[{"name":"count","type":"integer"}],"rows":[{"count":3}],"records":3,"more":false}`},
		{"POST", "/api/collections/opportunities/search", `{"text":"de"}`, `{"hits":[]}`},
		{"POST", "/api/collections/opportunities/export", `{}`, "id,name\n1,Deal"},
		{"GET", "/api/collections", "", `{"collections":[]}`},
	}
	for _, test := range tests {
		r := b.do(t, test.method, test.path, test.body)
		if r.status != 200 || strings.TrimSuffix(r.body, "\n") != test.want {
			t.Errorf("%s: %d\n%s\nwant\n%s", test.path, r.status, r.body, test.want)
		}
		if r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be cached", test.path)
		}
	}
	one := "/api/collections/opportunities/records/" + string(deal)
	if r := b.do(t, "GET", one, ""); r.header.Get("Etag") != `"v1"` {
		t.Errorf("ETag %q", r.header.Get("Etag"))
	}
	if r := b.do(t, "GET", one, "", `If-None-Match: "v1"`); r.status != http.StatusNotModified || r.body != "" {
		t.Errorf("not modified: %d %s", r.status, r.body)
	}
}

// TestBrokenExport checks that half a file cannot be taken for a whole one.
func TestBrokenExport(t *testing.T) {
	b := newBench(t)
	r, err := http.NewRequestWithContext(t.Context(), "POST", b.URL+"/api/collections/broken/export", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := b.Client().Do(r)
	if err == nil {
		defer response.Body.Close()
		if _, err = response.Body.Read(make([]byte, 100)); err == nil {
			_, err = response.Body.Read(make([]byte, 100))
		}
		if err == nil || err.Error() == "EOF" {
			t.Errorf("the export ended as if it were whole: %v", err)
		}
	}
}

var _ httpapi.Sessions = (*fakeSessions)(nil)
