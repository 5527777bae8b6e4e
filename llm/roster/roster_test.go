package roster

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/script"
)

const key = "very-secret-0123456789"

func environment(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

// describe returns the services in one line each, the default first.
func describe(t *testing.T, c *Config) []string {
	t.Helper()
	s, err := Open(c, script.New())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, each := range s.Services() {
		lines = append(lines, fmt.Sprintf("%s %s %s %s", each.Name, each.Provider, each.Model, each.Egress))
	}
	return lines
}

const offlineLine = "offline offline offline planner restricted"

func TestServicesFromTheEnvironment(t *testing.T) {
	tests := []struct {
		name string
		env  []string
		want []string
	}{
		{"nothing", nil, []string{offlineLine}},
		{"a key", []string{"REMIT_OPENAI_API_KEY", key, "REMIT_OPENAI_MODEL", "m"}, []string{"openai openai m internal", offlineLine}},
		{
			"a server that wants no key",
			[]string{"REMIT_OPENAI_BASE_URL", "http://127.0.0.1:11434/v1", "REMIT_OPENAI_MODEL", "qwen", "REMIT_OPENAI_EGRESS", "restricted"},
			[]string{"openai openai qwen restricted", offlineLine},
		},
		{
			"both, and a default",
			[]string{"REMIT_OPENAI_API_KEY", key, "REMIT_OPENAI_MODEL", "m", "REMIT_ANTHROPIC_API_KEY", key, "REMIT_ANTHROPIC_MODEL", "c", "REMIT_MODEL_SERVICE", "anthropic"},
			[]string{"anthropic anthropic c internal", "openai openai m internal", offlineLine},
		},
		{"offline by choice", []string{"REMIT_OPENAI_API_KEY", key, "REMIT_OPENAI_MODEL", "m", "REMIT_MODEL_SERVICE", "offline"}, []string{offlineLine, "openai openai m internal"}},
		{"a model alone asks for nothing", []string{"REMIT_OPENAI_MODEL", "m"}, []string{offlineLine}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := (&Config{}).WithEnvironment(environment(test.env...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, describe(t, c)); diff != "" {
				t.Errorf("services (-want +got):\n%s", diff)
			}
		})
	}
}

func TestServicesFromTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse([]byte(`
default: local
services:
  - name: azure
    provider: openai
    base_url: https://acme.openai.azure.com/openai/v1
    model: gpt
    key_env: AZURE_KEY
    egress: confidential
    timeout: 90s
  - {name: local, provider: openai, base_url: "http://127.0.0.1:11434/v1", model: qwen, egress: restricted}
  - {name: openai, provider: openai, model: ours, key_file: "` + file + `"}
`))
	if err != nil {
		t.Fatal(err)
	}
	c, err = c.WithEnvironment(environment("AZURE_KEY", key, "REMIT_OPENAI_API_KEY", "other", "REMIT_OPENAI_MODEL", "theirs"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"local openai qwen restricted", "azure openai gpt confidential", "openai openai ours internal", offlineLine}
	if diff := cmp.Diff(want, describe(t, c)); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
}

func TestJSONIsReadToo(t *testing.T) {
	c, err := Parse([]byte(`{"services": [{"name": "local", "provider": "anthropic", "model": "m", "egress": "public"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"local anthropic m public", offlineLine}, describe(t, c)); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsNameTheSetting(t *testing.T) {
	tests := []struct{ text, says string }{
		{`services: [{provider: openai}]`, "models.services[0].name: is missing"},
		{`services: [{name: offline, provider: openai}]`, "taken"},
		{`services: [{name: a, provider: openai, model: m}, {name: a, provider: openai}]`, "models.services[1].name"},
		{`services: [{name: a, provider: gemini}]`, "models.services[0].provider"},
		{`services: [{name: a, provider: openai, egres: public}]`, "egres"},
		{`services: [{name: a, provider: openai, egress: secret}]`, "unknown sensitivity"},
		{`services: [{name: a, provider: openai, timeout: fast}]`, "length of time"},
		{`services: [{name: a, provider: openai, key: ` + key + `}]`, "key"},
		{`services: [{name: a, provider: openai, key_env: A, key_file: b}]`, "not both"},
		{`services: [{name: a, provider: openai, base_url: "https://u:` + key + `@x.example/v1"}]`, "holds a password"},
		{`services: [{name: a, provider: openai, base_url: "http://x.example/v1", key_env: A}]`, "plain HTTP"},
		{`services: [{name: a, provider: openai, base_url: "ftp://x.example"}]`, "base_url"},
		{`default: b`, "models.default"},
	}
	for _, test := range tests {
		_, err := Parse([]byte(test.text))
		if remit.KindOf(err) != remit.KindInvalid || !strings.Contains(remit.PublicText(err), test.says) {
			t.Errorf("%s: %v, want an error that says %q", test.text, err, test.says)
		}
		if err != nil && strings.Contains(err.Error(), key) {
			t.Errorf("%s: the error quotes the secret: %v", test.text, err)
		}
	}
}

func TestMissingKeysAreErrors(t *testing.T) {
	for _, e := range []Entry{
		{Name: "a", Provider: ProviderOpenAI, Model: "m", KeyEnv: "NOT_SET", getenv: environment()},
		{Name: "a", Provider: ProviderOpenAI, Model: "m", KeyFile: filepath.Join(t.TempDir(), "none")},
	} {
		if _, err := Open(&Config{Services: []Entry{e}}, script.New()); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%+v: %v", e, err)
		}
	}
	for _, env := range [][]string{
		{"REMIT_OPENAI_API_KEY", key, "REMIT_OPENAI_API_KEY_FILE", "x"},
		{"REMIT_OPENAI_API_KEY", key, "REMIT_OPENAI_EGRESS", "all"},
		{"REMIT_MODEL_SERVICE", "gone"},
		{"REMIT_OPENAI_API_KEY", key, "REMIT_OPENAI_BASE_URL", "http://llm.example/v1"},
	} {
		_, err := (&Config{}).WithEnvironment(environment(env...))
		if remit.KindOf(err) != remit.KindInvalid || strings.Contains(err.Error(), key) {
			t.Errorf("%v: %v", env, err)
		}
	}
}

func TestEgress(t *testing.T) {
	c, err := (&Config{}).WithEnvironment(environment("REMIT_ANTHROPIC_API_KEY", key))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(c, script.New())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]remit.Sensitivity{"anthropic": remit.Internal, "offline": remit.Restricted} {
		if got, ok := s.Egress(t.Context(), 0, name); !ok || got != want {
			t.Errorf("egress of %s: %s, %t", name, got, ok)
		}
	}
	for _, name := range []string{"", "unknown"} {
		if got, ok := s.Egress(t.Context(), 0, name); ok || got != remit.Untagged {
			t.Errorf("egress of %q: %s, %t", name, got, ok)
		}
	}
	if _, err := s.Service(t.Context(), "unknown"); remit.KindOf(err) != remit.KindUnavailable {
		t.Errorf("an unknown service: %v", err)
	}
}

func TestKeyReachesTheServiceAndNothingElse(t *testing.T) {
	var got string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer srv.Close()
	c, err := (&Config{}).WithEnvironment(environment("REMIT_OPENAI_API_KEY", key, "REMIT_OPENAI_BASE_URL", srv.URL, "REMIT_OPENAI_MODEL", "m"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(c, script.New())
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := s.Service(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = chosen.Client.Complete(t.Context(), llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "Q"}}}, nil)
	if got != "Bearer "+key || !strings.Contains(fmt.Sprint(err), "refuses the key") {
		t.Errorf("the service got %q and answered %v", got, err)
	}
	encoded, encodeErr := json.Marshal(c)
	if encodeErr != nil {
		t.Fatal(encodeErr)
	}
	for _, text := range []string{fmt.Sprintf("%+v %#v", c, c), fmt.Sprintf("%+v %#v", s, s), string(encoded), err.Error()} {
		if strings.Contains(text, key) {
			t.Errorf("shows the key: %s", text)
		}
	}
}
