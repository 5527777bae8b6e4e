// Package modelservices holds the use cases of model services: list them, keep them,
// try them, and say what was used of them and what that cost.
//
// Some come from the configuration, and are shown only. Others are kept in the
// database by people with the capability to manage them. Their keys go in and never
// come out: they are sealed where they are stored, and no answer, log entry or audit
// entry has them.
package modelservices

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Store is what the use cases need of *policystore.Store.
type Store interface {
	Stored
	AddService(ctx context.Context, by remit.Actor, s policystore.Service) error
	UpdateService(ctx context.Context, by remit.Actor, name string, fn func(*policystore.Service) error) error
	RemoveService(ctx context.Context, by remit.Actor, name string) error
	Settings(ctx context.Context) (policystore.Settings, error)
	AddUsage(ctx context.Context, u policystore.Usage) error
	UsedTokens(ctx context.Context, person remit.ID, employee, day string) (int64, error)
	SumUsage(ctx context.Context, f policystore.UsageFilter) ([]policystore.UsageSum, error)
	UsedOn(ctx context.Context, day string, person remit.ID) ([]policystore.DayUse, error)
	ServiceTests(ctx context.Context) (map[string]policystore.ServiceTest, error)
	KeepServiceTest(ctx context.Context, name string, test policystore.ServiceTest) error
}

// Resolver is what the use cases need of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
	Require(ctx context.Context, actor remit.Actor, capability string) (*access.Standing, error)
}

// Recorder keeps the audit log. *lens.Lens is one.
type Recorder interface {
	Note(ctx context.Context, actor remit.Actor, operation string, details map[string]any) error
}

// Services carries out the use cases.
type Services struct {
	live     *Live
	store    Store
	resolver Resolver
	recorder Recorder
	now      func() time.Time
	location func() *time.Location
}

// New returns the use cases over the store. Days begin where location says now.
func New(live *Live, store Store, resolver Resolver, recorder Recorder, now func() time.Time, location func() *time.Location) *Services {
	return &Services{live, store, resolver, recorder, now, location}
}

// Where a service comes from.
const (
	FromConfiguration = "configuration" // the file or the environment: read-only here
	FromDatabase      = "database"
	BuiltIn           = "built-in" // the offline planner
)

// Service is a model service as it is shown.
type Service struct {
	Name      string            `json:"name"`
	Source    string            `json:"source" enum:"configuration,database,built-in" doc:"Only those of the database can be changed here."`
	Provider  string            `json:"provider" enum:"openai,anthropic,offline"`
	BaseURL   string            `json:"base_url,omitempty" doc:"Absent: the provider's own."`
	Model     string            `json:"model,omitempty" doc:"What answers where an AI employee names no model."`
	KeyHeader string            `json:"key_header,omitempty"`
	HasKey    bool              `json:"has_key" doc:"Whether a key is kept. It is never shown."`
	Egress    remit.Sensitivity `json:"egress" doc:"The highest sensitivity that may be handed to it."`
	Default   bool              `json:"default" doc:"Used by AI employees that name no service."`
	Insecure  bool              `json:"insecure,omitempty" doc:"Plain HTTP to another machine is allowed."`
	Usable    bool              `json:"usable" doc:"False where another service of the name, or a fault in its settings, keeps it from being used."`

	TimeoutSeconds int     `json:"timeout_seconds,omitempty" doc:"Of a turn; 0 is ten minutes."`
	IdleSeconds    int     `json:"idle_seconds,omitempty" doc:"Longest silence; 0 is two minutes."`
	Retries        int     `json:"retries,omitempty" doc:"0 is three, negative none."`
	MaxTokens      int     `json:"max_tokens,omitempty" doc:"Of an answer; 0 is the provider's own."`
	Currency       string  `json:"currency,omitempty"`
	Models         []Model `json:"models" nullable:"false" doc:"Models to choose from, with their prices."`

	Version  string    `json:"version,omitempty" doc:"Another one after each change; of those of the database."`
	UsedBy   []Named   `json:"used_by" nullable:"false" doc:"The AI employees that name it. Those that name none use the default."`
	LastTest *LastTest `json:"last_test,omitempty" doc:"How it did when it was last tried; absent if it has changed since."`
}

