package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

func (c *compiler) compileRoles() {
	for i := range c.doc.Roles {
		r, path := &c.doc.Roles[i], at("roles", i)
		_, taken := c.policy.roles[r.Name]
		c.checkName(path+".name", "role", r.Name, keyForm, taken)
		c.checkLevel(path+".clearance", r.Clearance)
		c.checkReferences(path+".capabilities", "capability", r.Capabilities)
		c.checkRoleEmployees(path+".employees", r.Employees)
		c.checkPages(path+".pages", r.Pages)
		c.policy.roles[r.Name] = &role{
			name:         r.Name,
			clearance:    r.Clearance.OfClearance(),
			grants:       c.grants(path+".grants", r.Grants),
			employees:    setOf(r.Employees),
			pages:        setOf(r.Pages),
			capabilities: setOf(r.Capabilities),
		}
	}
}

// checkRoleEmployees checks the AI employees that a role makes available.
func (c *compiler) checkRoleEmployees(path string, names []string) {
	for i, name := range names {
		if name == remit.PersonalAgent {
			c.problem(at(path, i), "%q is built in and available to everyone: leave it out", name)
			return
		}
	}
	c.checkReferences(path, "AI employee", names)
}

func (c *compiler) checkLevel(path string, s remit.Sensitivity) {
	if s > remit.Restricted {
		c.problem(path, "unknown sensitivity %d", uint8(s))
	}
}

// compileTools compiles the rules of tools; a built-in tool without one may be
// called by everybody, unless it reaches beyond what they may see.
func (c *compiler) compileTools() {
	for i := range c.doc.Tools {
		t, path := &c.doc.Tools[i], at("tools", i)
		_, taken := c.policy.tools[t.Name]
		c.checkName(path+".name", "tool", t.Name, toolForm, taken)
		c.checkReferences(path+".roles", "role", t.Roles)
		c.inputsOf[t.Name] = c.inputs(path+".inputs", t)
		c.policy.tools[t.Name] = &tool{
			Tool:      *t,
			writes:    c.builtins[t.Name].writes,
			roles:     setOf(t.Roles),
			bounds:    c.bounds(path+".constraints", &t.Constraints),
			condition: c.condition(path+".condition", t.Condition, c.inputsOf[t.Name]),
		}
	}
	for name, known := range c.builtins {
		c.inputsOf[name] = known.inputs
		if _, ruled := c.policy.tools[name]; !ruled {
			c.policy.tools[name] = &tool{Tool: Tool{Name: name}, writes: known.writes, roles: known.everybody()}
		}
	}
}

// inputs returns what a tool's condition may name of a call.
func (c *compiler) inputs(path string, t *Tool) map[string]remit.FieldType {
	if known, builtin := c.builtins[t.Name]; builtin {
		if len(t.Inputs) > 0 {
			c.problem(path, "the inputs of the built-in tool %s are known: leave them out", t.Name)
		}
		return known.inputs
	}
	inputs := make(map[string]remit.FieldType, len(t.Inputs))
	for i, input := range t.Inputs {
		_, taken := inputs[input.Name]
		c.checkName(at(path, i)+".name", "input", input.Name, inputForm, taken)
		if !slices.Contains(inputTypes, input.Type) {
			c.problem(at(path, i)+".type", "unknown type %q: use one of %v", clip(string(input.Type)), inputTypes)
			continue
		}
		inputs[input.Name] = input.Type
	}
	return inputs
}

func (c *compiler) compileEmployees() {
	for i := range c.doc.Employees {
		e, path := &c.doc.Employees[i], at("employees", i)
		_, taken := c.policy.employees[e.Name]
		c.checkName(path+".name", "AI employee", e.Name, keyForm, taken)
		if e.Name == remit.PersonalAgent {
			c.problem(path+".name", "%q is built in and cannot be defined", e.Name)
		}
		c.checkTitle(path, e.Title)
		c.checkProfile(path, e)
		c.checkReferences(path+".tools", "tool", e.Tools)
		c.checkLevel(path+".remit.sensitivity", e.Remit.Sensitivity)
		c.checkCount(path+".remit.rows_per_call", e.Remit.RowsPerCall)
		c.checkCount(path+".remit.rows_per_day", e.Remit.RowsPerDay)
		c.checkCount(path+".remit.steps", e.Remit.Steps)
		c.checkCount(path+".remit.tokens", e.Remit.Tokens)
		c.checkCount(path+".remit.tokens_per_day", e.Remit.TokensPerDay)
		tools := setOf(e.Tools)
		if tools == nil {
			tools = set{} // none: only the built-in agent has every tool
		}
		c.policy.employees[e.Name] = &employee{
			Employee: *e,
			remit:    c.remitGrants(path+".remit.grants", e.Remit.Grants),
			tools:    tools,
			rules:    c.toolRules(path+".tool_rules", e.ToolRules, e.Tools),
		}
	}
	c.policy.employees[remit.PersonalAgent] = personalAgent(c.model)
}

