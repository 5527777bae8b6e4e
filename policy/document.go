// Package policy decides what an actor may see and do. It is pure: people,
// time and the data model are arguments, nothing is read or written.
//
// A [Document] is the policy as administrators write it (YAML, or the tables
// behind the screens). [Compile] checks it against the data model and yields a
// [Policy], which answers, for a [Subject], a collection and an action, a
// [Permit]: which rows, which cells of them, within which limits, until when,
// and why.
package policy

import (
	"time"

	"github.com/remit-crm/remit"
)

// Action is what may be granted on a collection.
type Action string

// The actions. Delete and Export say which rows; View, Create and Update also
// say which fields.
const (
	View   Action = "view"
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
	Export Action = "export"
)

// Actions lists every action in display order.
var Actions = []Action{View, Create, Update, Delete, Export}

// The scopes that every collection has beside its named ones. An empty scope
// name is not "all": it is refused.
const (
	ScopeAll  = "all"
	ScopeNone = "none"
)

// AllFields stands, as the only entry of a list of fields, for every field that
// the collection has.
const AllFields = "*"

// Document is a whole policy in the form that people write, keep under version
// control and compare. Its zero value grants nothing.
type Document struct {
	Scopes    []Scope    `json:"scopes,omitempty" yaml:"scopes,omitempty"`
	Roles     []Role     `json:"roles,omitempty" yaml:"roles,omitempty"`
	Employees []Employee `json:"employees,omitempty" yaml:"employees,omitempty"`
	Tasks     []Task     `json:"tasks,omitempty" yaml:"tasks,omitempty"`
	Tools     []Tool     `json:"tools,omitempty" yaml:"tools,omitempty"`
}

// Scope is a named row scope of one collection: a CEL expression over record
// and user (package scope).
type Scope struct {
	Name       string `json:"name" yaml:"name"`
	Source     string `json:"data_source,omitempty" yaml:"data_source,omitempty"` // "" is main
	Collection string `json:"collection" yaml:"collection"`
	Title      string `json:"title,omitempty" yaml:"title,omitempty"`
	Expression string `json:"expression" yaml:"expression"`
}

// Role is held by people. Its grants add to those of their other roles, cell by
// cell.
type Role struct {
	Name        string            `json:"name" yaml:"name"` // key: lower-case words joined by "-"
	Title       string            `json:"title,omitempty" yaml:"title,omitempty"`
	Description string            `json:"description,omitempty" yaml:"description,omitempty"`
	Clearance   remit.Sensitivity `json:"clearance,omitempty" yaml:"clearance,omitempty"` // the highest tag that AI may use for holders; unset is public
	Grants      []Grant           `json:"grants,omitempty" yaml:"grants,omitempty"`

	Employees    []string `json:"employees,omitempty" yaml:"employees,omitempty"`         // keys of the AI employees that holders may use
	NewEmployees bool     `json:"new_employees,omitempty" yaml:"new_employees,omitempty"` // AI employees made later are available too
	Pages        []string `json:"pages,omitempty" yaml:"pages,omitempty"`                 // the pages that holders see, or AllPages alone; none named: all that there is something to do on
	Capabilities []string `json:"capabilities,omitempty" yaml:"capabilities,omitempty"`   // what holders may do beside data: see Capabilities
}

// The capabilities: what a role may allow beside customer data.
const (
	ManagePeople = "people.manage"  // people, departments, their roles
	ManagePolicy = "policy.manage"  // roles, grants, scopes, AI employees, tasks
	ReadAudit    = "audit.read"     // the audit log
	ImportData   = "data.import"    // remit import and the import screen
	ViewAs       = "people.view_as" // View as, read-only

	ManageServices = "services.manage" // model services, their keys and prices, and everybody's usage
	ManageSettings = "settings.manage" // the company's name, time zone, currency

	WriteTemplates  = "templates.write"  // drafts of company-wide analyses
	ReviewTemplates = "templates.review" // reviews of what others wrote of them
)

// Capabilities lists every capability.
var Capabilities = []string{ManagePeople, ManagePolicy, ReadAudit, ImportData, ViewAs, ManageServices, ManageSettings, WriteTemplates, ReviewTemplates}

// Grant allows actions on the rows of a scope and, of those rows, the fields
// named.
type Grant struct {
	Source     string   `json:"data_source,omitempty" yaml:"data_source,omitempty"` // "" is main
	Collection string   `json:"collection" yaml:"collection"`
	Actions    []Action `json:"actions" yaml:"actions"`
	Fields     []string `json:"fields,omitempty" yaml:"fields,omitempty"` // names, or AllFields alone; none is none
	Scope      string   `json:"scope" yaml:"scope"`                       // a scope's name, ScopeAll or ScopeNone

	// ScopeAfter is the scope that a row must meet after an update or a create;
	// "" means Scope. A deal is handed over by a wider ScopeAfter.
	ScopeAfter string    `json:"scope_after,omitempty" yaml:"scope_after,omitempty"`
	NotAfter   time.Time `json:"not_after,omitzero" yaml:"not_after,omitempty"` // the grant's end; zero is none
}

