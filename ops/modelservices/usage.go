package modelservices

import (
	"context"
	"log/slog"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// UsageQuery asks what was used of model services.
type UsageQuery struct {
	From, To string // days, both included; "" is no bound
	By       string // person, employee, service, model or day; "" is employee

	Person            remit.ID // only what was used for the person; "" is everybody
	Employee, Service string   // only theirs; "" is every one
}

// Used is what was used under one key, in one currency.
type Used struct {
	Key      string `json:"key" doc:"Id of a person, name of an AI employee or a service, a service and its model joined by a slash, or a day."`
	Name     string `json:"name,omitempty" doc:"Of the person; of the AI employee, its title."`
	Runs     int64  `json:"runs"`
	Input    int64  `json:"input_tokens"`
	Output   int64  `json:"output_tokens"`
	Cost     string `json:"cost,omitempty" doc:"In units of the currency; absent where no price was entered."`
	Currency string `json:"currency,omitempty"`
}

// Usage is what was used.
type Usage struct {
	By    string `json:"by"`
	Whose string `json:"whose" enum:"own,all" doc:"Whether everybody's is counted, or what you used alone."`
	Usage []Used `json:"usage" nullable:"false"`
}

// Usage returns what was used. Everybody sees their own; who manages services or
// audits sees all.
func (s *Services) Usage(ctx context.Context, actor remit.Actor, q UsageQuery) (*Usage, error) {
	standing, err := s.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if actor.AI() {
		return nil, remit.Errorf(remit.KindDenied, "this is for people: an AI employee may not do it")
	}
	f := policystore.UsageFilter{From: q.From, To: q.To, By: policystore.UsageBy(q.By), Person: q.Person, Employee: q.Employee, Service: q.Service}
	for name, day := range map[string]string{"from": q.From, "to": q.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return nil, remit.FieldErrorf(name, "must be a day such as 2026-01-31")
		}
	}
	if f.By == "" {
		f.By = policystore.ByEmployee
	}
	used := &Usage{By: string(f.By), Whose: whose(standing), Usage: []Used{}}
	if used.Whose == own {
		if q.Person != "" && q.Person != actor.Person {
			return used, nil // as of somebody who has used nothing
		}
		f.Person = actor.Person
	}
	sums, err := s.store.SumUsage(ctx, f)
	for _, sum := range sums {
		u := Used{Key: sum.Key, Name: sum.Name, Runs: sum.Runs, Input: sum.Input, Output: sum.Output, Currency: sum.Currency}
		if e, known := standing.Policy.Employee(sum.Key); f.By == policystore.ByEmployee && known {
			u.Name = e.Title
		}
		if sum.Currency != "" {
			u.Cost = decimal(sum.Cost, 9)
		}
		used.Usage = append(used.Usage, u)
	}
	return used, err
}

// Whose usage somebody sees.
const (
	own      = "own"
	everyone = "all"
)

// whose says whose usage somebody sees: everybody's, who manages services or audits.
func whose(standing *access.Standing) string {
	if standing.Require(policy.ManageServices) == nil || standing.Require(policy.ReadAudit) == nil {
		return everyone
	}
	return own
}

// Runner runs AI employees. *agent.Agent is one.
type Runner interface {
	Prepare(ctx context.Context, req agent.Request) (perform func(ctx context.Context, emit func(agent.Event)) *agent.Result, err error)
}

// Meter is a [Runner] that holds each run to what the AI employee's remit allows a
// day for the person, and keeps what it used.
type Meter struct {
	runner   Runner
	services *Services
	ids      *remit.IDSource
	log      *slog.Logger
}

// Meter returns the runner, metered.
func (s *Services) Meter(runner Runner, ids *remit.IDSource, log *slog.Logger) *Meter {
	return &Meter{runner, s, ids, log}
}

// Prepare implements [Runner].
func (m *Meter) Prepare(ctx context.Context, req agent.Request) (func(ctx context.Context, emit func(agent.Event)) *agent.Result, error) {
	standing, err := m.services.resolver.Resolve(ctx, req.Actor)
	if err != nil {
		return nil, err
	}
	if req.MostTokens, err = m.left(ctx, standing, req); err != nil {
		return nil, err
	}
	perform, err := m.runner.Prepare(ctx, req)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, emit func(agent.Event)) *agent.Result {
		result := perform(ctx, emit)
		if err := m.keep(context.WithoutCancel(ctx), req.Actor, result); err != nil {
			m.log.ErrorContext(ctx, "what a run used could not be kept", "run", result.Run, "error", err)
		}
		return result
	}, nil
}

// Run prepares a run and performs it, as [agent.Agent.Run] does.
func (m *Meter) Run(ctx context.Context, req agent.Request, emit func(agent.Event)) (*agent.Result, error) {
	perform, err := m.Prepare(ctx, req)
	if err != nil {
		return nil, err
	}
	return perform(ctx, emit), nil
}

// left returns how many tokens the AI employee may use for the person today; 0 is no
// bound. It fails where none are left.
func (m *Meter) left(ctx context.Context, standing *access.Standing, req agent.Request) (int64, error) {
	name := req.Actor.Employee
	if name == "" {
		name = req.Employee
	}
	employee, known := standing.Policy.Employee(name)
	if !known || employee.Remit.TokensPerDay <= 0 {
		return 0, nil
	}
	if err := standing.MayUse(name); err != nil {
		return 0, err // before anything is said of its budget
	}
	used, err := m.services.store.UsedTokens(ctx, req.Actor.Person, name, m.services.today())
	if err != nil {
		return 0, err
	}
	left := int64(employee.Remit.TokensPerDay) - used
	if left <= 0 {
		e := remit.Errorf(remit.KindLimited, "%s may use %d tokens a day for you, and has used them", employee.Title, employee.Remit.TokensPerDay)
		e.Field, e.Hint = "employee", "ask again tomorrow, or ask an administrator for a larger budget"
		return 0, e
	}
	return left, nil
}

func (s *Services) today() string { return s.now().In(s.location()).Format(time.DateOnly) }

func (m *Meter) keep(ctx context.Context, actor remit.Actor, r *agent.Result) error {
	s := m.services
	u := policystore.Usage{
		ID: m.ids.New(), Ended: s.now(), Day: s.today(), Person: actor.Person, Employee: r.Employee, Task: r.Task,
		Service: r.Service, Model: r.Model, Run: r.Run, Conversation: actor.Conversation, Input: r.Usage.Input, Output: r.Usage.Output,
	}
	stored, _, err := s.store.Services(ctx)
	if err != nil {
		return err
	}
	for _, service := range stored {
		if service.Name != r.Service || s.live.isConfigured(service.Name) {
			continue
		}
		if p, ok := priceOf(service.Prices, r.Model); ok && service.Currency != "" {
			u.Cost, u.Currency = cost(p, u.Input, u.Output), service.Currency
		}
	}
	return s.store.AddUsage(ctx, u)
}
