package wire

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/remit-crm/remit"
)

// Client returns a client that is made for streams of server-sent events: it
// retries until the first byte of an answer has come and never after, follows no
// redirect, and fails with a *remit.Error on anything but such a stream. o must
// come from [Options.WithDefaults].
func (o *Options) Client() *http.Client { return &http.Client{Transport: &transport{o}} }

type transport struct{ options *Options }

// RoundTrip implements [http.RoundTripper]. It goes somewhat beyond that
// interface's letter, since a status of failure is an error here: so the
// libraries above neither retry by their own rules nor put a body that may quote
// the key into their errors.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }() // each attempt reads a copy of its own
	}
	for attempt := 0; ; attempt++ {
		res, failed := t.once(req)
		if failed == nil {
			return res, nil
		}
		wait := t.options.wait(attempt, failed.after)
		if !failed.again || attempt >= t.options.Retries || wait > maxWait {
			return nil, failed.err
		}
		if !sleep(req.Context(), wait) {
			return nil, failed.err
		}
	}
}

// wait returns how long to wait before the next attempt: as long as the service
// asks, or else twice as long each time, less up to a quarter so that many
// callers do not come back at once.
func (o *Options) wait(attempt int, asked time.Duration) time.Duration {
	if asked >= 0 {
		return asked
	}
	d := min(o.Backoff<<min(attempt, 10), maxWait)
	return d - time.Duration(rand.Int64N(int64(d)/4+1)) //nolint:gosec // jitter, not a secret
}

// sleep reports whether the time has passed; false if the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// once makes one attempt. The watch that it starts lives on in the body.
func (t *transport) once(req *http.Request) (*http.Response, *fault) {
	o := t.options
	ctx, cancel := context.WithCancel(req.Context())
	w := &watch{idle: o.Idle}
	w.timer = time.AfterFunc(o.Idle, func() { w.fired.Store(true); cancel() })
	stop := sync.OnceFunc(func() { w.timer.Stop(); cancel() })

	attempt := req.Clone(ctx)
	if req.Body != nil {
		body, err := copyBody(req)
		if err != nil {
			stop()
			return nil, &fault{err: o.unavailable(err, "cannot be asked"), after: -1}
		}
		attempt.Body = body
	}
	res, err := o.Transport.RoundTrip(attempt)
	if err == nil && res.StatusCode/100 == 2 && isStream(res.Header.Get("Content-Type")) {
		res.Body = &body{ReadCloser: res.Body, options: o, watch: w, stop: stop, left: o.MaxBytes}
		return res, nil
	}
	defer stop()
	if err != nil {
		return nil, o.unreachable(w, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 == 2 {
		return nil, &fault{err: o.unavailable(nil, "answers with %q instead of a stream of events: check its base URL", clip(res.Header.Get("Content-Type"), 60))}
	}
	f := o.refused(res, time.Now())
	return nil, &f
}

func copyBody(req *http.Request) (io.ReadCloser, error) {
	if req.GetBody == nil {
		return nil, errors.New("the request's body cannot be sent twice")
	}
	return req.GetBody()
}

func (o *Options) unreachable(w *watch, err error) *fault {
	if w.fired.Load() {
		return &fault{err: o.unavailable(nil, "gave no sign for %s", o.Idle)} // it may be at work: asking again would double that
	}
	return &fault{err: o.unavailable(err, "cannot be reached"), again: true, after: -1}
}

// watch cancels a request whose service has been silent for too long.
type watch struct {
	idle  time.Duration
	timer *time.Timer
	fired atomic.Bool
}

// body is an answer's body: bounded, watched, with errors for callers.
type body struct {
	io.ReadCloser
	options *Options
	watch   *watch
	stop    func()
	left    int64
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.watch.timer.Reset(b.watch.idle)
	if b.left -= int64(n); b.left < 0 {
		return 0, &remit.Error{Kind: remit.KindLimited, Message: b.options.unavailable(nil, "answered with more than %d bytes", b.options.MaxBytes).Message}
	}
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case b.watch.fired.Load():
		return n, b.options.unavailable(nil, "gave no sign for %s in the middle of its answer", b.options.Idle)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return n, err
	}
	return n, b.options.unavailable(err, "broke off in the middle of its answer")
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.stop()
	return err
}
