package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// MayUse reports whether a holder of the roles may use the AI employee: it is
// enabled, and a role makes it available. [remit.PersonalAgent] is available to
// whoever holds any role of the policy.
func (p *Policy) MayUse(roles []string, employee string) (bool, Reason) {
	no := Reason{Layer: "employee", Name: employee, Effect: effectRefuses}
	e := p.employees[employee]
	switch {
	case e == nil:
		no.Message = fmt.Sprintf("there is no AI employee %q", clip(employee))
		return false, no
	case e.Disabled:
		no.Message = fmt.Sprintf("the AI employee %s is disabled", employee)
		return false, no
	}
	for _, name := range roles {
		r := p.roles[name]
		if r != nil && (r.employees[employee] || employee == remit.PersonalAgent) {
			return true, Reason{Layer: "role", Name: name, Effect: effectGives, Message: fmt.Sprintf("role %s makes %s available", name, employee)}
		}
	}
	no.Message = fmt.Sprintf("no role that counts makes %s available", employee)
	return false, no
}

// MayRunTask reports whether the person may run the task at now, and so whether its
// button shows: she may use the AI employee, holds one of the task's roles, sees one
// of the pages that show it and meets its condition. A condition that fails to
// evaluate refuses.
func (p *Policy) MayRunTask(u *scope.User, name string, now time.Time) (bool, Reason) {
	if u == nil {
		return false, nobody()
	}
	t, why, _ := p.taskFor(u.Roles, name, now)
	if t == nil {
		return false, why
	}
	if ok, why := p.MayUse(u.Roles, t.Employee); !ok {
		return false, why
	}
	if why, ok := meets("task", name, t.condition, u, nil); !ok {
		return false, why
	}
	return true, Reason{Layer: "task", Name: name, Effect: effectGives, Message: fmt.Sprintf("the task %s is open to the person", name)}
}

// MayCallTool reports whether a call of the tool with the input may be made for
// the person: by the AI employee, in the task ("" for none), by the tool's rule.
// With employee "" the person calls the tool herself.
func (p *Policy) MayCallTool(u *scope.User, employee, task, tool string, input map[string]any, now time.Time) (bool, Reason) {
	e, t, why := p.callers(u, employee, task, now)
	if why.Effect != "" {
		return false, why
	}
	called, why := p.toolFor(u.Roles, e, t, tool)
	if called == nil {
		return false, why
	}
	if why, ok := meets("tool", tool, called.condition, u, input); !ok {
		return false, why
	}
	if e != nil {
		if why, ok := holdRules("AI employee", e.Name, e.rules[tool], u, input); !ok {
			return false, why
		}
	}
	if t != nil {
		if why, ok := holdRules("task", t.Name, t.rules[tool], u, input); !ok {
			return false, why
		}
	}
	return true, Reason{Layer: "tool", Name: tool, Effect: effectGives, Message: fmt.Sprintf("the tool %s may be called", tool)}
}

// HasTool reports whether some call of the tool could be made for the person,
// whatever the input: it is what lists of tools show. Conditions, which may look
// at the input, are left to [Policy.MayCallTool].
func (p *Policy) HasTool(u *scope.User, employee, task, tool string, now time.Time) bool {
	e, t, why := p.callers(u, employee, task, now)
	if why.Effect != "" {
		return false
	}
	called, _ := p.toolFor(u.Roles, e, t, tool)
	return called != nil
}

// Admits reports whether the person may have any tool called at all by the AI
// employee, in the task ("" for none). Where it does, what [Policy.HasTool] says
// depends on nothing but the policy, the person's roles, the AI employee, the task
// and the tool.
func (p *Policy) Admits(u *scope.User, employee, task string, now time.Time) bool {
	_, _, why := p.callers(u, employee, task, now)
	return why.Effect == ""
}

// callers returns the AI employee and the task that a tool is called by, or a
// refusal.
func (p *Policy) callers(u *scope.User, employee, task string, now time.Time) (*employee, *task, Reason) {
	if u == nil {
		return nil, nil, nobody()
	}
	if employee == "" {
		if task != "" {
			return nil, nil, Reason{Layer: "task", Name: task, Effect: effectRefuses, Message: "a task is named without its AI employee"}
		}
		return nil, nil, Reason{}
	}
	if ok, why := p.MayUse(u.Roles, employee); !ok {
		return nil, nil, why
	}
	if task == "" {
		return p.employees[employee], nil, Reason{}
	}
	if ok, why := p.MayRunTask(u, task, now); !ok {
		return nil, nil, why
	}
	t := p.tasks[task]
	if t.Employee != employee {
		return nil, nil, Reason{Layer: "task", Name: task, Effect: effectRefuses, Message: fmt.Sprintf("the task %s is not one of %s", task, employee)}
	}
	return p.employees[employee], t, Reason{}
}

