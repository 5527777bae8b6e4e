package auditlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/remit-crm/remit"
)

// entry is what the tests read of an exported entry.
type entry struct {
	Status string `json:"status_code"`
	API    struct {
		Operation string
		Request   struct{ UID string }
	}
	Actor struct {
		InvokedBy string `json:"invoked_by"`
	}
	Metadata  struct{ Sequence int64 }
	Resources []struct {
		Type string
		UID  remit.ID
	}
	Unmapped struct {
		Details struct {
			Values struct{ Subject string }
		}
	}
}

// record returns the record that the entry is about, "" if it is not about one.
func (e *entry) record() remit.ID {
	for _, r := range e.Resources {
		if r.Type == "record" {
			return r.UID
		}
	}
	return ""
}

// verify has the command line verify the log and returns how many entries it has.
func (h *house) verify(t *testing.T, flags ...string) int64 {
	t.Helper()
	var report struct {
		OK      bool
		Entries int64
	}
	out := h.Run(t, append([]string{"audit", "verify", "--json"}, flags...)...)
	h.must(json.Unmarshal([]byte(out), &report))
	if !report.OK {
		t.Fatalf("the log does not verify: %s", out)
	}
	return report.Entries
}

// entries returns the whole log, as the command line exports it.
func (h *house) entries(t *testing.T) []*entry {
	t.Helper()
	var all []*entry
	for decoder := json.NewDecoder(bytes.NewReader([]byte(h.Run(t, "audit", "export", "--details")))); decoder.More(); {
		e := &entry{}
		h.must(decoder.Decode(e))
		if e.Metadata.Sequence != int64(len(all)) {
			t.Fatalf("entry %d is exported in place of %d", e.Metadata.Sequence, len(all))
		}
		all = append(all, e)
	}
	return all
}

// settled is what a load and the log have to say of each other.
type settled struct {
	answered, released, refused, unknown, writes int
	recorded                                     int // of those unknown
}

func (s settled) String() string {
	return fmt.Sprintf("%d answers (%d results, %d refused, %d told to try again), %d requests without an answer, %d of them done and recorded, %d writes",
		s.answered, s.released-s.refused, s.refused, s.answered-s.released, s.unknown, s.recorded, s.writes)
}

// settle compares what clients got with what the log says and with what is there:
//
//   - every answer that was released is recorded, once, as what it was;
//   - nothing is recorded of requests that nobody sent;
//   - what the log says was written is there, and what is there was written.
func (h *house) settle(t *testing.T, requests []*request, log []*entry) (s settled) {
	t.Helper()
	byRequest := map[string][]*entry{}
	for _, e := range log {
		byRequest[e.API.Request.UID] = append(byRequest[e.API.Request.UID], e)
	}
	for _, r := range requests {
		s.count(r)
		if !r.answered && len(byRequest[r.id]) > 0 {
			s.recorded++
		}
		if problem := r.compare(byRequest[r.id]); problem != "" {
			t.Errorf("%s %s (status %d): %s", r.op, r.id, r.status, problem)
		}
	}
	s.writes = h.replay(t, log)
	return s
}

func (s *settled) count(r *request) {
	switch {
	case !r.answered:
		s.unknown++
		return
	case r.released():
		s.released++
	}
	s.answered++
	if r.status >= 400 && r.released() {
		s.refused++
	}
}

// compare returns what is wrong with the entries of a request, "" if nothing. A
// change is answered with the record as it then is, and that is a read with an
// entry of its own.
func (r *request) compare(found []*entry) string {
	if !r.released() {
		return "" // it may have been done or not
	}
	var own []*entry
	for _, e := range found {
		switch {
		case e.API.Operation == r.op:
			own = append(own, e)
		case e.API.Operation != "get" || (r.op != "create" && r.op != "update"):
			return "is recorded as " + e.API.Operation
		}
	}
	switch {
	case len(own) == 0:
		return "was answered and is not in the log"
	case len(own) > 1:
		return fmt.Sprintf("is recorded %d times", len(own))
	case (r.status < 400) != (own[0].Status == "allowed"):
		return "is recorded as " + own[0].Status
	case r.status < 400 && r.record != "" && own[0].record() != r.record:
		return fmt.Sprintf("is recorded for the record %s, not %s", own[0].record(), r.record)
	}
	return ""
}

// replay carries out what the log says was written and compares the result with
// what is there. It returns how many writes there were.
func (h *house) replay(t *testing.T, log []*entry) (writes int) {
	t.Helper()
	want := map[remit.ID]string{}
	for _, e := range log {
		if e.Status != "allowed" || len(e.Resources) == 0 {
			continue
		}
		switch e.API.Operation {
		case "create", "update":
			want[e.record()] = e.Unmapped.Details.Values.Subject
			writes++
		case "delete":
			delete(want, e.record())
			writes++
		}
	}
	got := h.activities()
	for id, subject := range want {
		if got[id] != subject {
			t.Errorf("the log says that %q was written to %s; there is %q", subject, id, got[id])
		}
	}
	for id, subject := range got {
		if _, found := want[id]; !found {
			t.Errorf("%s is there, with %q, and the log does not say who wrote it", id, subject)
		}
	}
	return writes
}
