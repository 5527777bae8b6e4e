package sqlguard

import (
	"maps"
	"slices"
	"strings"

	tree "github.com/pganalyze/pg_query_go/v6"
)

// function translates a call of a function, which must be one of [functions].
func (t *translator) function(f *tree.FuncCall, within *reach) (expr, error) {
	err := only(f, "funcname", "args", "agg_star", "agg_distinct", "agg_filter", "funcformat")
	if err != nil {
		return nil, err
	}
	name, err := functionName(f)
	if err != nil {
		return nil, err
	}
	if isAggregate(name) {
		return t.aggregate(name, f, within)
	}
	translate := functions[name]
	if translate == nil {
		return nil, unknownFunction(name)
	}
	if f.AggStar || f.AggDistinct || f.AggFilter != nil {
		return nil, invalid("%s is no aggregate: it takes no *, DISTINCT or FILTER", name)
	}
	args, err := t.exprs(f.Args, within)
	if err != nil {
		return nil, err
	}
	return translate(t, name, args)
}

// functionName reads a name. PostgreSQL's schema stands before it only where the
// grammar has put it there, for a form such as EXTRACT(… FROM …).
func functionName(f *tree.FuncCall) (string, error) {
	names, ok := texts(f.Funcname)
	if ok && len(names) == 2 && names[0] == "pg_catalog" && f.Funcformat == tree.CoercionForm_COERCE_SQL_SYNTAX {
		return names[1], nil
	}
	if !ok || len(names) != 1 {
		return "", invalid("write a function's name without a schema before it")
	}
	return names[0], nil
}

func unknownFunction(name string) error {
	known := append(slices.Sorted(maps.Keys(functions)), aggregates...)
	return invalid("there is no function %q here; there are %s", clip(name), strings.Join(known, ", "))
}

// functions are those that are no aggregates. Each is total: no value makes it fail.
var functions map[string]func(t *translator, name string, args []expr) (expr, error)

func init() { //nolint:gochecknoinits // the functions refer to the table in messages
	functions = map[string]func(t *translator, name string, args []expr) (expr, error){
		"lower":       ofText(Text),
		"upper":       ofText(Text),
		"length":      ofText(Number),
		"char_length": ofText(Number),
		"btrim":       ofText(Text),
		"trim":        ofText(Text),
		"substring":   substring,
		"substr":      substring,
		"left":        leftPart,
		"position":    position,
		"strpos":      position,
		"starts_with": startsWith,
		"abs":         absolute,
		"round":       rounded,
		"date_trunc":  truncated,
		"date_part":   part,
		"extract":     part,
		"now":         now,
	}
}

// spellings are functions of several names.
var spellings = map[string]string{"char_length": "length", "btrim": "trim"}

// ofText makes a function of one text.
func ofText(result Kind) func(*translator, string, []expr) (expr, error) {
	return func(_ *translator, name string, args []expr) (expr, error) {
		if spelled := spellings[name]; spelled != "" {
			name = spelled
		}
		if len(args) != 1 {
			return nil, invalid("%s takes one text", name)
		}
		e, err := coerce(args[0], Type{Kind: Text})
		if err != nil {
			return nil, err
		}
		return &call{op: name, args: []expr{e}, of: Type{Kind: result}}, nil
	}
}

// count reads an argument that must be a whole number of the statement.
func count(e expr, least int64, what string) (*constant, error) {
	const most = 1_000_000
	c, ok := e.(*constant)
	if !ok || c.null || c.of.Kind != Number || c.of.Scale != 0 || c.whole < least || c.whole > most {
		return nil, invalid("%s must be a whole number of the statement from %d to %d", what, least, most)
	}
	return c, nil
}

// substring takes a part of a text, from a character on that is counted from 1.
func substring(_ *translator, name string, args []expr) (expr, error) {
	if len(args) != 2 && len(args) != 3 {
		return nil, invalid("%s takes a text, the first character's number and how many", name)
	}
	var err error
	if args[0], err = coerce(args[0], Type{Kind: Text}); err != nil {
		return nil, err
	}
	if args[1], err = count(args[1], 1, "the first character's number"); err != nil {
		return nil, err
	}
	if len(args) == 3 {
		if args[2], err = count(args[2], 0, "how many characters to take"); err != nil {
			return nil, err
		}
	}
	return &call{op: "substr", args: args, of: Type{Kind: Text}}, nil
}

func leftPart(t *translator, name string, args []expr) (expr, error) {
	if len(args) != 2 {
		return nil, invalid("%s takes a text and how many characters", name)
	}
	return substring(t, name, []expr{args[0], number(1, 0), args[1]})
}

