package llmtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Chatty is a model service that speaks OpenAI's protocol and talks, a word at a time,
// until nobody listens. It returns the service's base URL.
func Chatty(tb testing.TB) string {
	tb.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for r.Context().Err() == nil {
			_, err := fmt.Fprintf(w, "data: %s\n\n", `{"id":"x","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}`)
			if err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}))
	tb.Cleanup(s.Close)
	return s.URL
}
