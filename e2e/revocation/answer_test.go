package revocation

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/llm/llmtest"
)

// TestRunningAnswersEnd: an AI employee that is talking when it, or its person,
// loses what the run stands on is silent within a second.
func TestRunningAnswersEnd(t *testing.T) {
	w := newQuietWorld(t, pgtest.URL(t))
	w.in.Environment = []string{"REMIT_OPENAI_API_KEY=test", "REMIT_OPENAI_MODEL=m", "REMIT_OPENAI_BASE_URL=" + llmtest.Chatty(t)}
	w.b = w.in.Serve(t).URL
	for _, k := range kindsCalled(t, []string{
		"token revoked", "session revoked", "role taken", "person deactivated", "grant removed",
		"AI employee disabled", "AI employee no longer available", "remit narrowed", "membership ends", "token ends",
	}) {
		t.Run(k.name, func(t *testing.T) {
			w.tb = t
			w.answerRuns(t, k)
		})
	}
}

// answerRuns has an AI employee talk, revokes meanwhile and looks when it is
// silent.
func (w *world) answerRuns(t *testing.T, k *kind) {
	w.restore()
	ends := k.begin(w)
	c := w.client(deal{})
	defer c.close()
	r, err := c.request(http.MethodPost, "/api/ask", `{"employee":"`+hound+`","question":"How are the deals?"}`)
	w.must(err)
	r.Header.Set("Accept", "text/event-stream")
	response, err := c.http.Do(r)
	w.must(err)
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the question was answered with %s", response.Status)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(response.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	if ends.IsZero() {
		time.Sleep(150 * time.Millisecond)
		k.revoke(w)
		ends = time.Now()
	}
	words, last := 0, time.Time{}
	patience := time.After(10 * time.Second)
	for more := true; more; {
		var line string
		select {
		case line, more = <-lines:
		case <-patience:
			t.Fatal("the answer goes on and on")
		}
		if strings.HasPrefix(line, "event: text") {
			words++
			last = time.Now()
		}
	}
	t.Logf("silent after %v, ended after %v, %d words", last.Sub(ends).Round(time.Millisecond), time.Since(ends).Round(time.Millisecond), words)
	if words == 0 {
		t.Error("nothing was said: the test shows nothing")
	}
	if late := time.Since(ends); late > time.Second {
		t.Errorf("the answer went on for %v", late)
	}
}
