// Package wire is what the model services that speak HTTP have in common: their
// settings, and a transport that retries, bounds what it reads and turns every
// fault into an error that can be shown. A key never gets into an error, nor
// into anything that prints an [Options].
package wire

import (
	"log/slog"
	"net/http"
	"time"
)

// The defaults of [Options].
const (
	DefaultTimeout  = 10 * time.Minute
	DefaultIdle     = 2 * time.Minute
	DefaultRetries  = 3
	DefaultMaxBytes = 8 << 20
	DefaultBackoff  = 500 * time.Millisecond
	maxWait         = 30 * time.Second // longer, and the person is told instead
)

// Options are the settings of one service. Only Name and Model are required.
type Options struct {
	Name      string            // how messages call the service
	BaseURL   string            // "": the provider's own
	Key       Secret            // zero: none is sent
	KeyHeader string            // header that carries the bare key; "": the provider's own way
	Headers   map[string]string // sent with each request
	Model     string            // used where a request names none
	Timeout   time.Duration     // of a whole turn with its retries; 0: DefaultTimeout
	Idle      time.Duration     // longest silence of the service; 0: DefaultIdle
	Retries   int               // after the first attempt; 0: DefaultRetries, negative: none
	MaxBytes  int64             // of one answer on the wire; 0: DefaultMaxBytes
	MaxTokens int               // of one answer, where a request asks for none; 0: the provider's own
	Backoff   time.Duration     // before the first retry, doubled for each next; 0: DefaultBackoff
	Transport http.RoundTripper // nil: a transport with the defaults of net/http
}

// WithDefaults returns o with each zero setting replaced by its default.
func (o Options) WithDefaults() Options {
	o.Timeout = or(o.Timeout, DefaultTimeout)
	o.Idle = or(o.Idle, DefaultIdle)
	o.Retries = max(or(o.Retries, DefaultRetries), 0)
	o.MaxBytes = or(o.MaxBytes, DefaultMaxBytes)
	o.Backoff = or(o.Backoff, DefaultBackoff)
	if o.Transport == nil {
		o.Transport = defaultTransport()
	}
	return o
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

func defaultTransport() http.RoundTripper {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return t.Clone()
	}
	return &http.Transport{Proxy: http.ProxyFromEnvironment}
}

// Secret holds a key. However it is printed, logged or encoded, it shows
// "[secret]" or nothing. The zero value is no secret.
type Secret struct{ reveal func() string } // a function, because printing a struct reaches plain fields

// NewSecret returns a secret that holds value; "" makes the zero one.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{func() string { return value }}
}

const hidden = "[secret]"

// Reveal returns the value, "" for the zero secret.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.reveal == nil }

// String implements [fmt.Stringer].
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return hidden
}

// GoString implements [fmt.GoStringer].
func (s Secret) GoString() string { return s.String() }

// MarshalText implements [encoding.TextMarshaler].
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
