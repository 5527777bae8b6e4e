package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// fault is a failed attempt: the error for the caller, and whether another
// attempt may help.
type fault struct {
	err   *remit.Error
	again bool
	after time.Duration // the service's own wish; negative: none
}

func (o *Options) unavailable(cause error, format string, args ...any) *remit.Error {
	return &remit.Error{
		Kind:    remit.KindUnavailable,
		Message: fmt.Sprintf("the model service %q %s", o.Name, fmt.Sprintf(format, args...)),
		Cause:   o.clean(cause),
	}
}

// clean returns an error that says what cause says without the key. Its chain is
// cut: what is below may print a whole request.
func (o *Options) clean(cause error) error {
	if cause == nil {
		return nil
	}
	return errors.New(clip(o.redact(cause.Error()), 500))
}

// keys are what looks like a key of the common services.
var keys = regexp.MustCompile(`(?i)\b(?:sk|pk|rk|key|bearer|token)[-_ ][a-z0-9_*.\-]{6,}`)

func (o *Options) redact(text string) string {
	if key := o.Key.Reveal(); len(key) >= 4 {
		text = strings.ReplaceAll(text, key, hidden)
	}
	return keys.ReplaceAllString(text, hidden)
}

// refused returns the fault of an answer whose status is not a success.
func (o *Options) refused(res *http.Response, now time.Time) fault {
	status := res.StatusCode
	switch {
	case status < 400:
		return fault{err: o.unavailable(nil, "redirects to another address, where its key must not go: set its base URL to the final one")}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault{err: o.unavailable(nil, "refuses the key it was given (%d): an administrator must check the key and what it may use", status)}
	case retriable(status):
		after := retryAfter(res.Header, now)
		return fault{err: o.overloaded(status, after), again: true, after: after}
	}
	e := o.unavailable(nil, "rejected the request (%d)", status)
	e.Kind = remit.KindInvalid
	if d := detail(res.Body); d != "" {
		e.Message += ": " + clip(o.redact(d), 300)
	}
	return fault{err: e}
}

func (o *Options) overloaded(status int, after time.Duration) *remit.Error {
	what := "failed"
	if status == http.StatusTooManyRequests || status == 529 || status == http.StatusServiceUnavailable {
		what = "is overloaded, or its quota is used up"
	}
	when := "try again later"
	if after > 0 {
		when = fmt.Sprintf("try again in %s", after.Round(time.Second))
	}
	return o.unavailable(nil, "%s (%d): %s", what, status, when)
}

// retriable reports whether a status may pass by itself. 529 is Anthropic's
// "overloaded".
func retriable(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}

// retryAfter reads the service's wish (RFC 9110, section 10.2.3, and the
// milliseconds that OpenAI and Anthropic send), -1 if there is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms >= 0 && ms < 1e9 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return -1
}

// detail returns the message in an error's body, "" where it is not JSON of a
// known form.
func detail(body io.Reader) string {
	raw, err := io.ReadAll(io.LimitReader(body, 16<<10))
	if err != nil {
		return ""
	}
	var nested struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(raw, &nested) == nil && nested.Error.Message != "" {
		return nested.Error.Message
	}
	var flat struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	if json.Unmarshal(raw, &flat) != nil {
		return ""
	}
	return or(flat.Error, flat.Message)
}

// Fault turns what a provider's library reports into the error that a caller may
// see. parent is the context that the caller gave.
func (o *Options) Fault(parent context.Context, err error) error {
	var own *remit.Error
	switch {
	case parent.Err() != nil:
		return &remit.Error{Kind: remit.KindCanceled, Message: "the request was canceled", Cause: parent.Err()}
	case errors.As(err, &own):
		return own // without what wraps it: net/http puts the whole URL around it
	case errors.Is(err, context.DeadlineExceeded):
		return o.unavailable(nil, "took longer than %s", o.Timeout)
	}
	return o.Malformed(err)
}

// Malformed is the error of an answer that cannot be read.
func (o *Options) Malformed(cause error) error {
	return o.unavailable(cause, "sent an answer that cannot be read")
}

// BrokeOff is the error of a stream that ends before its answer does.
func (o *Options) BrokeOff() error {
	return o.unavailable(nil, "broke off in the middle of its answer")
}

// Failed is the error of a stream in which the service itself reports a fault.
func (o *Options) Failed(detail string) error {
	return o.unavailable(nil, "reported a fault in the middle of its answer: %s", clip(o.redact(detail), 300))
}

func isStream(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "text/event-stream"
}

func clip(s string, most int) string {
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
