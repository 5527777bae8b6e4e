package scope

import "github.com/remit-crm/remit"

// Node is one node of a compiled predicate. Negation has been pushed to the
// leaves, so a node that is null or fails may be read as false wherever it
// stands.
//
// The nodes are [Constant], [Every], [Any], [Choice], [UserTest], [Compare],
// [IsNull], [Member], [Match], [Below] and [Quantifier].
type Node interface{ node() }

// Constant is always true or never true.
type Constant bool

// Every is true where all of its nodes are. It has two at least.
type Every []Node

// Any is true where one of its nodes is. It has two at least.
type Any []Node

// Choice is true where If and Then are, or Unless and Else. If and Unless are the
// same condition and its negation: where it is null, neither is true.
type Choice struct{ If, Unless, Then, Else Node }

// UserTest is a condition over user alone. It is evaluated when a statement is
// bound, by CEL, and its truth is a parameter.
type UserTest struct {
	Text    string // canonical CEL
	Fields  []*UserField
	program *userProgram
}

// Op is a comparison.
type Op uint8

// The comparisons.
const (
	Equal Op = iota + 1
	NotEqual
	Less
	AtMost
	Greater
	AtLeast
)

// String returns the comparison as CEL writes it.
func (o Op) String() string { return [...]string{"?", "==", "!=", "<", "<=", ">", ">="}[o] }

// negated returns the comparison that holds where o does not, nulls aside.
func (o Op) negated() Op { return [...]Op{0, NotEqual, Equal, AtLeast, Greater, AtMost, Less}[o] }

// mirrored returns the comparison with its sides exchanged.
func (o Op) mirrored() Op { return [...]Op{0, Equal, NotEqual, Greater, AtLeast, Less, AtMost}[o] }

// Compare compares two operands. Null orders before and after nothing. NotEqual
// is true of null and a value, and false of two nulls. Equal need not be true of
// two nulls: where both sides may be null, another alternative of the author's is
// true in that case, so that a plain = serves, which an index can answer.
type Compare struct {
	Op          Op
	Left, Right Operand
	BothNull    bool // NotEqual only: both sides may be null
}

// IsNull is true where the operand is null or, if Not, where it is not.
type IsNull struct {
	Operand Operand
	Not     bool
}

// Member is true where the operand is one of the list or, if Not, where it is
// null or none of them. Exactly one of Values (not null) and List is set.
type Member struct {
	Operand Operand
	Values  []remit.Value
	List    *UserField
	Not     bool
}

// MatchKind says how texts are matched.
type MatchKind uint8

// The matches, both by exact bytes.
const (
	StartsWith MatchKind = iota + 1
	Contains
)

// String returns the match as CEL writes it.
func (k MatchKind) String() string { return [...]string{"?", "startsWith", "contains"}[k] }

// Match is true where Text starts with or contains Part or, if Not, where
// neither is null and it does not.
type Match struct {
	Kind       MatchKind
	Text, Part Operand
	Not        bool
}

// BelowKind says which hierarchy is meant.
type BelowKind uint8

// The hierarchies.
const (
	ReportsTo    BelowKind = iota + 1 // the operand is a person who reports to the user, directly or not; never the user
	InDepartment                      // the operand is the user's department or one below it
)

// String returns the function's name in CEL.
func (k BelowKind) String() string { return [...]string{"?", "reportsTo", "inDepartment"}[k] }

// Below is true where the operand is below the user in a hierarchy or, if Not,
// where it is null or not below.
type Below struct {
	Kind    BelowKind
	Operand Operand
	Self    bool // ReportsTo only: the user counts too
	Not     bool
}

// Quantifier is true where Body is true for one element of the list or, if All,
// for each of them.
type Quantifier struct {
	All  bool
	Var  *Variable
	List *UserField
	Body Node
}

func (Constant) node()    {}
func (Every) node()       {}
func (Any) node()         {}
func (*Choice) node()     {}
func (*UserTest) node()   {}
func (*Compare) node()    {}
func (*IsNull) node()     {}
func (*Member) node()     {}
func (*Match) node()      {}
func (*Below) node()      {}
func (*Quantifier) node() {}

// Operand is one side of a leaf: a [*Field], [*UserField], [*Variable] or
// [Literal].
type Operand interface {
	operand()
	// MayBeNull reports whether the operand can be null.
	MayBeNull() bool
	// Of returns the operand's type.
	Of() Type
	key() string
}

// Field is a field of the record or, over hops, of a record it leads to. A hop
// whose target is gone reads as null.
type Field struct {
	Hops     []Hop
	Name     string
	Column   string
	Type     Type
	Nullable bool // always, over hops
}

// Hop leads from a record to the one that its relation field names.
type Hop struct {
	Relation *remit.Field
	Target   *remit.Collection
}

// Variable is the element that a quantifier looks at. It is never null.
type Variable struct {
	ID   int // unique within a predicate
	Type Type
}

// Literal is a value written in the expression. It is not null.
type Literal struct {
	Value remit.Value
	Type  Type
}

func (*Field) operand()     {}
func (*UserField) operand() {}
func (*Variable) operand()  {}
func (Literal) operand()    {}

// MayBeNull implements [Operand].
func (f *Field) MayBeNull() bool { return f.Nullable }

// MayBeNull implements [Operand].
func (f *UserField) MayBeNull() bool { return f.Nullable }

// MayBeNull implements [Operand].
func (*Variable) MayBeNull() bool { return false }

// MayBeNull implements [Operand].
func (Literal) MayBeNull() bool { return false }

// Of implements [Operand].
func (f *Field) Of() Type { return f.Type }

// Of implements [Operand].
func (f *UserField) Of() Type { return f.Type }

// Of implements [Operand].
func (v *Variable) Of() Type { return v.Type }

// Of implements [Operand].
func (l Literal) Of() Type { return l.Type }
