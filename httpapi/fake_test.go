package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/httpapi"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/ops/session"
)

const (
	ada           remit.ID = "adaaaaaaaaaaaaaaaaaaaaaaaa"
	deal          remit.ID = "dealaaaaaaaaaaaaaaaaaaaaaa"
	token                  = "remit_secret-of-ada"
	cookie                 = "session-of-ada"
	device                 = "device-of-ada"
	viewingCookie          = "session-of-bea-who-views-as-ada"
	password               = "correct horse battery staple"
	dealToken              = "v1"
)

// fakeLens answers with one deal and keeps what it was asked.
type fakeLens struct {
	mu     sync.Mutex
	actors []remit.Actor
	last   any
	err    error
	wait   chan struct{} // if set, Query waits for it
	asked  chan struct{} // if set, receives when Query has begun
}

// Refuse implements [records.Lens].
func (f *fakeLens) Refuse(_ context.Context, _ remit.Actor, _, _, _ string, err error) error {
	return err
}

func (f *fakeLens) note(actor remit.Actor, request any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.actors, f.last = append(f.actors, actor), request
	return f.err
}

func onePage(collection string) *lens.Page {
	return &lens.Page{
		Collection: collection,
		Columns:    []lens.Column{{Name: "name", Type: remit.Text, Title: "Name"}, {Name: "amount", Type: remit.Currency, Currency: "USD"}},
		Records: []lens.Record{{
			ID: deal, Version: dealToken, Hidden: []string{"amount"},
			Values: []remit.Value{remit.TextValue("<Deal>"), remit.Null},
		}},
	}
}

