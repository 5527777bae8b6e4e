package policy

import (
	"maps"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Policy is a document that has been checked against a data model and made
// ready to decide. It is immutable and safe for concurrent use; a change makes a
// new one under a new epoch. Its zero value refuses everything.
type Policy struct {
	// Epoch counts the changes to policy and model. The store sets it before the
	// policy is shared; 0 is a policy that is not stored.
	Epoch int64

	document  *Document
	model     *remit.Model
	env       *scope.Env
	roles     map[string]*role
	employees map[string]*employee
	tasks     map[string]*task
	tools     map[string]*tool
	permits   cache
}

// Compile checks the document against the model and the attributes that people
// have, and returns the policy. The error joins one [remit.Error] of kind
// invalid for each problem, its Field being the path, such as
// "roles[2].grants[0].scope".
func Compile(doc *Document, model *remit.Model, attributes []scope.Attribute) (*Policy, error) {
	env, err := scope.NewEnv(model, attributes)
	if err != nil {
		return nil, err
	}
	c := compile(doc.clone(), model, env)
	if err := c.problems.join(); err != nil {
		return nil, err
	}
	return c.policy, nil
}

func compile(doc *Document, model *remit.Model, env *scope.Env) *compiler {
	c := newCompiler(doc, model, env)
	c.compileScopes()
	c.compileRoles()
	c.compileTools()
	c.compileEmployees()
	c.compileTasks()
	return c
}

// Document returns a copy of what the policy was compiled from.
func (p *Policy) Document() *Document {
	if p.document == nil {
		return &Document{}
	}
	return p.document.clone()
}

// Model returns the data model that the policy was checked against.
func (p *Policy) Model() *remit.Model { return p.model }

// Env returns what row scopes and conditions of this policy may name.
func (p *Policy) Env() *scope.Env { return p.env }

// Employee returns the AI employee of that key, [remit.PersonalAgent] included.
// The caller must not change it.
func (p *Policy) Employee(name string) (*Employee, bool) {
	e, found := p.employees[name]
	if !found {
		return nil, false
	}
	return &e.Employee, true
}

// Task returns the task of that name. The caller must not change it.
func (p *Policy) Task(name string) (*Task, bool) {
	t, found := p.tasks[name]
	if !found {
		return nil, false
	}
	return &t.Task, true
}

// Tool returns the rule of the tool of that name: for a built-in tool without
// one, the rule that lets everybody call it. The caller must not change it.
func (p *Policy) Tool(name string) (*Tool, bool) {
	t, found := p.tools[name]
	if !found {
		return nil, false
	}
	return &t.Tool, true
}

// Employees returns the AI employees of the document, sorted by key, without the
// built-in one.
func (p *Policy) Employees() []*Employee {
	var list []*Employee
	for _, name := range slices.Sorted(maps.Keys(p.employees)) {
		if name != remit.PersonalAgent {
			list = append(list, &p.employees[name].Employee)
		}
	}
	return list
}

// The compiled forms of a document's parts.
type (
	role struct {
		name         string
		clearance    remit.Sensitivity
		grants       grants
		employees    set
		pages        set // nil: every page
		capabilities set
	}

	employee struct {
		Employee
		remit grants
		tools set // nil: every known tool that only reads (the personal agent)
		rules map[string][]ruled
	}

	task struct {
		Task
		tools     set // nil: all of the AI employee's
		rules     map[string][]ruled
		roles     set // nil: everyone who may use the AI employee
		bounds    bounds
		condition *scope.Condition // nil: true
	}

	tool struct {
		Tool
		writes    bool // it exists to change or send something
		roles     set  // nil: everyone
		bounds    bounds
		condition *scope.Condition // nil: true
	}
)

// set is a set of names; nil is the empty one unless its owner says otherwise.
type set map[string]bool

func setOf(names []string) set {
	if len(names) == 0 {
		return nil
	}
	s := make(set, len(names))
	for _, n := range names {
		s[n] = true
	}
	return s
}

// grants are what a role or a remit grants, by collection.
type grants map[*remit.Collection][]*grant

// grant is a compiled Grant on one collection.
type grant struct {
	actions  set
	fields   []bool // by the index of the collection's fields
	scope    *rowScope
	after    *rowScope // scope_after, or scope
	notAfter time.Time // zero: never ends
}

// rowScope is a scope with what explain says of it.
type rowScope struct {
	label     string // "own (record.owner_id == user.id)"
	predicate *scope.Predicate
}

// bounds are compiled Constraints.
type bounds struct {
	collections map[*remit.Collection][]bool // nil: every collection; a nil list: every field
	rows        int
	lastDays    int
	readOnly    bool
}
