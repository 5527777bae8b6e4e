// Package eval decides row scopes in memory, by CEL itself. It is the reference
// that the SQL of package sqlgen is tested against, and it decides what never
// was a row.
package eval

import (
	"cel.dev/cel-go/cel"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Hierarchy answers who is below whom.
type Hierarchy = scope.Hierarchy

// Record is one record with its hops.
type Record = scope.Record

// Program is a predicate ready to be evaluated. It is safe for concurrent use.
// The zero value matches nothing.
type Program struct {
	predicate *scope.Predicate
	program   cel.Program // of an expression
	parts     []*Program
	or        bool
}

// New makes the predicate ready. The error is [remit.KindInternal].
func New(p *scope.Predicate) (*Program, error) {
	source := p.Source()
	if source.AST == nil {
		return join(p, source)
	}
	program, err := source.Env.Program(source.AST, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, remit.Errorf(remit.KindInternal, "preparing a row scope: %w", err)
	}
	return &Program{predicate: p, program: program}, nil
}

func join(p *scope.Predicate, source *scope.Source) (*Program, error) {
	made := &Program{predicate: p, or: source.Or}
	for _, part := range source.Parts {
		program, err := New(part)
		if err != nil {
			return nil, err
		}
		made.parts = append(made.parts, program)
	}
	return made, nil
}

// Eval reports whether the record matches for the user. Null and CEL's own
// errors do not match. The error is that of [scope.Predicate.Check]: the user
// lacks an attribute that the rule reads. The hierarchy may be nil where the
// expression asks for none; where it does, nothing matches without one.
func (p *Program) Eval(user *scope.User, record Record, hierarchy Hierarchy) (bool, error) {
	if p.predicate == nil || user == nil || record == nil {
		return false, nil
	}
	if err := p.predicate.Check(user); err != nil {
		return false, err
	}
	return p.matches(&scope.Person{User: user, Record: record, Hierarchy: hierarchy}), nil
}

// matches needs no third truth: nothing above an expression negates it.
func (p *Program) matches(vars *scope.Person) bool {
	if p.program != nil {
		result, _, err := p.program.Eval(vars)
		return err == nil && result.Value() == true
	}
	for _, part := range p.parts {
		if part.matches(vars) == p.or {
			return p.or
		}
	}
	return !p.or
}
