package httpapi_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestOpenAPIIsCommitted holds the document to the committed file, from which
// the web app's types are made. To write it anew:
//
//	go test ./httpapi -run TestOpenAPIIsCommitted -update
func TestOpenAPIIsCommitted(t *testing.T) {
	b := newBench(t)
	got := b.send(t, "GET", "/api/openapi.json", "").body
	if *update {
		if err := os.WriteFile("openapi.json", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("httpapi/openapi.json is out of date: go test ./httpapi -run TestOpenAPIIsCommitted -update")
	}
}

type document struct {
	OpenAPI string
	Info    struct{ Title, Version string }
	Paths   map[string]map[string]struct {
		OperationID string
		Parameters  []struct{ Name, In string }
		RequestBody *struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				}
			}
		}
		Responses map[string]struct{ Description string }
	}
	Components struct {
		Schemas map[string]struct {
			Properties map[string]json.RawMessage
		}
	}
}

// TestOpenAPIIsValid checks the rules of OpenAPI 3.1 that a generator of clients
// trips over: references that lead nowhere, operation ids that are not unique,
// path parameters that are not declared, answers without a description.
func TestOpenAPIIsValid(t *testing.T) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") || doc.Info.Title == "" || doc.Info.Version == "" {
		t.Errorf("head: %+v %+v", doc.OpenAPI, doc.Info)
	}
	for _, m := range regexp.MustCompile(`"\$ref": "([^"]*)"`).FindAllSubmatch(text, -1) {
		name, ok := strings.CutPrefix(string(m[1]), "#/components/schemas/")
		if _, known := doc.Components.Schemas[name]; !ok || !known {
			t.Errorf("the reference %s leads nowhere", m[1])
		}
	}
	seen := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.OperationID == "" || seen[op.OperationID] {
				t.Errorf("%s %s: operation id %q is empty or taken", method, path, op.OperationID)
			}
			seen[op.OperationID] = true
			for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == m[1] && p.In == "path" }) {
					t.Errorf("%s %s does not declare %s", method, path, m[1])
				}
			}
			if _, ok := op.Responses["default"]; !ok || len(op.Responses) < 2 {
				t.Errorf("%s %s: answers %v", method, path, op.Responses)
			}
			for status, r := range op.Responses {
				if r.Description == "" {
					t.Errorf("%s %s: %s has no description", method, path, status)
				}
			}
		}
	}
}

// TestDocumentedInputIsRead sends every documented property and parameter: the
// hand-written readers must know each of them.
func TestDocumentedInputIsRead(t *testing.T) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	read := 0
	for path, methods := range doc.Paths {
		concrete := strings.NewReplacer("{name}", "opportunities", "{id}", string(deal)).Replace(path)
		for method, op := range methods {
			if op.RequestBody == nil {
				continue
			}
			content, isJSON := op.RequestBody.Content["application/json"]
			if !isJSON {
				continue // a file, see TestDocumentedImportOptions
			}
			ref := content.Schema.Ref
			schema := doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
			if len(schema.Properties) == 0 {
				t.Errorf("%s %s: the body has no properties", method, path)
			}
			for property := range schema.Properties {
				read++
				r := b.do(t, strings.ToUpper(method), concrete, `{"`+property+`":null}`)
				if strings.Contains(r.body, "no such property") {
					t.Errorf("%s %s does not know %q", method, path, property)
				}
				if r := b.do(t, strings.ToUpper(method), concrete, `{"`+property+`x":null}`); r.status != http.StatusBadRequest && r.status != http.StatusTooManyRequests {
					t.Errorf("%s %s takes %q: %d", method, path, property+"x", r.status)
				}
			}
			for _, p := range op.Parameters {
				if p.In == "query" {
					r := b.do(t, strings.ToUpper(method), concrete+"?"+p.Name+"=", `{}`)
					if strings.Contains(r.body, "no such parameter") {
						t.Errorf("%s %s does not know the parameter %q", method, path, p.Name)
					}
				}
			}
		}
	}
	if read < 25 {
		t.Errorf("only %d properties", read)
	}
}