// Named is an AI employee by its key and its title.
type Named struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// LastTest is how a service did when it was last tried.
type LastTest struct {
	At      time.Time `json:"at"`
	OK      bool      `json:"ok"`
	Took    int64     `json:"took_ms"`
	Model   string    `json:"model,omitempty"`
	Problem string    `json:"problem,omitempty"`
	Message string    `json:"message"`
}

// Model is a model of a service with what it costs.
type Model struct {
	Name        string `json:"name" doc:"As the service calls it; * is every other."`
	InputPrice  string `json:"input_price,omitempty" doc:"For a million tokens, in the service's currency, e.g. 0.15."`
	OutputPrice string `json:"output_price,omitempty"`
}

// List returns every service, the default one first. Who manages AI employees
// may read it too: they choose among them.
func (s *Services) List(ctx context.Context, actor remit.Actor) ([]Service, error) {
	standing, err := s.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if standing.Require(policy.ManagePolicy) != nil {
		if err := standing.Require(policy.ManageServices); err != nil {
			return nil, err
		}
	}
	all, err := s.described(ctx)
	if err != nil {
		return nil, err
	}
	return all, s.tell(ctx, standing, all)
}

// tell adds to services who uses them, and how they did when they were tried.
func (s *Services) tell(ctx context.Context, standing *access.Standing, all []Service) error {
	tests, err := s.store.ServiceTests(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		service := &all[i]
		service.UsedBy = []Named{}
		for _, e := range standing.Policy.Employees() {
			if e.Service == service.Name {
				service.UsedBy = append(service.UsedBy, Named{e.Name, e.Title})
			}
		}
		if t, tried := tests[service.Name]; tried && t.Version == service.Version {
			service.LastTest = &LastTest{t.At, t.OK, t.Took, t.Model, t.Problem, t.Message}
		}
	}
	return nil
}

func (s *Services) describe(set *roster.Set, stored []policystore.Service) []Service {
	all := []Service{}
	used := map[string]bool{}
	for i, usable := range set.Services() {
		used[usable.Name] = true
		shown := s.shown(usable, stored)
		shown.Usable, shown.Default = true, i == 0
		all = append(all, shown)
	}
	for i := range stored {
		if !used[stored[i].Name] || s.live.isConfigured(stored[i].Name) {
			all = append(all, ofStored(&stored[i]))
		}
	}
	return all
}

func (s *Services) shown(usable *roster.Service, stored []policystore.Service) Service {
	if usable.Local() {
		return Service{Name: usable.Name, Source: BuiltIn, Provider: string(usable.Provider), Model: usable.Model, Egress: usable.Egress, Models: []Model{}}
	}
	for i := range s.live.configured.Services {
		if e := &s.live.configured.Services[i]; e.Name == usable.Name {
			return Service{
				Name: e.Name, Source: FromConfiguration, Provider: string(e.Provider), BaseURL: e.BaseURL, Model: usable.Model, KeyHeader: e.KeyHeader,
				HasKey: e.HasKey(), Egress: usable.Egress, Insecure: e.Insecure, Retries: e.Retries, MaxTokens: e.MaxTokens, Models: []Model{},
				TimeoutSeconds: int(time.Duration(e.Timeout).Seconds()), IdleSeconds: int(time.Duration(e.Idle).Seconds()),
			}
		}
	}
	for i := range stored {
		if stored[i].Name == usable.Name {
			shown := ofStored(&stored[i])
			shown.Model = usable.Model
			return shown
		}
	}
	return Service{Name: usable.Name, Provider: string(usable.Provider), Model: usable.Model, Egress: usable.Egress, Models: []Model{}}
}

