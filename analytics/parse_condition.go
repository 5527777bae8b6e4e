package analytics

import (
	"slices"
	"strings"
)

// maxDepth bounds how deep conditions nest.
const maxDepth = 12

// condition reads parts joined by OR.
func (p *parser) condition() condition {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.peek(), "conditions are nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	parts := []condition{p.conjunction()}
	for p.accept("or") {
		parts = append(parts, p.conjunction())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return either{parts}
}

func (p *parser) conjunction() condition {
	parts := []condition{p.negation()}
	for p.accept("and") {
		parts = append(parts, p.negation())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return every{parts}
}

func (p *parser) negation() condition {
	negative := false
	for p.accept("not") {
		negative = !negative
	}
	c := p.primary()
	if negative {
		return negate(c)
	}
	return c
}

func (p *parser) primary() condition {
	if p.accept("(") {
		c := p.condition()
		p.expect(")")
		return c
	}
	r := p.ref()
	switch {
	case p.accept("is"):
		not := p.accept("not")
		p.expect("null")
		return missing{r, not}
	case p.accept("not"):
		return negate(p.list(r))
	case p.peek().text == "in" || p.peek().text == "between":
		return p.list(r)
	}
	return p.comparison(r)
}

// list reads IN (…) or BETWEEN … AND ….
func (p *parser) list(r ref) condition {
	if p.accept("between") {
		low := p.operand()
		p.expect("and")
		return every{[]condition{compare{r, ">=", low}, compare{r, "<=", p.operand()}}}
	}
	p.expect("in", "(")
	in := among{ref: r}
	for more := true; more; more = p.accept(",") {
		in.values = append(in.values, p.operand())
	}
	p.expect(")")
	return in
}

func (p *parser) comparison(r ref) condition {
	sign := p.take()
	text := strings.Replace(sign.text, "!=", "<>", 1)
	if sign.kind != signToken || opposite[text] == "" {
		p.fail(sign, "expected a comparison: = <> < <= > >= IN BETWEEN or IS NULL")
	}
	return compare{r, text, p.operand()}
}

func (p *parser) operand() operand {
	p.accept("date") // DATE '2026-01-31': the field says that it is a date
	t := p.take()
	o := operand{text: t.text, at: t.at}
	switch {
	case t.kind == textToken:
		o.kind = textOperand
	case t.kind == numberToken:
		o.kind = numberOperand
	case t.kind == wordToken && t.text == "true":
		o.kind = trueOperand
	case t.kind == wordToken && t.text == "false":
		o.kind = falseOperand
	case t.kind == inputToken:
		o.kind, o.input = inputOperand, t.text
		if !slices.Contains(p.out.inputs, t.text) {
			p.out.inputs = append(p.out.inputs, t.text)
		}
	default:
		p.fail(t, "expected a value: 'text', a number, TRUE, FALSE or a :parameter")
	}
	return o
}
