package scope

import (
	celast "cel.dev/cel-go/common/ast"

	"github.com/remit-crm/remit"
)

// term is a checked expression: CEL's tree with names resolved and types known,
// before negation is pushed down.
type term struct {
	op    termOp
	expr  celast.Expr
	args  []*term
	typ   *slot // of the value; of the elements, for a list
	list  bool
	needs needs

	field    *Field     // opField
	user     *UserField // opUser
	variable *variable  // opVariable; of opExists and opAll, what they bind
	literal  *literal   // opLiteral
	compare  Op         // opCompare
	match    MatchKind  // opMatch
	below    BelowKind  // opBelow
}

type termOp uint8

const (
	opLiteral termOp = iota + 1
	opNull
	opField
	opUser
	opInput
	opVariable
	opList
	opAnd
	opOr
	opNot
	opChoice
	opCompare
	opIn
	opMatch
	opBelow
	opExists
	opAll
	opComputed // what only memory can do: arithmetic, size, matches, endsWith
)

// needs says what a term reads: beside record and user, the variables that it
// does not bind itself, each by a bit of its own.
type needs uint64

const (
	needsRecord needs = 1 << iota
	needsUser
	needsFirstVariable
)

// userOnly reports whether the term is decided by user alone, before any record
// is looked at.
func (t *term) userOnly() bool { return t.needs&^needsUser == 0 }

// variable is what exists and all bind.
type variable struct {
	name     string
	id       int
	bit      needs
	typ      *slot
	nullable bool // an element of its list may be null
}

// literal is a value whose type shows only when the whole expression has been
// looked at: 1000.50 may be money or a decimal.
type literal struct {
	expr  celast.Expr
	text  string // the number as written, or the text
	value remit.Value
}
