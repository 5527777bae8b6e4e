package tools

import (
	"strings"
	"sync"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

// usable remembers which tools are usable, for one policy. What a person is and
// what ends with time is not remembered: [policy.Policy.Admits] is asked for every
// request, with the standing that was read for it (DESIGN law 8).
type usable struct {
	registry *tool.Registry

	mu     sync.RWMutex
	policy *policy.Policy // by which known was found out
	known  map[choice]*tool.Registry
}

// choice is what, in one policy, the tools that are usable depend on.
type choice struct{ roles, employee, task string }

// maxKnown bounds what is remembered: sets of roles by AI employees by tasks.
const maxKnown = 1_000

// of returns the tools that the actor of the standing may use.
func (u *usable) of(s *access.Standing, actor remit.Actor) *tool.Registry {
	employee := actor.EmployeeKey()
	if !s.Policy.Admits(s.User, employee, actor.Task, s.Now) {
		return u.registry.Only(nil)
	}
	c := choice{strings.Join(s.User.Roles, "\x00"), employee, actor.Task}
	if tools := u.get(s.Policy, c); tools != nil {
		return tools
	}
	var names []string
	for _, name := range u.registry.Names() {
		if s.Policy.HasTool(s.User, employee, actor.Task, name, s.Now) {
			names = append(names, name)
		}
	}
	tools := u.registry.Only(names)
	u.put(s.Policy, c, tools)
	return tools
}

func (u *usable) get(p *policy.Policy, c choice) *tool.Registry {
	u.mu.RLock()
	defer u.mu.RUnlock()
	if u.policy != p {
		return nil
	}
	return u.known[c]
}

// put remembers tools, unless those of a newer policy are remembered already.
func (u *usable) put(p *policy.Policy, c choice, tools *tool.Registry) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.policy != p {
		if u.policy != nil && u.policy.Epoch > p.Epoch {
			return
		}
		u.policy, u.known = p, nil
	}
	if u.known == nil || len(u.known) >= maxKnown {
		u.known = make(map[choice]*tool.Registry)
	}
	u.known[c] = tools
}
