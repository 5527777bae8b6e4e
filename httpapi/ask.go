package httpapi

import (
	"encoding/json"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/ops/answers"
)

// streamPatience is how long one event may take to reach the client before the
// stream is given up.
const streamPatience = 15 * time.Second

// ask runs an AI employee. It streams the run's events, or, for a client that
// accepts application/json and not text/event-stream, sends the answer alone.
func (a *API) ask(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if a.options.Answers == nil {
		return remit.Errorf(remit.KindUnavailable, "no AI employees are set up on this server")
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	question, err := answers.Parse(body)
	if err != nil {
		return err
	}
	unhurried(w)
	if !wantsStream(r) {
		result, err := a.options.Answers.Ask(r.Context(), actor, question, nil)
		if err != nil {
			return err
		}
		a.noteCause(r, requestID(w), result)
		return sendValue(w, http.StatusOK, result)
	}
	s := &stream{w: w, control: http.NewResponseController(w)}
	result, err := a.options.Answers.Ask(r.Context(), actor, question, s.send)
	if err != nil {
		return s.fail(err, a.problem(r, requestID(w), err))
	}
	a.noteCause(r, requestID(w), result)
	_ = s.write("answer", withoutResults(result)) // a client that is gone needs no last event
	return nil
}

// withoutResults leaves out what the stream has carried already.
func withoutResults(r *agent.Result) *agent.Result {
	short := *r
	short.Calls = slices.Clone(r.Calls)
	for i := range short.Calls {
		short.Calls[i].Result = nil
	}
	return &short
}

// noteCause logs what lies behind a run that did not simply end with an answer.
func (a *API) noteCause(r *http.Request, id string, result *agent.Result) {
	if result.Cause != nil {
		a.options.Log.LogAttrs(r.Context(), slog.LevelWarn, "run ended early", slog.String("request", id),
			slog.String("run", string(result.Run)), slog.String("end", string(result.End)), slog.Any("error", result.Cause))
	}
}

// unhurried lifts the server's deadlines, which are for answers that are made at
// once. The read deadline must go too: when it passes, the server takes the
// client for gone and cancels the request.
func unhurried(w http.ResponseWriter) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{})  // a writer without deadlines has
	_ = control.SetWriteDeadline(time.Time{}) // none to lift
}

func wantsStream(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	plain := false
	for _, part := range strings.Split(accept, ",") {
		switch kind, _, _ := mime.ParseMediaType(part); kind {
		case "text/event-stream":
			return true
		case "application/json":
			plain = true
		}
	}
	return !plain
}

// stream sends Server-Sent Events (WHATWG HTML, section 9.2), each flushed.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	begun   bool
}

func (s *stream) send(e agent.Event) error { return s.write(e.Name(), e) }

func (s *stream) write(name string, v any) error { return s.writeAs("", name, v) }

// writeAs writes an event with an id, by which a client can resume; "" is none.
func (s *stream) writeAs(id, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if !s.begun {
		s.begin()
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(streamPatience)) // as in unhurried
	message := make([]byte, 0, len(id)+len(name)+len(data)+24)
	if id != "" {
		message = append(append(append(message, "id: "...), id...), '\n')
	}
	message = append(append(message, "event: "...), name...)
	message = append(append(message, "\ndata: "...), data...) // JSON of one line
	if _, err := s.w.Write(append(message, "\n\n"...)); err != nil {
		return &remit.Error{Kind: remit.KindCanceled, Message: "the client has gone", Cause: err}
	}
	if err := s.control.Flush(); err != nil {
		return &remit.Error{Kind: remit.KindCanceled, Message: "the client has gone", Cause: err}
	}
	return nil
}

func (s *stream) begin() {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold the events back
	s.w.WriteHeader(http.StatusOK)
	s.begun = true
}

// fail ends the stream with the problem as its last event; before the first
// event the problem is the answer itself.
func (s *stream) fail(err error, p *Problem) error {
	if !s.begun {
		return err
	}
	_ = s.write("error", p) // a client that is gone needs no last event
	return nil
}
