package roster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm/wire"
)

// Provider says by which interface a service is spoken to.
type Provider string

// The providers.
const (
	ProviderOpenAI    Provider = "openai"    // and everything that speaks its Chat Completions
	ProviderAnthropic Provider = "anthropic" // Anthropic's Messages
	ProviderOffline   Provider = "offline"   // the planner in this process; not to be configured
)

// Config is the section "models" of the configuration file. The zero value has
// no service, so that the offline one is the default.
type Config struct {
	Default  string  `json:"default,omitempty" yaml:"default,omitempty"` // name of a service; "": the first, or offline if there is none
	Services []Entry `json:"services,omitempty" yaml:"services,omitempty"`

	// Allow names hosts that services of the screen may have although they are
	// link-local or answer for the machine itself: see package ops/modelservices.
	Allow []string `json:"allow,omitempty" yaml:"allow,omitempty"`
}

// Entry is one service. Its key is named, never written, so that the file can be
// kept under version control and shown.
type Entry struct {
	Name      string            `json:"name" yaml:"name"`
	Provider  Provider          `json:"provider" yaml:"provider"`
	BaseURL   string            `json:"base_url,omitempty" yaml:"base_url,omitempty"`     // "": the provider's own
	Model     string            `json:"model,omitempty" yaml:"model,omitempty"`           // "": the provider's usual one
	KeyEnv    string            `json:"key_env,omitempty" yaml:"key_env,omitempty"`       // environment variable that holds the key
	KeyFile   string            `json:"key_file,omitempty" yaml:"key_file,omitempty"`     // or file that does
	KeyHeader string            `json:"key_header,omitempty" yaml:"key_header,omitempty"` // header for the bare key, e.g. api-key; "": the provider's way
	Egress    remit.Sensitivity `json:"egress,omitempty" yaml:"egress,omitempty"`         // unset: internal
	Timeout   Duration          `json:"timeout,omitempty" yaml:"timeout,omitempty"`       // of a turn, e.g. 5m; 0: 10m
	Idle      Duration          `json:"idle,omitempty" yaml:"idle,omitempty"`             // longest silence, e.g. 60s; 0: 2m
	Retries   int               `json:"retries,omitempty" yaml:"retries,omitempty"`       // 0: 3; negative: none
	MaxTokens int               `json:"max_tokens,omitempty" yaml:"max_tokens,omitempty"` // of an answer; 0: the provider's own
	Insecure  bool              `json:"insecure,omitempty" yaml:"insecure,omitempty"`     // allow a key to go over plain HTTP to another machine

	// Transport makes the requests; nil is the usual one.
	Transport http.RoundTripper `json:"-" yaml:"-"`

	secret wire.Secret // the key itself, where the environment gave it
	getenv func(string) string
}

// WithKey returns the entry with the key itself.
func (e Entry) WithKey(key string) Entry {
	e.secret = wire.NewSecret(key)
	return e
}

// HasKey reports whether a key is sent.
func (e *Entry) HasKey() bool { return e.hasKey() }

// Limit returns the entry's egress limit. One that is not set is internal.
func (e *Entry) Limit() remit.Sensitivity { return e.egress() }

// Duration is a time.Duration that is written as in "90s".
type Duration time.Duration

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil || parsed < 0 {
		return remit.Errorf(remit.KindInvalid, "%q is not a length of time such as 90s or 5m", text)
	}
	*d = Duration(parsed)
	return nil
}

// maxKeyFile bounds what is read of a key file.
const maxKeyFile = 64 << 10

// Parse reads the section from YAML or JSON, strictly: an unknown setting is an
// error, since a misspelt "egress" would send what must stay.
func Parse(text []byte) (*Config, error) {
	c := &Config{}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return nil, remit.FieldErrorf("models", "%v", err)
	}
	return c, c.Check()
}

// Check says what is wrong with the section, by service and setting.
func (c *Config) Check() error {
	names := map[string]bool{Offline: true}
	for i := range c.Services {
		e := &c.Services[i]
		place := fmt.Sprintf("models.services[%d]", i)
		switch {
		case e.Name == "":
			return remit.FieldErrorf(place+".name", "is missing")
		case names[e.Name]:
			return remit.FieldErrorf(place+".name", "%q is taken", e.Name)
		}
		names[e.Name] = true
		if err := e.check(place); err != nil {
			return err
		}
	}
	if c.Default != "" && !names[c.Default] {
		return remit.FieldErrorf("models.default", "there is no service %q", c.Default)
	}
	return nil
}

func (e *Entry) check(place string) error {
	if e.Provider != ProviderOpenAI && e.Provider != ProviderAnthropic {
		return remit.FieldErrorf(place+".provider", "use openai (for whatever speaks its interface) or anthropic")
	}
	if e.KeyEnv != "" && e.KeyFile != "" {
		return remit.FieldErrorf(place+".key_file", "name key_env or key_file, not both")
	}
	if e.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(e.BaseURL)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return remit.FieldErrorf(place+".base_url", "is not an address such as https://llm.example.com/v1")
	case u.User != nil:
		return remit.FieldErrorf(place+".base_url", "holds a password: use key_env or key_file")
	case u.Scheme == "http" && e.hasKey() && !e.Insecure && !loopback(u.Hostname()):
		return remit.FieldErrorf(place+".base_url", "would send the key over plain HTTP: use https, or say insecure: true")
	}
	return nil
}

func (e *Entry) hasKey() bool { return e.KeyEnv != "" || e.KeyFile != "" || !e.secret.IsZero() }

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// egress is the entry's limit. One that is not set is internal: a service is
// another company, or at least another machine, until somebody says more.
func (e *Entry) egress() remit.Sensitivity {
	if e.Egress == remit.Untagged {
		return remit.Internal
	}
	return e.Egress
}

// key reads the key from where the entry says it is. A key that is named and not
// there is an error: without it the service would be asked in vain.
func (e *Entry) key() (wire.Secret, error) {
	switch {
	case e.KeyFile != "":
		return readKey(e.KeyFile)
	case e.KeyEnv != "":
		getenv := e.getenv
		if getenv == nil {
			getenv = os.Getenv
		}
		value := strings.TrimSpace(getenv(e.KeyEnv))
		if value == "" {
			return wire.Secret{}, remit.Errorf(remit.KindInvalid, "the model service %q takes its key from the variable %s, which is not set", e.Name, e.KeyEnv)
		}
		return wire.NewSecret(value), nil
	}
	return e.secret, nil
}

func readKey(path string) (wire.Secret, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return wire.Secret{}, remit.Errorf(remit.KindInvalid, "the key file cannot be read: %v", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return wire.Secret{}, remit.Errorf(remit.KindInvalid, "the key file %s cannot be read", path)
	}
	key := strings.TrimSpace(string(raw))
	if key == "" || strings.ContainsAny(key, "\r\n") {
		return wire.Secret{}, remit.Errorf(remit.KindInvalid, "the key file %s must hold one line, the key", path)
	}
	return wire.NewSecret(key), nil
}

func (e *Entry) options(key wire.Secret) wire.Options {
	return wire.Options{
		Name: e.Name, BaseURL: e.BaseURL, Key: key, KeyHeader: e.KeyHeader, Model: e.Model,
		Timeout: time.Duration(e.Timeout), Idle: time.Duration(e.Idle), Retries: e.Retries, MaxTokens: e.MaxTokens,
		Transport: e.Transport,
	}
}