// Employee is an AI employee: an assistant with a ceiling of its own, its remit.
type Employee struct {
	Name        string     `json:"name" yaml:"name"` // key, e.g. "viz"
	Title       string     `json:"title" yaml:"title"`
	Position    string     `json:"position,omitempty" yaml:"position,omitempty"`
	Description string     `json:"description,omitempty" yaml:"description,omitempty"` // role description: part of the prompt
	Greeting    string     `json:"greeting,omitempty" yaml:"greeting,omitempty"`
	Bio         string     `json:"bio,omitempty" yaml:"bio,omitempty"`       // for people: what it is good at; not part of the prompt
	Avatar      string     `json:"avatar,omitempty" yaml:"avatar,omitempty"` // one of Avatars; "" lets the screen choose
	Color       string     `json:"color,omitempty" yaml:"color,omitempty"`   // of the avatar: one of Colors
	Disabled    bool       `json:"disabled,omitempty" yaml:"disabled,omitempty"`
	Service     string     `json:"service,omitempty" yaml:"service,omitempty"` // model service; "" is the installation's default
	Model       string     `json:"model,omitempty" yaml:"model,omitempty"`
	Tools       []string   `json:"tools,omitempty" yaml:"tools,omitempty"`
	ToolRules   []ToolRule `json:"tool_rules,omitempty" yaml:"tool_rules,omitempty"` // conditions on calls by this AI employee
	Remit       Remit      `json:"remit" yaml:"remit"`
}

// Remit is what an AI employee may touch at most, whoever asks. Its zero value
// allows nothing.
type Remit struct {
	Grants      []Grant           `json:"grants,omitempty" yaml:"grants,omitempty"`           // Collection "*" stands for every collection
	Sensitivity remit.Sensitivity `json:"sensitivity,omitempty" yaml:"sensitivity,omitempty"` // unset is public
	RowsPerCall int               `json:"rows_per_call,omitempty" yaml:"rows_per_call,omitempty"`
	RowsPerDay  int               `json:"rows_per_day,omitempty" yaml:"rows_per_day,omitempty"` // distinct person × AI employee; 0 is no bound
	Steps       int               `json:"steps,omitempty" yaml:"steps,omitempty"`               // tool calls a run; 0 is the default
	Tokens      int               `json:"tokens,omitempty" yaml:"tokens,omitempty"`             // tokens a run; 0 is the default

	TokensPerDay int `json:"tokens_per_day,omitempty" yaml:"tokens_per_day,omitempty"` // in and out, person × AI employee; 0 is no bound
}

// Avatars are the built-in pictures of AI employees.
var Avatars = []string{
	"bear", "bee", "cat", "chart", "coin", "compass", "deer", "dog", "fox", "lion", "owl", "pen", "penguin", "rabbit", "robot", "shield", "telescope", "whale",
}

// Colors are those that an avatar may have.
var Colors = []string{"blue", "cyan", "grape", "gray", "green", "indigo", "lime", "orange", "pink", "red", "teal", "violet", "yellow"}

// Task is a preset job of one AI employee. Its constraints are enforced by the
// lens, whatever the instructions say.
type Task struct {
	Name         string      `json:"name" yaml:"name"`
	Employee     string      `json:"employee" yaml:"employee"`
	Title        string      `json:"title" yaml:"title"`
	Instructions string      `json:"instructions,omitempty" yaml:"instructions,omitempty"`
	Question     string      `json:"question,omitempty" yaml:"question,omitempty"`     // default question
	Tools        []string    `json:"tools,omitempty" yaml:"tools,omitempty"`           // none named: all of the AI employee's
	ToolRules    []ToolRule  `json:"tool_rules,omitempty" yaml:"tool_rules,omitempty"` // conditions on calls in this task
	Constraints  Constraints `json:"constraints,omitzero" yaml:"constraints,omitempty"`
	Roles        []string    `json:"roles,omitempty" yaml:"roles,omitempty"`         // who sees it; none named: everyone who may use the AI employee
	Condition    string      `json:"condition,omitempty" yaml:"condition,omitempty"` // CEL over user; "" is true
	Places       []string    `json:"places,omitempty" yaml:"places,omitempty"`       // pages and blocks that show its button, e.g. "opportunities/list"
}

// Constraints narrow what a task or a tool may read. The zero value narrows
// nothing: the constraints of the person and of the AI employee still hold.
type Constraints struct {
	Collections []CollectionConstraint `json:"collections,omitempty" yaml:"collections,omitempty"` // none named: no narrowing
	RowLimit    int                    `json:"row_limit,omitempty" yaml:"row_limit,omitempty"`     // rows a query, on all its pages together; 0 is no bound
	LastDays    int                    `json:"last_days,omitempty" yaml:"last_days,omitempty"`     // by each collection's time field; 0 is no bound
	ReadOnly    bool                   `json:"read_only,omitempty" yaml:"read_only,omitempty"`
}

// CollectionConstraint allows a collection and, if it names any, only these of
// its fields.
type CollectionConstraint struct {
	Source     string   `json:"data_source,omitempty" yaml:"data_source,omitempty"`
	Collection string   `json:"collection" yaml:"collection"`
	Fields     []string `json:"fields,omitempty" yaml:"fields,omitempty"` // none named: all
}

// Tool is the rule of one tool: who may have it called, and what it may read.
type Tool struct {
	Name        string      `json:"name" yaml:"name"`
	Disabled    bool        `json:"disabled,omitempty" yaml:"disabled,omitempty"`
	Roles       []string    `json:"roles,omitempty" yaml:"roles,omitempty"`         // none named: everyone
	Inputs      []Input     `json:"inputs,omitempty" yaml:"inputs,omitempty"`       // what the condition may name of a custom tool's input; a built-in tool's is known
	Condition   string      `json:"condition,omitempty" yaml:"condition,omitempty"` // CEL over user and input; "" is true
	Constraints Constraints `json:"constraints,omitzero" yaml:"constraints,omitempty"`
}

// Input is an input of a custom tool.
type Input struct {
	Name string          `json:"name" yaml:"name"`
	Type remit.FieldType `json:"type" yaml:"type"`
}
