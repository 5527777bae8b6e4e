// Package roster is the model services of an installation: which there are, by
// a section of the configuration file and by environment variables, and what may
// be sent to each.
//
// Every service has an egress limit, the highest sensitivity of a field that may
// be handed to it. Where no service is configured, the default is the offline
// planner, which nothing leaves.
package roster

import (
	"context"
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/anthropic"
	"github.com/remit-crm/remit/llm/openai"
)

// Offline is the name of the service that is always there.
const Offline = "offline"

// Service is one model service, ready for use.
type Service struct {
	Name     string
	Provider Provider
	Model    string            // what answers where a request names no model
	Egress   remit.Sensitivity // the highest level that may be handed to it
	Client   llm.Model
}

// Local reports whether nothing leaves this process.
func (s *Service) Local() bool { return s.Provider == ProviderOffline }

// Set is the services of an installation. It is immutable.
type Set struct {
	services []*Service
	standard string
}

// Open makes the services that c describes, and the offline one over planner. It
// makes no request. Errors are Invalid and name the service and the setting.
func Open(c *Config, planner llm.Model) (*Set, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	s := &Set{standard: c.Default}
	for i := range c.Services {
		client, model, err := c.Services[i].open()
		if err != nil {
			return nil, err
		}
		s.services = append(s.services, &Service{
			Name: c.Services[i].Name, Provider: c.Services[i].Provider, Model: model,
			Egress: c.Services[i].egress(), Client: client,
		})
	}
	s.services = append(s.services, &Service{
		Name: Offline, Provider: ProviderOffline, Model: "offline planner", Egress: remit.Restricted, Client: planner,
	})
	if s.standard == "" {
		s.standard = s.services[0].Name
	}
	return s, nil
}

func (e *Entry) open() (llm.Model, string, error) {
	key, err := e.key()
	if err != nil {
		return nil, "", err
	}
	o := e.options(key)
	switch e.Provider {
	case ProviderOpenAI:
		m, err := openai.New(o)
		if err != nil {
			return nil, "", err
		}
		return m, m.Name(), nil
	case ProviderAnthropic:
		m, err := anthropic.New(o)
		if err != nil {
			return nil, "", err
		}
		return m, m.Name(), nil
	case ProviderOffline:
	}
	return nil, "", fmt.Errorf("the model service %q has no provider", e.Name)
}

// Service returns the service called name, or the default one for "".
func (s *Set) Service(_ context.Context, name string) (*Service, error) {
	if name == "" {
		name = s.standard
	}
	for _, each := range s.services {
		if each.Name == name {
			return each, nil
		}
	}
	return nil, &remit.Error{
		Kind:    remit.KindUnavailable,
		Message: fmt.Sprintf("the model service %q is not configured here: an administrator must add it or choose another", name),
	}
}

// Egress returns the highest sensitivity that may be handed to the service, as
// the lens asks for it; it is the same under every policy epoch. An unknown service gets nothing but the false.
func (s *Set) Egress(ctx context.Context, _ int64, name string) (limit remit.Sensitivity, ok bool) {
	if name == "" {
		return remit.Untagged, false
	}
	found, err := s.Service(ctx, name)
	if err != nil {
		return remit.Untagged, false
	}
	return found.Egress, true
}

// Services returns every service, the default first.
func (s *Set) Services() []*Service {
	all := slices.Clone(s.services)
	slices.SortStableFunc(all, func(a, b *Service) int {
		switch s.standard {
		case a.Name:
			return -1
		case b.Name:
			return 1
		}
		return 0
	})
	return all
}