func (f *fakeLens) Query(ctx context.Context, actor remit.Actor, q lens.Query) (*lens.Page, error) {
	if f.asked != nil {
		f.asked <- struct{}{}
		select {
		case <-f.wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if q.Limit != nil && (*q.Limit < 1 || *q.Limit > lens.MaxLimit) {
		return nil, remit.FieldErrorf("limit", "must be between 1 and %d", lens.MaxLimit)
	}
	return onePage(q.Collection), f.note(actor, q)
}

func (f *fakeLens) Get(_ context.Context, actor remit.Actor, source, collection string, id remit.ID, fields []string) (*lens.Page, error) {
	if id != deal {
		return nil, remit.Errorf(remit.KindNotFound, "there is no such record")
	}
	return onePage(collection), f.note(actor, fields)
}

func (f *fakeLens) Count(_ context.Context, actor remit.Actor, q lens.CountQuery) (int64, error) {
	return 42, f.note(actor, q)
}

func (f *fakeLens) Aggregate(_ context.Context, actor remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error) {
	return &lens.AggregateResult{Collection: q.Collection, Columns: []lens.Column{{Name: "count", Type: remit.Integer}}, Rows: [][]remit.Value{{remit.IntegerValue(3)}}, Records: 3}, f.note(actor, q)
}

func (f *fakeLens) SQL(_ context.Context, actor remit.Actor, q lens.SQLQuery) (*lens.SQLResult, error) {
	return &lens.SQLResult{Collections: []string{"accounts"}, Columns: []lens.Column{{Name: "n", Type: remit.Integer}}, Rows: [][]remit.Value{{remit.IntegerValue(3)}}}, f.note(actor, q)
}

func (f *fakeLens) RefuseSQL(_ context.Context, _ remit.Actor, _ lens.SQLQuery, err error) error {
	return err
}

func (f *fakeLens) Search(_ context.Context, actor remit.Actor, q lens.SearchQuery) ([]lens.SearchHit, error) {
	return nil, f.note(actor, q)
}

func (f *fakeLens) Bulk(_ context.Context, actor remit.Actor, c lens.BulkChange) (*lens.BulkResult, error) {
	return &lens.BulkResult{Changed: len(c.IDs)}, f.note(actor, c)
}

func (f *fakeLens) History(_ context.Context, actor remit.Actor, q lens.HistoryQuery) (*lens.History, error) {
	return &lens.History{Collection: q.Collection, ID: q.ID, Changes: []lens.FieldChange{}}, f.note(actor, q)
}

func (f *fakeLens) Collections(_ context.Context, actor remit.Actor) ([]lens.CollectionInfo, error) {
	return nil, f.note(actor, nil)
}

func (f *fakeLens) Describe(_ context.Context, actor remit.Actor, _, name string) (*lens.CollectionInfo, error) {
	return &lens.CollectionInfo{Name: name}, f.note(actor, name)
}

func (f *fakeLens) Create(_ context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error) {
	return onePage(c.Collection), f.note(actor, c)
}

func (f *fakeLens) Update(_ context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error) {
	if c.Version != dealToken {
		return nil, remit.Errorf(remit.KindConflict, "the record has changed since: read it again")
	}
	return onePage(c.Collection), f.note(actor, c)
}

func (f *fakeLens) Delete(_ context.Context, actor remit.Actor, r lens.Removal) error {
	if r.Version != "" && r.Version != dealToken {
		return remit.Errorf(remit.KindConflict, "the record has changed since: read it again")
	}
	return f.note(actor, r)
}

func (f *fakeLens) Export(_ context.Context, actor remit.Actor, q lens.ExportQuery, w io.Writer) (int64, error) {
	if q.Collection == "broken" {
		_, _ = io.WriteString(w, "id,name\n")
		return 0, remit.Errorf(remit.KindUnavailable, "the log is full")
	}
	if err := f.note(actor, q); err != nil {
		return 0, err
	}
	_, err := io.WriteString(w, "id,name\n1,Deal\n")
	return 1, err
}

type fakeAuth struct{}

func (fakeAuth) Authenticate(_ context.Context, secret string) (remit.Actor, error) {
	switch secret {
	case token:
		return remit.Actor{Person: ada, Token: "tokenaaaaaaaaaaaaaaaaaaaaa"}, nil
	case cookie:
		return remit.Actor{Person: ada, Session: "sessionaaaaaaaaaaaaaaaaaaa"}, nil
	case viewingCookie:
		return remit.Actor{Person: ada, Session: "sessionaaaaaaaaaaaaaaaaaaa", Operator: "beaaaaaaaaaaaaaaaaaaaaaaaa"}, nil
	}
	return remit.Actor{}, remit.Errorf(remit.KindUnauthenticated, "this token or session is not valid")
}

type fakeSessions struct{ signedOut atomic.Int32 }

func (*fakeSessions) SignIn(_ context.Context, c session.Credentials) (*session.Opened, error) {
	if c.Password != password {
		return nil, remit.Errorf(remit.KindUnauthenticated, "the e-mail address or the password is wrong")
	}
	return &session.Opened{Secret: cookie, Expires: start.Add(time.Hour), Person: ada, Device: device, DeviceExpires: start.Add(1000 * time.Hour)}, nil
}

func (*fakeSessions) KnowsDevice(email, mark string) bool {
	return email == "ada@example.com" && mark == device
}

func (f *fakeSessions) SignOut(context.Context, remit.Actor) error {
	f.signedOut.Add(1)
	return nil
}

func (*fakeSessions) ViewAs(context.Context, remit.Actor, remit.ID) (*session.Opened, error) {
	return &session.Opened{Secret: cookie, Expires: start.Add(time.Hour), Person: ada, Viewing: "beaaaaaaaaaaaaaaaaaaaaaaaa"}, nil
}

func (*fakeSessions) EndView(context.Context, remit.Actor) (*session.Opened, error) {
	return &session.Opened{Secret: cookie, Expires: start.Add(time.Hour), Person: ada}, nil
}

func (*fakeSessions) Me(_ context.Context, actor remit.Actor) (*session.Me, error) {
	return &session.Me{ID: actor.Person, Name: "Ada", Channel: actor.Channel}, nil
}

// fakeAnswers sends two pieces of text, the second when told to.
type fakeAnswers struct {
	next chan struct{}
	err  error
}

func (f *fakeAnswers) Ask(ctx context.Context, _ remit.Actor, q answers.Question, emit func(agent.Event) error) (*agent.Result, error) {
	answer := &agent.Result{Answer: "Hello\nAda", Employee: q.Employee, Calls: []agent.Call{}}
	if emit == nil {
		return answer, f.err
	}
	if err := emit(agent.TextDelta{Text: "Hello\n"}); err != nil {
		return nil, err
	}
	select {
	case <-f.next:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if f.err != nil {
		return nil, f.err
	}
	return answer, emit(agent.Ended{Reason: agent.Answered})
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// bench is an API over fakes, with what it logged.
type bench struct {
	*httptest.Server
	lens     *fakeLens
	answers  *fakeAnswers
	sessions fakeSessions
	log      *bytes.Buffer
}

func newBench(t *testing.T, change ...func(*httpapi.Options)) *bench {
	t.Helper()
	b := &bench{lens: &fakeLens{}, answers: &fakeAnswers{next: make(chan struct{}, 1)}, log: &bytes.Buffer{}}
	b.Server = httptest.NewServer(b.api(t, change...))
	t.Cleanup(b.Close)
	return b
}

func (b *bench) api(t *testing.T, change ...func(*httpapi.Options)) http.Handler {
	t.Helper()
	o := httpapi.Options{
		Records: records.New(b.lens), Auth: fakeAuth{}, Sessions: &b.sessions, Answers: b.answers,
		Web: fstest.MapFS{
			"index.html":    {Data: []byte(`<html><style nonce="__CSP_NONCE__"></style></html>`)},
			"assets/app.js": {Data: []byte("1")},
			"icon.svg":      {Data: []byte("<svg/>")},
		},
		Log: slog.New(slog.NewTextHandler(&lockedWriter{w: b.log}, nil)), Metrics: prometheus.NewRegistry(),
		IDs: remit.NewIDSource(nil), Now: time.Now, Version: "test",
	}
	for _, c := range change {
		c(&o)
	}
	api, err := httpapi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// reply is an answer that has been read.
type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request with Ada's token, with more headers as "Name: value".
func (b *bench) do(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	return b.send(t, method, path, body, append([]string{"Authorization: Bearer " + token}, headers...)...)
}

func (b *bench) send(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
		if name == "Host" {
			r.Host = value
		}
	}
	response, err := b.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

// problem reads the answer as a problem and checks what every problem has.
func (r reply) problem(t *testing.T) httpapi.Problem {
	t.Helper()
	var p httpapi.Problem
	if err := json.Unmarshal([]byte(r.body), &p); err != nil {
		t.Fatalf("answer %q is no problem: %v", r.body, err)
	}
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q", got)
	}
	if p.Status != r.status || p.Title != http.StatusText(r.status) || p.Detail == "" || p.RequestID == "" || p.RequestID != r.header.Get("X-Request-Id") {
		t.Errorf("problem %+v of an answer with status %d", p, r.status)
	}
	return p
}