func (c *compiler) checkTitle(path, title string) {
	if title == "" {
		c.problem(path+".title", "the title is missing")
	}
}

// The bounds on what an AI employee says of itself, in characters.
const (
	maxLine = 120
	maxBio  = 2_000
)

// checkProfile checks what people see of an AI employee.
func (c *compiler) checkProfile(path string, e *Employee) {
	for _, line := range []struct{ name, text string }{{"title", e.Title}, {"position", e.Position}} {
		if utf8.RuneCountInString(line.text) > maxLine || strings.ContainsFunc(line.text, unicode.IsControl) {
			c.problem(path+"."+line.name, "must be a line of at most %d characters", maxLine)
		}
	}
	if utf8.RuneCountInString(e.Bio) > maxBio {
		c.problem(path+".bio", "has more than %d characters", maxBio)
	}
	if e.Avatar != "" && !slices.Contains(Avatars, e.Avatar) {
		c.unknown(path+".avatar", e.Avatar, Avatars, "unknown avatar %q", clip(e.Avatar))
	}
	if e.Color != "" && !slices.Contains(Colors, e.Color) {
		c.unknown(path+".color", e.Color, Colors, "unknown color %q", clip(e.Color))
	}
}

func (c *compiler) compileTasks() {
	for i := range c.doc.Tasks {
		t, path := &c.doc.Tasks[i], at("tasks", i)
		_, taken := c.policy.tasks[t.Name]
		c.checkName(path+".name", "task", t.Name, keyForm, taken)
		c.checkTitle(path, t.Title)
		c.checkReferences(path+".roles", "role", t.Roles)
		c.checkTaskEmployee(path, t)
		c.checkPlaces(path+".places", t.Places)
		c.policy.tasks[t.Name] = &task{
			Task:      *t,
			tools:     setOf(t.Tools),
			rules:     c.toolRules(path+".tool_rules", t.ToolRules, c.taskTools(t)),
			roles:     setOf(t.Roles),
			bounds:    c.bounds(path+".constraints", &t.Constraints),
			condition: c.condition(path+".condition", t.Condition, nil),
		}
	}
}

// checkTaskEmployee checks whose task it is, and that its tools are among that
// AI employee's.
func (c *compiler) checkTaskEmployee(path string, t *Task) {
	e, known := c.policy.employees[t.Employee]
	if !known || t.Employee == remit.PersonalAgent {
		c.unknown(path+".employee", t.Employee, c.names["AI employee"], "unknown AI employee %q", clip(t.Employee))
		c.checkReferences(path+".tools", "tool", t.Tools)
		return
	}
	c.checkOnce(path+".tools", t.Tools)
	for i, name := range t.Tools {
		if !e.tools[name] {
			c.unknown(at(path+".tools", i), name, e.Tools, "%s does not have the tool %q", e.Name, clip(name))
		}
	}
}

// taskTools returns the tools that a task allows.
func (c *compiler) taskTools(t *Task) []string {
	if e := c.policy.employees[t.Employee]; len(t.Tools) == 0 && e != nil {
		return e.Tools
	}
	return t.Tools
}

// bounds compiles the constraints of a task or a tool.
func (c *compiler) bounds(path string, from *Constraints) bounds {
	c.checkCount(path+".row_limit", from.RowLimit)
	c.checkCount(path+".last_days", from.LastDays)
	b := bounds{rows: from.RowLimit, lastDays: from.LastDays, readOnly: from.ReadOnly}
	if len(from.Collections) > 0 {
		b.collections = make(map[*remit.Collection][]bool, len(from.Collections))
	}
	for i := range from.Collections {
		c.boundCollection(at(path+".collections", i), &from.Collections[i], &b)
	}
	return b
}

func (c *compiler) boundCollection(path string, from *CollectionConstraint, b *bounds) {
	of := c.collection(path, from.Source, from.Collection)
	if of == nil {
		return
	}
	if _, twice := b.collections[of]; twice {
		c.problem(path+".collection", "%q is named twice", from.Collection)
	}
	if b.lastDays > 0 && of.TimeField == "" {
		c.problem(path+".collection", "%s has no time field, so that last_days would refuse all of it", of.Name)
	}
	b.collections[of] = nil
	if len(from.Fields) > 0 {
		b.collections[of] = c.fields(fmt.Sprintf("%s.fields", path), of, from.Fields)
	}
}
