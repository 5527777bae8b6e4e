package policy

import (
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Subject is whom a permit is for, resolved from an actor: the roles that the
// person holds now, and the ceilings that apply.
type Subject struct {
	Roles     []string          // sorted keys of the roles that count now
	AI        bool              // the result reaches a model
	Employee  string            // key of the AI employee, "" only if !AI
	Task      string            // name of the task, "" for none
	Tool      string            // name of the tool, "" for none
	Viewing   bool              // somebody looks with the person's eyes: nothing is allowed but to view
	Egress    remit.Sensitivity // the highest level that may go to the model service; read through OfClearance; used only if AI and HasEgress
	HasEgress bool              // a model service of ours receives the result
}

// Permit is what the policy answers for a subject, a collection and an action.
// The zero value refuses everything. A permit is shared by everybody who gets the
// same answer: it must not be changed.
//
// What an action needs beside its own permit is the lens's to ask for: a record
// must be viewed to be updated, deleted or exported, and a cell must be viewed
// to be written. So the fields of an export are those that the export grants name,
// which the lens intersects with those of the view permit.
type Permit struct {
	Collection *remit.Collection // nil where the collection is unknown to the subject
	Action     Action
	Branches   []Branch  // a row or cell is granted where any one branch grants it (law 4); none: refused
	Rows       int       // rows a call, 0 for no bound
	RowsTotal  int       // rows a query on all its pages together, 0 for no bound; Rows is no more
	RowsPerDay int       // rows a day for this person and AI employee, 0 for no bound
	LastDays   int       // rows by the collection's time field, 0 for no bound
	NotAfter   time.Time // when the earliest grant that counts ends; zero for never
	Refusal    string    // why there is no branch; for the audit and for explain, not for the caller
	Reasons    []Reason  // what gave and what took away, for explain

	asked *remit.Collection // what was asked for, known to the subject or not: for explain alone
	name  string            // its name as asked for
}

// Allowed reports whether anything at all is granted.
func (p *Permit) Allowed() bool { return p != nil && len(p.Branches) > 0 }

// Branch is one role's share of a permit, after every ceiling.
type Branch struct {
	Role   string           // the role; "a, b" where roles grant the same rows
	Fields []bool           // by the index of the collection's fields: granted on the branch's rows
	Scope  *scope.Predicate // the rows: the grant's scope and every ceiling's
	After  *scope.Predicate // the rows after an update, or created; nil for other actions

	label, afterLabel string // the two scopes in words, for explain alone
}

// Knows reports whether any branch grants the field at index i: only then does
// the subject know that the field exists.
func (p *Permit) Knows(i int) bool {
	for _, b := range p.Branches {
		if b.Fields[i] {
			return true
		}
	}
	return false
}

// Reason says what one layer did.
type Reason struct {
	Layer   string   `json:"layer"`            // "role", "employee", "remit", "clearance", "egress", "task", "tool", "time", "model"
	Name    string   `json:"name,omitempty"`   // the role, AI employee, task or tool
	Effect  string   `json:"effect"`           // "gives", "narrows", "refuses"
	Scope   string   `json:"scope,omitempty"`  // scope name and expression, where rows are concerned
	Fields  []string `json:"fields,omitempty"` // the fields given or taken
	Message string   `json:"message"`          // one sentence for people
}