func ofStored(s *policystore.Service) Service {
	shown := Service{
		Name: s.Name, Source: FromDatabase, Provider: s.Provider, BaseURL: s.BaseURL, Model: s.Model, KeyHeader: s.Header,
		HasKey: s.Key.Reveal() != "", Egress: s.Egress, Insecure: s.Insecure, Models: []Model{},
		TimeoutSeconds: s.TimeoutSeconds, IdleSeconds: s.IdleSeconds, Retries: s.Retries, MaxTokens: s.MaxTokens, Currency: s.Currency, Version: s.Version,
	}
	for _, p := range s.Prices {
		shown.Models = append(shown.Models, Model{p.Model, price(p.Input), price(p.Output)})
	}
	return shown
}

// Change says what to set of a service; nil leaves a part as it is.
type Change struct {
	Provider       *string            `json:"provider,omitempty" enum:"openai,anthropic"`
	BaseURL        *string            `json:"base_url,omitempty"`
	Key            *string            `json:"key,omitempty" doc:"Goes in and never comes out; empty removes it."`
	KeyHeader      *string            `json:"key_header,omitempty" doc:"Header for the bare key, e.g. api-key; empty: the provider's way."`
	Model          *string            `json:"model,omitempty"`
	Models         *[]Model           `json:"models,omitempty" nullable:"false"`
	Egress         *remit.Sensitivity `json:"egress,omitempty" enum:"public,internal,confidential,restricted"`
	Default        *bool              `json:"default,omitempty"`
	Insecure       *bool              `json:"insecure,omitempty"`
	TimeoutSeconds *int               `json:"timeout_seconds,omitempty" minimum:"0" maximum:"3600"`
	IdleSeconds    *int               `json:"idle_seconds,omitempty" minimum:"0" maximum:"3600"`
	Retries        *int               `json:"retries,omitempty" minimum:"-1" maximum:"10"`
	MaxTokens      *int               `json:"max_tokens,omitempty" minimum:"0" maximum:"10000000"`
	Version        *string            `json:"version,omitempty" doc:"Of the service as you read it: a conflict if it has changed since."`
	Currency       *string            `json:"currency,omitempty" doc:"Of the prices: an ISO 4217 code; left out, the company's."`
}

// Add keeps a new service.
func (s *Services) Add(ctx context.Context, actor remit.Actor, name string, c Change) (*Service, error) {
	standing, err := s.resolver.Require(ctx, actor, policy.ManageServices)
	if err != nil {
		return nil, err
	}
	if c.Version != nil {
		return nil, remit.FieldErrorf("version", "a new service has none yet")
	}
	settings, err := s.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	service := policystore.Service{Name: name, Egress: remit.Internal, Currency: settings.Currency}
	if err := s.apply(&service, c); err != nil {
		return nil, err
	}
	if err := s.store.AddService(ctx, actor, service); err != nil {
		return nil, err
	}
	return s.one(ctx, standing, name)
}

// Update changes a service that is kept here.
func (s *Services) Update(ctx context.Context, actor remit.Actor, name string, c Change) (*Service, error) {
	standing, err := s.resolver.Require(ctx, actor, policy.ManageServices)
	if err != nil {
		return nil, err
	}
	err = s.store.UpdateService(ctx, actor, name, func(service *policystore.Service) error {
		if c.Version != nil && *c.Version != service.Version {
			return remit.Errorf(remit.KindConflict, "somebody else has changed this service meanwhile: look at it again")
		}
		if movesKey(service, &c) {
			e := remit.FieldErrorf("key", "the service moves to another address: send its key again, so that nobody can send a key elsewhere who does not know it")
			return e
		}
		return s.apply(service, c)
	})
	if err != nil {
		return nil, err
	}
	return s.one(ctx, standing, name)
}

// movesKey reports whether a key that is kept would go to another address.
func movesKey(s *policystore.Service, c *Change) bool {
	if s.Key.Reveal() == "" || c.Key != nil {
		return false
	}
	return (c.BaseURL != nil && *c.BaseURL != s.BaseURL) || (c.Provider != nil && *c.Provider != s.Provider)
}

// Remove forgets a service that is kept here.
func (s *Services) Remove(ctx context.Context, actor remit.Actor, name string) error {
	if _, err := s.resolver.Require(ctx, actor, policy.ManageServices); err != nil {
		return err
	}
	return s.store.RemoveService(ctx, actor, name)
}

