package policies

import (
	"errors"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Problem is one thing that is wrong with a policy or an expression.
type Problem struct {
	Path    string `json:"path" doc:"Place in the document, e.g. roles[2].grants[0].scope; empty for the whole."`
	Line    int    `json:"line,omitempty" doc:"In an expression, from 1 on."`
	Column  int    `json:"column,omitempty" doc:"In an expression, from 1 on."`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty" doc:"A suggestion, e.g. did you mean \"own\"?"`
}

// Problems takes an error apart that joins what is wrong with a document. If
// anything else is among it, rest is that, and must be answered as the error it is.
func Problems(err error) (problems []Problem, rest error) {
	problems = []Problem{}
	for _, each := range flatten(err) {
		var e *remit.Error
		if !errors.As(each, &e) || e.Kind != remit.KindInvalid {
			return nil, each
		}
		p := Problem{Path: e.Field, Message: e.Message, Hint: e.Hint}
		var place scope.Place
		if errors.As(each, &place) {
			p.Line, p.Column = max(place.Line, 1), place.Column
			p.Message = strings.TrimPrefix(p.Message, place.Error()+": ")
		}
		problems = append(problems, p)
	}
	return problems, nil
}

// flatten returns the errors that err joins.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []error{err}
	}
	var all []error
	for _, each := range joined.Unwrap() {
		all = append(all, flatten(each)...)
	}
	return all
}
