package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/remit-crm/remit"
)

// observer gives each request its id and, when it is answered, a line in the
// access log and a place in the metrics. Neither holds anything of a query's
// values, of a body or of a secret: the route stands for the path.
type observer struct {
	options  *Options
	next     http.Handler
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
}

func newObserver(o *Options, next http.Handler) (*observer, error) {
	ob := &observer{
		options: o,
		next:    next,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "remit_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "remit_http_request_seconds", Help: "Time from the request's header to the answer's end, by route.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5, 30},
		}, []string{"route"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "remit_http_requests_running", Help: "Requests that are being answered.",
		}),
	}
	if o.Metrics == nil {
		return ob, nil
	}
	for _, c := range []prometheus.Collector{ob.requests, ob.seconds, ob.running} {
		if err := o.Metrics.Register(c); err != nil {
			return nil, err
		}
	}
	return ob, nil
}

func (ob *observer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := ob.options.Now()
	answer := &answer{ResponseWriter: w, id: ob.requestID(r)}
	w.Header().Set("X-Request-Id", answer.id)
	ob.running.Inc()
	defer func() {
		ob.running.Dec()
		failure := recover()
		err, _ := failure.(error)
		abort := errors.Is(err, http.ErrAbortHandler)
		if failure != nil && !abort {
			ob.recovered(answer, r, failure)
		}
		ob.record(answer, r, ob.options.Now().Sub(started))
		if abort {
			panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to break a connection off
		}
	}()
	ob.next.ServeHTTP(answer, r)
}

// recovered logs a panic with its stack and answers, if nothing was sent yet.
func (ob *observer) recovered(w *answer, r *http.Request, failure any) {
	ob.options.Log.LogAttrs(r.Context(), slog.LevelError, "panic",
		slog.String("request", w.id), slog.String("route", r.Pattern),
		slog.Any("panic", failure), slog.String("stack", string(debug.Stack())))
	if w.status == 0 {
		err := &remit.Error{Kind: remit.KindInternal}
		writeProblem(w, newProblem(http.StatusInternalServerError, w.id, err), err)
	}
}

func (ob *observer) record(w *answer, r *http.Request, took time.Duration) {
	route, method := r.Pattern, method(r.Method)
	if route == "" {
		route = "none"
	}
	status := w.status
	if status == 0 {
		status = http.StatusOK
	}
	ob.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	ob.seconds.WithLabelValues(route).Observe(took.Seconds())
	if !ob.options.Log.Enabled(r.Context(), slog.LevelInfo) {
		return // the attributes cost more than the question
	}
	ob.options.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("request", w.id),
		slog.String("method", method),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Int64("bytes", w.bytes),
		slog.Duration("took", took),
		slog.String("person", string(w.person)),
		slog.String("employee", w.employee),
		slog.String("address", r.RemoteAddr),
	)
}

// method keeps a caller from making metrics of its own: only known methods have
// a name.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return name
	}
	return "other"
}

// requestID takes over the caller's request id if it is well formed, so that a
// proxy's log and ours can be matched; else it makes one. The id is there to find
// things by and proves nothing: whoever chooses that of somebody else's request
// confuses who searches for it, and no more. What an entry of the audit log is
// about, and its place, say its own id, its sequence, and the person, session and
// token that authentication established. Nothing is decided or looked up by it,
// and its form has no room for other text.
func (ob *observer) requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if len(id) < 8 || len(id) > 64 {
		return string(ob.options.IDs.New())
	}
	for _, c := range []byte(id) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return string(ob.options.IDs.New())
		}
	}
	return id
}

// answer remembers what the log wants to know of an answer.
type answer struct {
	http.ResponseWriter
	id       string
	status   int // 0: not begun
	bytes    int64
	person   remit.ID
	employee string
}

func (w *answer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *answer) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *answer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush is for writers that look for http.Flusher, as the MCP server does.
func (w *answer) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// requestID returns the id of the request that w answers.
func requestID(w http.ResponseWriter) string {
	if a, ok := w.(*answer); ok {
		return a.id
	}
	return ""
}

// begun reports whether the status was sent.
func begun(w http.ResponseWriter) bool {
	a, ok := w.(*answer)
	return ok && a.status != 0
}

// note keeps for the access log who the request was for.
func note(w http.ResponseWriter, actor remit.Actor) {
	if a, ok := w.(*answer); ok {
		a.person, a.employee = actor.Person, actor.EmployeeKey()
	}
}
