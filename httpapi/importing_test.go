package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/httpapi"
	"github.com/remit-crm/remit/ops/importing"
)

// fakeImporter reads the file and, told to, waits until it is given up.
type fakeImporter struct {
	options importing.Options
	text    string
	waits   bool
	err     error
	ended   chan error
}

func (f *fakeImporter) Preview(_ context.Context, _ remit.Actor, file io.Reader, _, collection string) (*importing.Preview, error) {
	text, err := io.ReadAll(file)
	f.text = string(text)
	return &importing.Preview{Collection: collection, Lines: 1}, err
}

func (f *fakeImporter) Run(ctx context.Context, _ remit.Actor, file io.Reader, o importing.Options) (*importing.Report, error) {
	text, err := io.ReadAll(file)
	f.text, f.options = string(text), o
	if err != nil {
		return nil, remit.Errorf(remit.KindInvalid, "the file cannot be read: %w", err)
	}
	if f.waits {
		o.Progress(1, 2)
		<-ctx.Done()
		f.ended <- ctx.Err()
		return nil, ctx.Err()
	}
	return &importing.Report{Collection: o.Collection, Lines: 2, Created: 2, DryRun: o.DryRun}, f.err
}

func importBench(t *testing.T, f *fakeImporter) *bench {
	t.Helper()
	return newBench(t, func(o *httpapi.Options) { o.Importer = f })
}

const csvType = "Content-Type: text/csv"

func TestImportPreview(t *testing.T) {
	f := &fakeImporter{}
	b := importBench(t, f)
	r := b.do(t, http.MethodPost, "/api/collections/accounts/import/preview", "name\nX\n", csvType)
	if r.status != http.StatusOK || f.text != "name\nX\n" || !strings.Contains(r.body, `"collection":"accounts"`) {
		t.Errorf("%d %s of %q", r.status, r.body, f.text)
	}
	if r := b.do(t, http.MethodPost, "/api/collections/accounts/import/preview", `{}`); r.status != http.StatusUnsupportedMediaType || !strings.Contains(r.problem(t).Detail, "text/csv") {
		t.Errorf("JSON: %d %s", r.status, r.body)
	}
}

func TestImportOptions(t *testing.T) {
	f := &fakeImporter{}
	b := importBench(t, f)
	given := `{"map":[{"column":"sector","field":"industry"}],"replace":[{"column":"stage","from":"Won","to":"won"}],"key":"name","dry_run":true,"create_missing":true}`
	r := b.do(t, http.MethodPost, "/api/collections/accounts/import?options="+url.QueryEscape(given), "name\nX\n", csvType, "Accept: application/json")
	var report importing.Report
	if err := json.Unmarshal([]byte(r.body), &report); err != nil || report.Created != 2 || !report.DryRun {
		t.Errorf("%d %s, %v", r.status, r.body, err)
	}
	o := f.options
	if len(o.Map) != 1 || o.Map[0].Field != "industry" || len(o.Replace) != 1 || o.Replace[0].To != "won" || o.Key != "name" || !o.DryRun || !o.CreateMissing || o.Collection != "accounts" {
		t.Errorf("%+v", o)
	}
	for options, field := range map[string]string{
		`{"maps":[]}`: "options.maps", `{"map":[{"colum":"x"}]}`: "options.map[0].colum", `{"dry_run":1}`: "options.dry_run",
		`{"email_domain":"x.test"}`: "", `[]`: "options", `{`: "options",
	} {
		r := b.do(t, http.MethodPost, "/api/collections/accounts/import?options="+url.QueryEscape(options), "name\n", csvType)
		if p := r.problem(t); p.Status != http.StatusBadRequest || !strings.HasPrefix(p.Field, field) {
			t.Errorf("%s: %+v, want it at %q", options, p, field)
		}
	}
}

// Every documented option is read, and no other.
func TestDocumentedImportOptions(t *testing.T) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	b := importBench(t, &fakeImporter{})
	options := doc.Components.Schemas["ImportOptions"].Properties
	if len(options) < 8 {
		t.Errorf("only %d options are documented", len(options))
	}
	for name := range options {
		for given, known := range map[string]bool{name: true, name + "x": false} {
			r := b.do(t, http.MethodPost, "/api/collections/accounts/import?options="+url.QueryEscape(`{"`+given+`":null}`), "name\n", csvType)
			if known == strings.Contains(r.body, "no such property") {
				t.Errorf("%s: %s", given, r.body)
			}
		}
	}
}

func TestImportStreams(t *testing.T) {
	f := &fakeImporter{}
	r := importBench(t, f).do(t, http.MethodPost, "/api/collections/accounts/import", "name\nX\n", csvType)
	if r.status != http.StatusOK || !strings.HasPrefix(r.body, "event: report\ndata: {\"collection\":\"accounts\"") {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// A client that hangs up gives the import up, which takes everything back.
func TestImportIsGivenUp(t *testing.T) {
	f := &fakeImporter{waits: true, ended: make(chan error, 1)}
	b := importBench(t, f)
	ctx, hangUp := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.URL+"/api/collections/accounts/import", strings.NewReader("name\nX\n"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "text/csv")
	response, err := b.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, 64)
	n, err := io.ReadAtLeast(response.Body, first, 40)
	if err != nil || !strings.HasPrefix(string(first[:n]), "event: progress\ndata: {\"done\":1,\"total\":2}") {
		t.Errorf("%q, %v", first[:n], err)
	}
	hangUp()
	select {
	case err := <-f.ended:
		if err == nil {
			t.Error("the import was not given up")
		}
	case <-time.After(5 * time.Second):
		t.Error("the import goes on for a client that is gone")
	}
}

// A file that is too large is not read to its end.
func TestImportBound(t *testing.T) {
	f := &fakeImporter{}
	b := importBench(t, f)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL+"/api/collections/accounts/import", io.LimitReader(zeros{}, httpapi.MaxFile+1))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "text/csv")
	response, err := b.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(text), "remit import") {
		t.Errorf("%d %s, %v", response.StatusCode, text, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}
