package modelservices

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/policy"
)

// OpTest is the test of a service, as the audit log names it.
const OpTest = "service.test"

// Tried is how a service did when it was tried.
type Tried struct {
	OK      bool      `json:"ok"`
	Took    int64     `json:"took_ms"`
	Model   string    `json:"model,omitempty" doc:"What answered, as the service names it."`
	Problem string    `json:"problem,omitempty" enum:"timeout,key,model,tls,name,unreachable,overloaded,address,request,answer" doc:"What is wrong, for programs."`
	Message string    `json:"message" doc:"What is wrong and what to do, for people."`
	Usage   llm.Usage `json:"usage"`
}

// tryTime is how long a service may take.
const tryTime = 20 * time.Second

// Test asks a service, for the model or, where that is "", its usual one, to say
// one word. It costs a few tokens and hands over nothing but that wish. A key never
// gets into what is reported.
func (s *Services) Test(ctx context.Context, actor remit.Actor, name, model string) (*Tried, error) {
	if _, err := s.resolver.Require(ctx, actor, policy.ManageServices); err != nil {
		return nil, err
	}
	if len(model) > maxText {
		return nil, remit.FieldErrorf("model", "must be the name of a model")
	}
	service, version, err := s.trial(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.Note(ctx, actor, OpTest, map[string]any{"service": name, "model": model}); err != nil {
		return nil, err
	}
	tried := s.try(ctx, service, model)
	return tried, s.store.KeepServiceTest(ctx, name, policystore.ServiceTest{
		Version: version, At: s.now(), OK: tried.OK, Took: tried.Took, Model: tried.Model, Problem: tried.Problem, Message: tried.Message,
	})
}

func (s *Services) try(ctx context.Context, service *roster.Service, model string) *Tried {
	ctx, cancel := context.WithTimeout(ctx, tryTime+time.Second)
	defer cancel()
	started := s.now()
	answer, err := service.Client.Complete(ctx, llm.Request{Model: model, MaxTokens: 64, Messages: []llm.Message{{Role: llm.User, Text: "Reply with the single word: ready"}}}, nil)
	tried := &Tried{Took: s.now().Sub(started).Milliseconds()}
	if err != nil {
		tried.Problem, tried.Message = diagnose(err)
		return tried
	}
	tried.OK, tried.Model, tried.Usage, tried.Message = true, answer.Model, answer.Usage, "The service answers."
	if tried.Model == "" {
		tried.Model = service.Model
	}
	return tried
}

// trial opens a service anew, with patience for one try, and says which version of it.
func (s *Services) trial(ctx context.Context, name string) (service *roster.Service, version string, err error) {
	entry, version, err := s.entryOf(ctx, name)
	if err != nil {
		return nil, "", err
	}
	if entry == nil {
		service, err = s.live.Service(ctx, name) // the planner, or none
		return service, "", err
	}
	entry.Timeout, entry.Idle, entry.Retries = roster.Duration(tryTime), roster.Duration(tryTime), -1
	set, err := roster.Open(&roster.Config{Services: []roster.Entry{*entry}}, s.live.planner)
	if err != nil {
		return nil, "", err
	}
	service, err = set.Service(ctx, name)
	return service, version, err
}

func (s *Services) entryOf(ctx context.Context, name string) (entry *roster.Entry, version string, err error) {
	for _, e := range s.live.configured.Services {
		if e.Name == name {
			return &e, "", nil
		}
	}
	stored, _, err := s.store.Services(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, each := range stored {
		if each.Name == name {
			e := s.live.entry(each)
			return &e, each.Version, nil
		}
	}
	if name != roster.Offline {
		return nil, "", remit.Errorf(remit.KindNotFound, "there is no such model service")
	}
	return nil, "", nil // the planner has no entry
}

// diagnosis are texts in the errors of services and networks, and what they mean.
var diagnosis = []struct{ text, problem, remedy string }{
	{errForbidden.Error(), "address", "this address is only for the machine itself: list its host under models.allow in the configuration if it is meant"},
	{"refuses the key", "key", ""},
	{"took longer", "timeout", ""},
	{"gave no sign", "timeout", ""},
	{"i/o timeout", "timeout", "nothing answers at the address: check it, and whether a firewall is in the way"},
	{"deadline exceeded", "timeout", "nothing answers at the address: check it, and whether a firewall is in the way"},
	{"x509:", "tls", "its certificate is not trusted here: check the address, or add the issuer to the machine's trusted ones"},
	{"tls:", "tls", "a secure connection cannot be made: check that the address speaks TLS"},
	{"HTTP response to HTTPS", "tls", "the address speaks plain HTTP, not TLS"},
	{"no such host", "name", "the host's name is not known: check it"},
	{"overloaded", "overloaded", ""},
	{"(404)", "model", "check the name of the model, and the base URL"},
	{"model", "model", ""},
	{"rejected the request", "request", ""},
	{"cannot be reached", "unreachable", "check the address, and whether the service runs"},
	{"redirects", "address", ""},
}

// diagnose says what an error means, for programs and for people. Errors of model
// services hold no key: their transport takes care of that.
func diagnose(err error) (problem, message string) {
	message = strings.TrimSuffix(remit.PublicText(err), ".")
	text := message
	var e *remit.Error
	if errors.As(err, &e) && e.Cause != nil {
		text += " " + e.Cause.Error()
	}
	// The service's own name may hold such a word, too.
	if i := strings.Index(text, `" `); i >= 0 && strings.HasPrefix(text, "the model service") {
		text = text[i:]
	}
	for _, d := range diagnosis {
		if !strings.Contains(text, d.text) {
			continue
		}
		if d.remedy != "" {
			message += ": " + d.remedy
		}
		return d.problem, message
	}
	return "answer", message
}
