package httpapi

import (
	"mime"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/records"
)

// exportPatience is how long a client may take over each piece of an export.
const exportPatience = time.Minute

// export streams every record that matches. What goes wrong before the first
// byte is a problem; what goes wrong behind it breaks the connection off, so that
// half a file is not taken for a whole one.
func (a *API) export(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, source, err := dataBody(w, r)
	if err != nil {
		return err
	}
	q, err := records.ParseExport(r.PathValue("name"), body)
	if err == nil {
		err = setSource(&q.Source, source)
	}
	if err != nil {
		return err
	}
	kind, known := exportTypes[q.Format]
	if !known {
		return remit.FieldErrorf("format", "must be csv or json")
	}
	out := &exportWriter{w: w, control: http.NewResponseController(w), kind: kind, name: q.Collection + "." + q.Format}
	if _, err := a.options.Records.Export(r.Context(), actor, q, out); err != nil {
		if out.begun {
			out.Cut() // what is still under way must not go on arriving
		}
		return err
	}
	out.begin() // an export of nothing is a file too
	return nil
}

// exportTypes gives the media type of each format.
var exportTypes = map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json"}

// exportWriter sends the header with the first byte, and gives each piece time of
// its own. It implements [lens.Cutter].
type exportWriter struct {
	w          http.ResponseWriter
	control    *http.ResponseController
	kind, name string
	begun      bool

	mu  sync.Mutex // between Write and Cut
	cut bool
}

func (e *exportWriter) Write(b []byte) (int, error) {
	e.begin()
	if !e.allow(time.Now().Add(exportPatience)) {
		return 0, os.ErrDeadlineExceeded
	}
	return e.w.Write(b)
}

// allow gives the next piece until the deadline.
func (e *exportWriter) allow(deadline time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.cut {
		_ = e.control.SetWriteDeadline(deadline) // as in unhurried
	}
	return !e.cut
}

// Cut breaks off a Write that waits for the client, and lets no other begin.
func (e *exportWriter) Cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cut = true
	_ = e.control.SetWriteDeadline(cutOff) // as in unhurried
}

func (e *exportWriter) begin() {
	if e.begun {
		return
	}
	e.begun = true
	_ = e.control.SetReadDeadline(time.Time{}) // as in unhurried
	h := e.w.Header()
	h.Set("Content-Type", e.kind)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.name}))
	e.w.WriteHeader(http.StatusOK)
}
