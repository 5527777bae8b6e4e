package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/importing"
	"github.com/remit-crm/remit/ops/policies"
)

// statuses is the one table from the kind of an error to the status of its
// answer. Conditions of HTTP itself (a wrong method, media type or host, a body
// over the limit, a failed If-Match) carry their status with them: [statusError].
var statuses = [...]int{
	remit.KindInternal:        http.StatusInternalServerError,
	remit.KindInvalid:         http.StatusBadRequest,
	remit.KindUnauthenticated: http.StatusUnauthorized,
	remit.KindDenied:          http.StatusForbidden,
	remit.KindNotFound:        http.StatusNotFound,
	remit.KindConflict:        http.StatusConflict,
	remit.KindLimited:         http.StatusTooManyRequests,
	remit.KindUnavailable:     http.StatusServiceUnavailable,
	remit.KindCanceled:        http.StatusServiceUnavailable,
}

// Problem is an error as HTTP shows it: RFC 9457, with the type about:blank and
// hence the status's own phrase as its title.
type Problem struct {
	Title     string `json:"title" doc:"The status's phrase."`
	Status    int    `json:"status"`
	Detail    string `json:"detail" doc:"What is wrong and what to change, for people."`
	Kind      string `json:"kind" enum:"internal,invalid,unauthenticated,denied,not_found,conflict,limited,unavailable,canceled" doc:"What is wrong, for programs."`
	Field     string `json:"field,omitempty" doc:"Path of the offending input, e.g. filter.$and[1].amount."`
	Hint      string `json:"hint,omitempty" doc:"A suggestion, e.g. did you mean \"stage\"?"`
	RequestID string `json:"request_id" doc:"What to name when asking the operator; also in X-Request-Id."`

	Problems  []policies.Problem      `json:"problems,omitempty" nullable:"false" doc:"Where several things are wrong with a document: each of them."`
	Records   []RecordProblem         `json:"records,omitempty" nullable:"false" doc:"Where a change of several records is refused: what stands against each."`
	Lines     []importing.LineProblem `json:"lines,omitempty" nullable:"false" doc:"Where a file is refused: what is wrong with it, the first 20."`
	MoreLines int                     `json:"more_lines,omitempty" doc:"How many further ones there are."`
}

// statusError is an error with a status of its own.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

// retryError is an error that says when to come back.
type retryError struct {
	after time.Duration
	err   error
}

func (e *retryError) Error() string { return e.err.Error() }
func (e *retryError) Unwrap() error { return e.err }

// fail answers with the problem. If the answer has begun, it can only be broken
// off, so that nobody takes it for complete.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	if begun(w) {
		a.options.Log.LogAttrs(r.Context(), slog.LevelWarn, "answer broken off",
			slog.String("request", requestID(w)), slog.Any("error", err))
		panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to break a connection off
	}
	problem := a.problem(r, requestID(w), err)
	writeProblem(w, problem, err)
}

// problem makes the answer of an error, and logs in full what it must not show.
func (a *API) problem(r *http.Request, id string, err error) *Problem {
	e := asError(err)
	if e.Kind == remit.KindInternal {
		a.options.Log.LogAttrs(r.Context(), slog.LevelError, "internal error",
			slog.String("request", id), slog.String("route", r.Pattern), slog.Any("error", err))
	}
	p := newProblem(statusOf(err, e.Kind), id, e)
	p.Records = recordProblems(err)
	p.Lines, p.MoreLines = lineProblems(err)
	if all, rest := policies.Problems(err); rest == nil && len(all) > 1 {
		p.Problems = all
	}
	return p
}

func newProblem(status int, id string, e *remit.Error) *Problem {
	p := &Problem{Title: http.StatusText(status), Status: status, Kind: e.Kind.String(), RequestID: id}
	if e.Kind == remit.KindInternal {
		p.Detail = "internal error: the server's log has it under the request id"
		return p
	}
	p.Detail, p.Field, p.Hint = e.Message, e.Field, e.Hint
	return p
}

// asError finds the error that is made for callers. A context that ended is
// canceled wherever it was noticed.
func asError(err error) *remit.Error {
	var e *remit.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &remit.Error{Kind: remit.KindCanceled, Message: "the request took too long or was given up", Cause: err}
	}
	return &remit.Error{Kind: remit.KindInternal, Cause: err}
}

func statusOf(err error, kind remit.Kind) int {
	var own *statusError
	if errors.As(err, &own) {
		return own.status
	}
	if int(kind) >= len(statuses) {
		return http.StatusInternalServerError
	}
	return statuses[kind]
}

func writeProblem(w http.ResponseWriter, p *Problem, err error) {
	h := w.Header()
	var retry *retryError
	switch {
	case errors.As(err, &retry):
		// Whole seconds, rounded up, as RFC 9110 section 10.2.3 has no fractions.
		h.Set("Retry-After", strconv.FormatInt(int64((retry.after+time.Second-1)/time.Second), 10))
	case p.Status == http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case p.Status == http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="remit"`)
	}
	h.Del("Etag")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	body, _ := json.Marshal(p) // strings and a number: cannot fail
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // a client that is gone needs no answer
}
