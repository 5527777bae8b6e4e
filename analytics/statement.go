package analytics

// Statement is a template's SELECT as it was read, before any name in it has been
// looked up.
type Statement struct {
	Collection string
	alias      string
	joins      []join
	items      []item
	where      condition // nil: every record
	groups     []string  // names of the items that are grouped by
	order      []string  // names of items, "-" before one for descending
	inputs     []string  // names of the parameters, in order of their first use
}

// join is LEFT JOIN collection alias ON alias.id = from.link.
type join struct {
	collection string
	alias      string
	from       string // alias of what it hangs on
	link       string // name of the relation there
	at         int
}

// item is one column of the result: a group where fn is "", else a figure.
type item struct {
	name   string
	fn     string // "", count, sum, avg, ratio
	ref    ref    // what is grouped by, or computed over; none for count and ratio
	bucket string // of a group: day, week, month, quarter, year, or ""
	filter condition
	at     int
}

// ref names a field: alias.name, or name alone.
type ref struct {
	alias, name string
	at          int
}

// condition is what a WHERE or FILTER says.
type condition interface{ condition() }

type (
	// every and either hold where all, or any, of their parts do.
	every  struct{ parts []condition }
	either struct{ parts []condition }
	// compare is a comparison by =, <>, <, <=, > or >=.
	compare struct {
		ref   ref
		sign  string
		value operand
	}
	// among is IN and NOT IN.
	among struct {
		ref    ref
		values []operand
		not    bool
	}
	// missing is IS NULL and IS NOT NULL.
	missing struct {
		ref ref
		not bool
	}
)

func (every) condition()   {}
func (either) condition()  {}
func (compare) condition() {}
func (among) condition()   {}
func (missing) condition() {}

// operand is a value as it is written, or the parameter that stands for it.
type operand struct {
	input string // "" for a value
	text  string // of a text or number
	kind  operandKind
	at    int
}

type operandKind uint8

const (
	textOperand operandKind = iota
	numberOperand
	trueOperand
	falseOperand
	inputOperand
)

// negate returns the condition that holds where c is false: not where it is
// unknown, which is how SQL reads NOT over nulls.
func negate(c condition) condition {
	switch c := c.(type) {
	case every:
		return either{negateAll(c.parts)}
	case either:
		return every{negateAll(c.parts)}
	case compare:
		c.sign = opposite[c.sign]
		return c
	case among:
		c.not = !c.not
		return c
	case missing:
		c.not = !c.not
		return c
	}
	return c
}

var opposite = map[string]string{"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

func negateAll(parts []condition) []condition {
	negated := make([]condition, len(parts))
	for i, p := range parts {
		negated[i] = negate(p)
	}
	return negated
}
