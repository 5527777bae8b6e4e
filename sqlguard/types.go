package sqlguard

import (
	"math"
	"math/big"
	"strings"

	tree "github.com/pganalyze/pg_query_go/v6"
)

// literal translates a constant. A text has no type before its neighbour gives one.
func (t *translator) literal(c *tree.A_Const) (expr, error) {
	if c.Isnull {
		return &constant{null: true}, nil
	}
	switch v := c.Val.(type) {
	case *tree.A_Const_Ival:
		return number(int64(v.Ival.Ival), 0), nil
	case *tree.A_Const_Fval:
		return decimal(v.Fval.Fval)
	case *tree.A_Const_Boolval:
		return boolean(v.Boolval.Boolval), nil
	case *tree.A_Const_Sval:
		if len(v.Sval.Sval) > maxText {
			return nil, invalid("a text of the statement is longer than %d bytes", maxText)
		}
		return &constant{text: v.Sval.Sval, zone: t.schema.Location}, nil
	}
	return nil, invalid("bit strings are not possible here")
}

func number(whole int64, scale int) *constant {
	return &constant{of: Type{Kind: Number, Scale: scale}, whole: whole}
}

func boolean(b bool) *constant {
	c := &constant{of: Type{Kind: Boolean}}
	if b {
		c.whole = 1
	}
	return c
}

// decimal reads a number that is no small whole one.
func decimal(text string) (*constant, error) {
	exact, ok := new(big.Rat).SetString(text)
	if !ok || len(text) > 40 || strings.ContainsAny(text, "eExXpP_/") {
		return nil, invalid("%q is no number that can be read here: write it with digits and a point", clip(text))
	}
	scale := 0
	if _, fraction, found := strings.Cut(text, "."); found {
		scale = len(strings.TrimRight(fraction, "0"))
	}
	if scale > maxScale {
		return nil, invalid("%q has more than %d decimal places", clip(text), maxScale)
	}
	exact.Mul(exact, new(big.Rat).SetInt(power(scale)))
	if !exact.IsInt() || !exact.Num().IsInt64() {
		return nil, invalid("%q is out of the range of numbers here", clip(text))
	}
	return number(exact.Num().Int64(), scale), nil
}

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// known gives an expression of no type that of texts.
func known(e expr) (expr, error) { // e may be a literal
	if e.typ().Kind != Unknown {
		return e, nil
	}
	return coerce(e, Type{Kind: Text})
}

// common returns the type in which values of both compare.
func common(a, b Type) (Type, error) {
	switch {
	case a.Kind == Unknown:
		return b, nil
	case b.Kind == Unknown:
		return a, nil
	case a.Kind == Number && b.Kind == Number:
		return commonNumber(a, b)
	case a.Kind == b.Kind:
		return a, nil
	case (a.Kind == Date && b.Kind == Timestamp) || (a.Kind == Timestamp && b.Kind == Date):
		return Type{Kind: Timestamp}, nil
	}
	return Type{}, invalid("%s and %s cannot stand together here", a.Kind, b.Kind)
}

// commonNumber keeps the currency that one of two numbers has, and refuses two.
func commonNumber(a, b Type) (Type, error) {
	of := Type{Kind: Number, Scale: max(a.Scale, b.Scale), Currency: a.Currency}
	switch {
	case a.Currency == "":
		of.Currency = b.Currency
	case b.Currency != "" && a.Currency != b.Currency:
		return Type{}, invalid("amounts in %s and %s are never mixed", a.Currency, b.Currency)
	}
	return of, nil
}

// coerce makes e an expression of the type, or says why it is none.
func coerce(e expr, to Type) (expr, error) {
	from := e.typ()
	c, isConstant := e.(*constant)
	switch {
	case from.Kind == Unknown && isConstant:
		return c.as(to)
	case from.Kind == Number && to.Kind == Number:
		return rescale(e, to)
	case from.Kind == to.Kind:
		return e, nil
	case from.Kind == Date && to.Kind == Timestamp && isConstant:
		return c.asTimestamp()
	}
	return nil, invalid("%s stands where %s is wanted", from.Kind, to.Kind)
}

// as reads an untyped literal as a value of the type.
func (c *constant) as(to Type) (expr, error) {
	if c.null {
		return &constant{of: to, null: true}, nil
	}
	switch to.Kind {
	case Unknown, Text:
		return &constant{of: Type{Kind: Text}, text: c.text}, nil
	case Number:
		n, err := decimal(strings.TrimSpace(c.text))
		if err != nil {
			return nil, invalid("%q is no number", clip(c.text))
		}
		return rescale(n, to)
	case Boolean:
		return readBoolean(c.text)
	case Date:
		return c.asDate()
	case Timestamp:
		return c.asTimestamp()
	}
	return nil, invalid("%q has no type", clip(c.text))
}

func readBoolean(text string) (expr, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "t", "true", "yes", "on", "1":
		return boolean(true), nil
	case "f", "false", "no", "off", "0":
		return boolean(false), nil
	}
	return nil, invalid("%q is no boolean: write true or false", clip(text))
}

// rescale multiplies a number so that it has the scale; it never loses places.
func rescale(e expr, to Type) (expr, error) {
	from := e.typ()
	if from.Scale == to.Scale && from.Currency == to.Currency {
		return e, nil
	}
	if from.Scale > to.Scale {
		return nil, invalid("a number of %d decimal places stands where one of %d is wanted: round it", from.Scale, to.Scale)
	}
	factor := power(to.Scale - from.Scale)
	if c, ok := e.(*constant); ok {
		scaled := *c
		product := new(big.Int).Mul(big.NewInt(c.whole), factor)
		if !product.IsInt64() {
			return nil, invalid("a number is out of range beside one of %d decimal places", to.Scale)
		}
		scaled.whole, scaled.of = product.Int64(), to
		return &scaled, nil
	}
	if from.Scale == to.Scale {
		return &call{op: "same", args: []expr{e}, of: to}, nil
	}
	if !factor.IsInt64() || factor.Int64() > math.MaxInt64/10 {
		return nil, invalid("the numbers differ too much in their decimal places")
	}
	return &call{op: "mul", args: []expr{e, number(factor.Int64(), 0)}, of: to}, nil
}