func nobody() Reason {
	return Reason{Layer: "role", Effect: effectRefuses, Message: "there is no person to decide for"}
}

// taskFor returns the task if the roles may see it at now, or a refusal; and within
// which time that is so.
func (p *Policy) taskFor(roles []string, name string, now time.Time) (*task, Reason, spell) {
	no := Reason{Layer: "task", Name: name, Effect: effectRefuses}
	t := p.tasks[name]
	var reached spell
	if t != nil {
		reached = p.reaches(roles, t, now)
	}
	switch {
	case t == nil:
		no.Message = fmt.Sprintf("there is no task %q", clip(name))
	case t.roles != nil && !p.holds(t.roles, roles):
		no.Message = fmt.Sprintf("the task %s is for other roles", name)
	case !reached.holds:
		no.Message = fmt.Sprintf("the task %s shows on pages that the person does not see: %s", name, strings.Join(t.Places, ", "))
	default:
		return t, Reason{}, reached
	}
	return nil, no, reached
}

// toolFor returns the tool if the AI employee has it, the task allows it and the
// roles may have it called; or a refusal. Conditions are the caller's to check.
func (p *Policy) toolFor(roles []string, e *employee, in *task, name string) (*tool, Reason) {
	no := Reason{Layer: "tool", Name: name, Effect: effectRefuses}
	t := p.tools[name]
	switch {
	case t == nil:
		no.Message = fmt.Sprintf("there is no tool %q", clip(name))
	case t.Disabled:
		no.Message = fmt.Sprintf("the tool %s is disabled", name)
	case e != nil && !e.hasTool(t):
		no.Message = fmt.Sprintf("%s does not have the tool %s", e.Name, name)
	case in != nil && in.tools != nil && !in.tools[name]:
		no.Message = fmt.Sprintf("the task %s does not allow the tool %s", in.Name, name)
	case t.roles != nil && !p.holds(t.roles, roles):
		no.Message = fmt.Sprintf("the tool %s is for other roles", name)
	default:
		return t, Reason{}
	}
	return nil, no
}

// hasTool reports whether the AI employee has the tool. The personal agent has
// every tool that does not exist to change something.
func (e *employee) hasTool(t *tool) bool {
	if e.tools == nil {
		return !t.writes
	}
	return e.tools[t.Name]
}

// holds reports whether one of the roles is both wanted and known.
func (p *Policy) holds(wanted set, roles []string) bool {
	return slices.ContainsFunc(roles, func(name string) bool { return wanted[name] && p.roles[name] != nil })
}

// meets reports whether a condition lets the call pass; an error refuses.
func meets(layer, name string, c *scope.Condition, u *scope.User, input map[string]any) (Reason, bool) {
	if c == nil {
		return Reason{}, true
	}
	no := Reason{Layer: layer, Name: name, Effect: effectRefuses}
	ok, err := c.Eval(u, input)
	switch {
	case err != nil:
		no.Message = fmt.Sprintf("the condition of the %s %s could not be evaluated: %s", layer, name, remit.PublicText(err))
	case !ok:
		no.Message = fmt.Sprintf("the condition of the %s %s is not met", layer, name)
	default:
		return Reason{}, true
	}
	return no, false
}

// MayView reports whether a holder of the operator's roles may look with the eyes
// of a holder of the others ("View as"): she has the capability, and they have none
// that she lacks.
func (p *Policy) MayView(operator, viewed []string) (bool, Reason) {
	no := Reason{Layer: "role", Effect: effectRefuses}
	if !p.Can(operator, ViewAs) {
		no.Message = "no role that counts allows to view as somebody else"
		return false, no
	}
	if lacking := p.Lacks(operator, viewed); lacking != "" {
		no.Message = "the person has the capability " + lacking + ", and who views has not"
		return false, no
	}
	return true, Reason{Layer: "role", Effect: effectGives, Message: "a role allows to view as somebody else"}
}

// Lacks returns a capability that the others' roles give and the roles do not, or
// "". Whoever manages people must not make somebody, or become somebody, who may do
// more than they do.
func (p *Policy) Lacks(roles, others []string) string {
	for _, capability := range Capabilities {
		if p.Can(others, capability) && !p.Can(roles, capability) {
			return capability
		}
	}
	return ""
}

// Can reports whether a role gives the capability, such as [ManagePolicy].
func (p *Policy) Can(roles []string, capability string) bool {
	return slices.ContainsFunc(roles, func(name string) bool {
		r := p.roles[name]
		return r != nil && r.capabilities[capability]
	})
}
