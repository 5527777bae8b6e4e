package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit/httpapi"
)

// TestGracefulStop checks that a request which is running when the server is
// told to stop is answered, and that nothing new is taken.
func TestGracefulStop(t *testing.T) {
	b := &bench{lens: &fakeLens{asked: make(chan struct{}), wait: make(chan struct{})}, log: &bytes.Buffer{}}
	url, stop, stopped := serve(t, b, time.Minute)
	status := make(chan int)
	go func() { status <- post(t, url) }()
	<-b.lens.asked
	stop()
	for refused(t, url) == nil { // the listener closes a moment later
		time.Sleep(time.Millisecond)
	}
	close(b.lens.wait)
	if got := <-status; got != http.StatusOK {
		t.Errorf("the running request got %d", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// TestStopEndsPatience checks that a request which never ends is cut off.
func TestStopEndsPatience(t *testing.T) {
	b := &bench{lens: &fakeLens{asked: make(chan struct{}), wait: make(chan struct{})}, log: &bytes.Buffer{}}
	url, stop, stopped := serve(t, b, 50*time.Millisecond)
	go post(t, url)
	<-b.lens.asked
	stop()
	if err := <-stopped; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stopped with %v", err)
	}
}

func serve(t *testing.T, b *bench, grace time.Duration) (url string, stop func(), stopped <-chan error) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	done := make(chan error, 1)
	handler := b.api(t)
	go func() { done <- httpapi.Serve(ctx, listener, handler, slog.New(slog.DiscardHandler), grace) }()
	return "http://" + listener.Addr().String(), cancel, done
}

func post(t *testing.T, url string) int {
	r, err := http.NewRequestWithContext(context.Background(), "POST", url+query, strings.NewReader("{}"))
	if err != nil {
		t.Error(err)
		return 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

func refused(t *testing.T, url string) error {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// BenchmarkQuery measures what the face adds to a query: authentication by a
// fake, strict JSON, the access log, metrics and the answer.
func BenchmarkQuery(b *testing.B) {
	t := &testing.T{}
	bench := &bench{lens: &fakeLens{}, log: &bytes.Buffer{}}
	api := bench.api(t, func(o *httpapi.Options) {
		o.Log = slog.New(slog.DiscardHandler)
	})
	body := []byte(`{"fields":["name","stage","amount"],"filter":{"stage":{"$in":["won","lost"]}},"sort":["-amount"],"limit":20}`)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequestWithContext(context.Background(), "POST", "http://localhost"+query, bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
		bench.lens.actors = bench.lens.actors[:0]
	}
}
