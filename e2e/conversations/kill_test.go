package conversations

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/e2e/testserver"
	"github.com/remit-crm/remit/llm/llmtest"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

// answer is what came back; its body is closed when the test ends.
type answer struct {
	status int
	body   io.ReadCloser
}

func request(t *testing.T, token, method, url, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return answer{response.StatusCode, response.Body}
}

// event is one server-sent event.
type event struct{ id, name, data string }

// events reads a stream until it ends or the last event is of the name.
func events(response answer, until string) (seen []event) {
	var e event
	for s := bufio.NewScanner(response.body); s.Scan(); {
		name, value, _ := strings.Cut(s.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			seen = append(seen, e)
			if e.name == until {
				return seen
			}
			e = event{}
		}
	}
	return seen
}

// TestKilledServer kills a server while it answers. Its stream breaks; on another
// server what was said before is there, the client goes on from its last event, and
// hears honestly what happened. So does a server that is started again.
func TestKilledServer(t *testing.T) {
	in := testserver.New(t, pgtest.URL(t))
	in.Environment = []string{"REMIT_OPENAI_API_KEY=test", "REMIT_OPENAI_MODEL=m", "REMIT_OPENAI_BASE_URL=" + llmtest.Chatty(t)}
	dying, other := in.Serve(t), in.Serve(t)
	token := in.Hire(t)
	var made struct{ ID string }
	response := request(t, token, http.MethodPost, dying.URL+"/api/conversations", `{"employee":"viz"}`)
	if err := json.NewDecoder(response.body).Decode(&made); err != nil {
		t.Fatal(err)
	}
	turns := "/api/conversations/" + made.ID + "/turns"
	stream := request(t, token, http.MethodPost, dying.URL+turns, `{"question":"How are the deals?"}`, "Accept", "text/event-stream")
	begun := events(stream, "text")
	var started struct{ Run string }
	if err := json.Unmarshal([]byte(begun[0].data), &started); err != nil || started.Run == "" {
		t.Fatalf("%v: %v", begun, err)
	}
	dying.Kill()
	killed := time.Now()
	turn := other.URL + turns + "/" + started.Run + "/events"
	resumed := events(request(t, token, http.MethodGet, turn, "", "Accept", "text/event-stream", "Last-Event-ID", begun[0].id), "answer")
	if took := time.Since(killed); took > derived.Lease+5*time.Second {
		t.Errorf("it took %v to notice", took)
	}
	names := ""
	for _, e := range resumed {
		names += e.name + " "
	}
	if !strings.HasPrefix(names, "text ") || !strings.HasSuffix(names, "text end answer ") {
		t.Errorf("resumed with %s", names)
	}
	if last := resumed[len(resumed)-1].data; !strings.Contains(last, `"end":"interrupted"`) || !strings.Contains(last, "restarted") {
		t.Errorf("the turn ended as %s", last)
	}
	for i, e := range resumed[1:] {
		if e.id <= resumed[i].id && len(e.id) == len(resumed[i].id) {
			t.Errorf("event %s after %s", e.id, resumed[i].id)
		}
	}
	again := in.Serve(t)
	read := request(t, token, http.MethodGet, again.URL+"/api/conversations/"+made.ID, "")
	var talk struct {
		Turns []struct{ State, End, Message string }
	}
	if err := json.NewDecoder(read.body).Decode(&talk); err != nil || len(talk.Turns) != 1 || talk.Turns[0].State != "ended" || talk.Turns[0].Message == "" {
		t.Errorf("%+v %v", talk, err)
	}
}

// TestLostClient leaves while the answer comes. The run goes on; stopped from another
// server, it ends.
func TestLostClient(t *testing.T) {
	in := testserver.New(t, pgtest.URL(t))
	in.Environment = []string{"REMIT_OPENAI_API_KEY=test", "REMIT_OPENAI_MODEL=m", "REMIT_OPENAI_BASE_URL=" + llmtest.Chatty(t)}
	one, other := in.Serve(t), in.Serve(t)
	token := in.Hire(t)
	var made struct{ ID string }
	if err := json.NewDecoder(request(t, token, http.MethodPost, one.URL+"/api/conversations", `{"employee":"viz"}`).body).Decode(&made); err != nil {
		t.Fatal(err)
	}
	turns := "/api/conversations/" + made.ID + "/turns"
	stream := request(t, token, http.MethodPost, one.URL+turns, `{"question":"How are the deals?"}`, "Accept", "text/event-stream")
	begun := events(stream, "text")
	_ = stream.body.Close()
	var started struct{ Run string }
	if err := json.Unmarshal([]byte(begun[0].data), &started); err != nil {
		t.Fatal(err)
	}
	turn := other.URL + turns + "/" + started.Run
	time.Sleep(time.Second)
	went := events(request(t, token, http.MethodGet, turn+"/events", "", "Accept", "text/event-stream", "Last-Event-ID", begun[len(begun)-1].id), "text")
	if len(went) == 0 {
		t.Fatal("the run ended with its client")
	}
	if busy := request(t, token, http.MethodPost, other.URL+turns, `{"question":"And now?"}`); busy.status != http.StatusConflict {
		t.Errorf("a second question at once: %d", busy.status)
	}
	stopping := time.Now()
	if stop := request(t, token, http.MethodPost, turn+"/stop", ""); stop.status != http.StatusNoContent {
		t.Errorf("stop: %d", stop.status)
	}
	all := events(request(t, token, http.MethodGet, turn+"/events", "", "Accept", "text/event-stream"), "answer")
	if last := all[len(all)-1].data; !strings.Contains(last, `"end":"canceled"`) {
		t.Errorf("stopped as %s", last)
	}
	if took := time.Since(stopping); took > 4*time.Second {
		t.Errorf("it took %v to stop", took)
	}
}