// twoTexts makes both arguments texts.
func twoTexts(name string, args []expr) error {
	if len(args) != 2 {
		return invalid("%s takes two texts", name)
	}
	for i := range args {
		var err error
		if args[i], err = coerce(args[i], Type{Kind: Text}); err != nil {
			return err
		}
	}
	return nil
}

func position(_ *translator, name string, args []expr) (expr, error) {
	if err := twoTexts(name, args); err != nil {
		return nil, err
	}
	return &call{op: "position", args: args, of: Type{Kind: Number}}, nil
}

func startsWith(_ *translator, name string, args []expr) (expr, error) {
	if err := twoTexts(name, args); err != nil {
		return nil, err
	}
	return truth("starts_with", args...), nil
}

func absolute(_ *translator, _ string, args []expr) (expr, error) {
	if len(args) != 1 {
		return nil, invalid("abs takes one number")
	}
	n, err := numeric(args[0])
	if err != nil {
		return nil, err
	}
	return &call{op: "abs", args: []expr{n}, of: n.typ()}, nil
}

func rounded(_ *translator, _ string, args []expr) (expr, error) {
	if len(args) != 1 && len(args) != 2 {
		return nil, invalid("round takes a number, and to how many places")
	}
	n, err := numeric(args[0])
	if err != nil {
		return nil, err
	}
	places := 0
	if len(args) == 2 {
		c, err := count(args[1], 0, "the number of places")
		if err != nil {
			return nil, err
		}
		places = int(min(c.whole, maxScale))
	}
	return round(n, places)
}

// aggregates are the names of the aggregates.
var aggregates = []string{"count", "sum", "avg", "min", "max"}

func isAggregate(name string) bool { return slices.Contains(aggregates, name) }

// aggregate translates an aggregate over the rows of the query that it stands in.
func (t *translator) aggregate(name string, f *tree.FuncCall, within *reach) (expr, error) {
	if !within.allowed {
		return nil, invalid("%s cannot stand here: aggregates are for what is selected, HAVING and ORDER BY", name)
	}
	plain := *within
	plain.allowed = false
	within.level.aggregates = true
	a := &aggregate{fn: name, distinct: f.AggDistinct}
	var err error
	if a.filter, err = t.condition(f.AggFilter, &plain, "FILTER"); err != nil {
		return nil, err
	}
	if f.AggStar {
		if name != "count" {
			return nil, invalid("%s(*) is not possible: name a column", name)
		}
		a.of = Type{Kind: Number}
		return a, a.ownRows(within)
	}
	args, err := t.exprs(f.Args, &plain)
	if err != nil {
		return nil, err
	}
	if len(args) != 1 {
		return nil, invalid("%s takes one argument", name)
	}
	if a.arg, err = known(args[0]); err != nil {
		return nil, err
	}
	if err := a.ownRows(within); err != nil {
		return nil, err
	}
	return a.finish()
}

// ownRows refuses an aggregate over columns of a query around: it would belong to
// that one.
func (a *aggregate) ownRows(within *reach) (err error) {
	for _, e := range present(a.arg, a.filter) {
		walk(e, func(e expr) bool {
			if c, ok := e.(*columnRef); ok && within.outer.holds(c.source) {
				err = invalid("%s cannot be computed over columns of the query around it", a.fn)
			}
			return true
		})
	}
	return err
}

// finish checks the argument and tells the type. An average is made of a sum and a
// count, so that it is exact.
func (a *aggregate) finish() (expr, error) {
	of := a.arg.typ()
	whole := Type{Kind: Number}
	switch a.fn {
	case "count":
		a.of = whole
		return a, nil
	case "min", "max":
		if of.Kind == Boolean {
			return nil, invalid("%s of a boolean is not possible: count with FILTER", a.fn)
		}
		a.of, a.distinct = of, false
		return a, nil
	}
	switch {
	case of.Kind != Number:
		return nil, invalid("%s takes a number, and gets %s", a.fn, of.Kind)
	case a.distinct:
		return nil, invalid("%s(DISTINCT …) is not possible: select the distinct values in a sub-select", a.fn)
	}
	total := &aggregate{fn: "sum", arg: a.arg, filter: a.filter, of: of}
	if a.fn == "sum" {
		return total, nil
	}
	n := &aggregate{fn: "count", arg: a.arg, filter: a.filter, of: whole}
	return quotient(total, n, ratioScale-of.Scale, Type{Kind: Number, Scale: ratioScale, Currency: of.Currency}), nil
}
