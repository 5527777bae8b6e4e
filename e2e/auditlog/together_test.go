package auditlog

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit/e2e/testserver"
)

// TestTogether: two servers and command lines write to one log at once. It has
// each entry once, and verifies.
func TestTogether(t *testing.T) {
	length := 1500 * time.Millisecond
	if testserver.Soak() {
		length = time.Minute
	}
	onBoth(t, func(t *testing.T, h *house) {
		first, second := h.Serve(t), h.Serve(t)
		began := int64(len(h.entries(t)))
		l := newLoad(h, "both", first.URL, second.URL)
		l.start(clients)
		asked := h.commands(t, time.Now().Add(length))
		requests := l.end()
		during := h.verify(t) // beside running servers
		first.Stop(t)
		second.Stop(t)
		log := h.entries(t)
		s := h.settle(t, requests, log)
		if s.unknown > 0 || s.released != s.answered {
			t.Errorf("%v: two servers and a command line are no reason to refuse", s)
		}
		var recorded int64
		byCommand := 0
		for _, e := range log[began:] {
			switch {
			case strings.HasPrefix(e.API.Request.UID, l.prefix) && e.API.Operation != "get":
				recorded++
			case e.API.Operation == "count" && e.Actor.InvokedBy != "":
				byCommand++
			}
		}
		if recorded != int64(s.answered) {
			t.Errorf("%d answers, %d entries", s.answered, recorded)
		}
		if byCommand != asked {
			t.Errorf("%d command lines counted, %d entries of them", asked, byCommand)
		}
		t.Logf("%v, and %d command lines; %d entries verified while servers ran, %d after", s, asked, during, h.verify(t))
	})
}

// commands runs command lines, two at a time, until the deadline, and returns how
// many.
func (h *house) commands(t *testing.T, deadline time.Time) (ran int) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for time.Now().Before(deadline) {
				out, err := h.Try(t.Context(), "count", "--as", email, "activities")
				if err == nil && strings.TrimSpace(out) == "" {
					err = fmt.Errorf("remit count printed nothing")
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				ran++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return ran
}
