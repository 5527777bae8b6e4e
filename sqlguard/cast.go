package sqlguard

import (
	"strings"

	tree "github.com/pganalyze/pg_query_go/v6"
)

// cast translates a cast that no value can make fail.
func (t *translator) cast(c *tree.TypeCast, within *reach) (expr, error) {
	if err := only(c, "arg", "type_name"); err != nil {
		return nil, err
	}
	name, places, err := typeName(c.TypeName)
	if err != nil {
		return nil, err
	}
	e, err := t.expr(c.Arg, within)
	if err != nil {
		return nil, err
	}
	switch name {
	case "interval":
		if k, ok := e.(*constant); ok && e.typ().Kind == Unknown && !k.null {
			return readInterval(k.text)
		}
	case "date":
		return t.day(e)
	case "timestamp", "timestamptz":
		return coerce(e, Type{Kind: Timestamp})
	case "text", "varchar":
		return asText(e)
	case "bool":
		return coerce(e, Type{Kind: Boolean})
	default:
		return toNumber(e, places)
	}
	return nil, invalid("an interval must be written out, as in interval '30 days'")
}

// numberTypes are the names of numbers, with how many places are kept; -1: all.
var numberTypes = map[string]int{
	"int2": 0, "int4": 0, "int8": 0, "numeric": -1, "float4": -1, "float8": -1,
}

// typeName reads the name of a type and, for a number, its places.
func typeName(n *tree.TypeName) (name string, places int, err error) {
	if err := only(n, "names", "typmods", "typemod"); err != nil {
		return "", 0, err
	}
	names, ok := texts(n.Names)
	if ok && len(names) == 2 && names[0] == "pg_catalog" {
		names = names[1:] // as the grammar writes PostgreSQL's own types
	}
	if !ok || len(names) != 1 {
		return "", 0, invalid("a type's name cannot have a schema before it")
	}
	name = names[0]
	places, isNumber := numberTypes[name]
	switch name {
	case "interval", "date", "timestamp", "timestamptz", "text", "varchar", "bool":
	default:
		if !isNumber {
			return "", 0, invalid("a cast to %q is not possible here", clip(name))
		}
	}
	switch {
	case len(n.Typmods) == 0:
		return name, places, nil
	case name == "numeric" && len(n.Typmods) == 2:
		v, ok := wholeConstant(n.Typmods[1])
		if ok && v >= 0 && v <= maxScale {
			return name, int(v), nil
		}
	case name == "numeric" && len(n.Typmods) == 1:
		return name, 0, nil
	}
	return "", 0, invalid("%s cannot have (…) behind it here", clip(name))
}

// toNumber keeps numbers numbers. A text of a row could be none, which would fail.
func toNumber(e expr, places int) (expr, error) {
	if e.typ().Kind == Text {
		return nil, invalid("a text cannot be cast to a number here")
	}
	n, err := numeric(e)
	if err != nil || places < 0 {
		return n, err
	}
	return round(n, places)
}

// asText keeps texts, and writes whole numbers and days out.
func asText(e expr) (expr, error) {
	of := e.typ()
	switch {
	case of.Kind == Unknown, of.Kind == Text:
		return coerce(e, Type{Kind: Text})
	case of.Kind == Date, of.Kind == Number && of.Scale == 0 && of.Currency == "":
		return &call{op: "text", args: []expr{e}, of: Type{Kind: Text}}, nil
	}
	return nil, invalid("%s cannot be cast to text here: select it as it is", strings.TrimPrefix(of.Kind.String(), "an "))
}
