package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/bigcompany"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// handler answers the three questions.
type handler struct {
	db, logDB, secured *sqldb.DB
	log                *audit.Log
	people             map[[sha256.Size]byte]remit.ID // by the digest of their token
	questions          questions
	buffers            sync.Pool
}

func newHandler(ctx context.Context, o bigcompany.Options, c *bigcompany.Company, secured string) (_ *handler, err error) {
	h := &handler{people: map[[sha256.Size]byte]remit.ID{}}
	h.buffers.New = func() any { b := make([]byte, 0, 4096); return &b }
	for _, l := range append(c.Reps, c.Managers...) {
		h.people[sha256.Sum256([]byte(l.Token))] = l.Person
	}
	ring, err := keys.New(o.Master)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if h.db, err = sqldb.Open(ctx, o.URL, sqldb.Options{AppName: "baseline"}); err != nil {
		return nil, err
	}
	h.logDB = h.db
	if path, ok := strings.CutSuffix(o.URL, ".db"); ok {
		if h.logDB, err = sqldb.Open(ctx, path+"-audit.db", sqldb.Options{}); err != nil {
			return nil, err
		}
	}
	if secured != "" {
		if h.secured, err = sqldb.Open(ctx, secured, sqldb.Options{AppName: "secured"}); err != nil {
			return nil, err
		}
	}
	h.questions = questionsFor(h.db.Dialect())
	h.log, err = audit.Open(ctx, h.logDB, nil, ring, audit.Options{})
	return h, err
}

func (h *handler) close() error {
	var errs []error
	if h.log != nil {
		errs = append(errs, h.log.Close())
	}
	for _, db := range []*sqldb.DB{h.db, h.logDB, h.secured} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

func (h *handler) mux() http.Handler {
	mux := http.NewServeMux()
	for path, ask := range map[string]answerer{"/q1": h.own, "/q2": h.team, "/q3": h.byStage} {
		mux.HandleFunc("POST "+path, h.serve(ask, true))
		mux.HandleFunc("POST "+path+"/unaudited", h.serve(ask, false))
	}
	if h.secured != nil {
		mux.HandleFunc("POST /q2/secured", h.serve(h.securedPage, true))
		mux.HandleFunc("POST /q3/secured", h.serve(h.securedByStage, true))
	}
	mux.Handle("/mcp", h.mcp())
	return mux
}

// answerer appends the answer for a person to b and fills in the entry.
type answerer func(ctx context.Context, person remit.ID, b []byte, e *audit.Entry) ([]byte, error)

// serve answers with what ask finds, once it has been recorded.
func (h *handler) serve(ask answerer, audited bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		person, ok := h.authenticate(r)
		if !ok {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, "no body", http.StatusBadRequest)
			return
		}
		b := h.buffers.Get().(*[]byte)
		defer h.buffers.Put(b)
		var err error
		if *b, err = h.answer(r.Context(), person, remit.ChannelAPI, (*b)[:0], ask, audited); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header()["Content-Type"] = jsonType
		w.Header().Set("Content-Length", strconv.Itoa(len(*b)))
		_, _ = w.Write(*b)
	}
}

var jsonType = []string{"application/json"}

func (h *handler) authenticate(r *http.Request) (remit.ID, bool) {
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", false
	}
	person, ok := h.people[sha256.Sum256([]byte(secret))]
	return person, ok
}

func (h *handler) answer(ctx context.Context, person remit.ID, channel remit.Channel, b []byte, ask answerer, audited bool) ([]byte, error) {
	started := time.Now()
	e := &audit.Entry{
		Time: started, Operation: audit.OpQuery, Source: remit.MainSource, Collection: "opportunities",
		Decision: audit.Allowed, Epoch: 1, Details: details,
		Actor: remit.Actor{Person: person, Channel: channel},
	}
	b, err := ask(ctx, person, b, e)
	if err != nil || !audited {
		return b, err
	}
	e.Duration = time.Since(started)
	return b, h.log.Append(ctx, e)
}

// details are those of a query, of the size that the product's have.
var details = map[string]any{
	"fields": []string{"name", "stage", "amount", "close_date", "owner_id"}, "sort": []string{"-amount"}, "limit": 20,
}