// described returns all services as they are now.
func (s *Services) described(ctx context.Context) ([]Service, error) {
	set, err := s.live.now(ctx)
	if err != nil {
		return nil, err
	}
	stored, _, err := s.store.Services(ctx)
	if err != nil {
		return nil, err
	}
	return s.describe(set, stored), nil
}

func (s *Services) one(ctx context.Context, standing *access.Standing, name string) (*Service, error) {
	all, err := s.described(ctx)
	if err != nil {
		return nil, err
	}
	for _, each := range all {
		if each.Name == name && each.Source == FromDatabase {
			found := []Service{each}
			return &found[0], s.tell(ctx, standing, found)
		}
	}
	return nil, remit.Errorf(remit.KindNotFound, "there is no such model service here")
}

// apply makes the change and checks the service that comes of it.
func (s *Services) apply(service *policystore.Service, c Change) error {
	set(&service.Provider, c.Provider)
	set(&service.BaseURL, c.BaseURL)
	set(&service.Header, c.KeyHeader)
	set(&service.Model, c.Model)
	set(&service.Egress, c.Egress)
	set(&service.Default, c.Default)
	set(&service.Insecure, c.Insecure)
	set(&service.TimeoutSeconds, c.TimeoutSeconds)
	set(&service.IdleSeconds, c.IdleSeconds)
	set(&service.Retries, c.Retries)
	set(&service.MaxTokens, c.MaxTokens)
	set(&service.Currency, c.Currency)
	if c.Key != nil {
		service.Key = policystore.NewKey(strings.TrimSpace(*c.Key))
	}
	if c.Models != nil {
		prices, err := readPrices(*c.Models)
		if err != nil {
			return err
		}
		service.Prices = prices
	}
	return s.check(service)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

var (
	nameForm     = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	headerForm   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
)

const (
	maxName = 64
	maxText = 500
	maxKey  = 10_000
)

func (s *Services) check(service *policystore.Service) error {
	key := service.Key.Reveal()
	switch {
	case !nameForm.MatchString(service.Name) || len(service.Name) > maxName:
		return remit.FieldErrorf("name", `use lower-case words joined by "-"`)
	case s.live.isConfigured(service.Name):
		e := remit.FieldErrorf("name", "the configuration has a service of that name")
		e.Kind = remit.KindConflict
		return e
	case service.Provider != string(roster.ProviderOpenAI) && service.Provider != string(roster.ProviderAnthropic):
		return remit.FieldErrorf("provider", "use openai (for whatever speaks its interface) or anthropic")
	case len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) || unicode.IsSpace(r) }):
		return remit.FieldErrorf("key", "must be one word")
	case service.Header != "" && !headerForm.MatchString(service.Header):
		return remit.FieldErrorf("key_header", "is no name of a header")
	case len(service.BaseURL) > maxText:
		return remit.FieldErrorf("base_url", "is too long")
	case len(service.Model) > maxText || strings.ContainsFunc(service.Model, unicode.IsControl):
		return remit.FieldErrorf("model", "must be the name of a model")
	case service.Egress == remit.Untagged || service.Egress > remit.Restricted:
		return remit.FieldErrorf("egress", "use public, internal, confidential or restricted")
	case service.Currency != "" && !currencyForm.MatchString(service.Currency):
		return remit.FieldErrorf("currency", "must be an ISO 4217 code such as EUR")
	}
	for _, n := range []struct {
		name        string
		value, most int
	}{{"timeout_seconds", service.TimeoutSeconds, 3600}, {"idle_seconds", service.IdleSeconds, 3600}, {"max_tokens", service.MaxTokens, 10_000_000}, {"retries", service.Retries + 1, 11}} {
		if n.value < 0 || n.value > n.most {
			return remit.FieldErrorf(n.name, "is out of range")
		}
	}
	if err := checkAddress(service.BaseURL, service.Insecure, s.live.configured.Allow); err != nil {
		return err
	}
	_, err := roster.Open(&roster.Config{Services: []roster.Entry{s.live.entry(*service)}}, s.live.planner)
	return err
}
