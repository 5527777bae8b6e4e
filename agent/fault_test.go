package agent

import (
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/anthropic"
	"github.com/remit-crm/remit/llm/llmtest"
	"github.com/remit-crm/remit/llm/openai"
	"github.com/remit-crm/remit/llm/wire"
)

// However a service fails, the person gets an end that says so, in time, and never
// the beginning of an answer as if it were one.
func TestFaultyServices(t *testing.T) {
	for name, provider := range map[string]struct {
		wire llmtest.Wire
		path string
		open func(wire.Options) (llm.Model, error)
	}{
		"openai":    {llmtest.OpenAI(), "/v1", func(o wire.Options) (llm.Model, error) { return openai.New(o) }},
		"anthropic": {llmtest.Anthropic(), "", func(o wire.Options) (llm.Model, error) { return anthropic.New(o) }},
	} {
		service := llmtest.Faulty(t, provider.wire)
		model, err := provider.open(wire.Options{
			Name: "remote", BaseURL: service.URL + provider.path, Key: wire.NewSecret(llmtest.Key), Model: "m",
			Idle: llmtest.FaultyIdle, Timeout: llmtest.FaultyTimeout, Retries: llmtest.FaultyRetries, Backoff: time.Millisecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			for _, fault := range llmtest.Faults() {
				t.Run(fault.Name, func(t *testing.T) {
					t.Parallel()
					failing(t, model, service, fault)
				})
			}
		})
	}
}

func failing(t *testing.T, model llm.Model, service *llmtest.FaultyService, fault llmtest.Fault) {
	t.Helper()
	w := newWorld(model)
	req := question
	req.Question = fault.Question("agent")
	began := time.Now()
	got := w.run(t, t.Context(), req)
	if string(got.End) != fault.End || !strings.Contains(got.Answer, fault.Says) {
		t.Errorf("ended as %s, %.200q (%v); want %s that says %q", got.End, got.Answer, got.Cause, fault.End, fault.Says)
	}
	if took := time.Since(began); took > llmtest.FaultyTimeout+3*time.Second {
		t.Errorf("it took %s", took)
	}
	if n := service.Tries(fault.Question("agent")); fault.Tries > 0 && n != fault.Tries {
		t.Errorf("the service was asked %d times, want %d", n, fault.Tries)
	}
	if got.End == ServiceError && (strings.Contains(got.Answer, "Hel") || !strings.HasPrefix(got.Answer, messages[ServiceError])) {
		t.Errorf("a beginning is given for an answer: %q", got.Answer)
	}
	if strings.Contains(got.Answer, llmtest.Key) || got.Cause != nil && strings.Contains(got.Cause.Error(), llmtest.Key) {
		t.Errorf("the key is shown: %q, %v", got.Answer, got.Cause)
	}
	for _, call := range got.Calls {
		if call.Refusal == nil || call.Text == "" {
			t.Errorf("a call that cannot be made was: %+v", call)
		}
	}
}
