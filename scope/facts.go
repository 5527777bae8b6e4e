package scope

import "slices"

// facts are what is known of nulls where a comparison stands, from the
// conditions beside it. Two fields that may both be null are compared only where
// the author has said what null means: otherwise "record.owner_id ==
// user.manager_id" would give unowned records to people without a manager.
type facts struct {
	outer *facts
	known string   // operand that is not null here
	alone []string // operands whose being all null another alternative covers
}

// knows reports whether the operand is certainly not null.
func (f *facts) knows(o Operand) bool {
	for ; f != nil; f = f.outer {
		if f.known == o.key() {
			return true
		}
	}
	return false
}

// covers reports whether the case that both are null has been written out as an
// alternative.
func (f *facts) covers(a, b Operand) bool {
	for ; f != nil; f = f.outer {
		if len(f.alone) > 0 && !slices.ContainsFunc(f.alone, func(key string) bool { return key != a.key() && key != b.key() }) {
			return true
		}
	}
	return false
}

// given returns f with what holds where the condition is as wanted.
func (r *translator) given(f *facts, t *term, want bool) *facts {
	switch t.op {
	case opNot:
		return r.given(f, t.args[0], !want)
	case opAnd, opOr:
		if (t.op == opAnd) == want {
			return r.given(r.given(f, t.args[0], want), t.args[1], want)
		}
	case opCompare:
		if o := r.nullTest(t, !want); o != nil {
			return &facts{outer: f, known: o.key()}
		}
	default:
	}
	return f
}

// beside returns f with what a comparison may rely on beside the alternative:
// if that consists of null tests alone, the author has covered their case.
func (r *translator) beside(f *facts, t *term, want bool) *facts {
	if keys, ok := r.nullTests(t, want); ok {
		return &facts{outer: f, alone: keys}
	}
	return f
}

// nullTests returns the operands that are all null where the condition is as
// wanted, if it says just that.
func (r *translator) nullTests(t *term, want bool) ([]string, bool) {
	switch t.op {
	case opNot:
		return r.nullTests(t.args[0], !want)
	case opAnd, opOr:
		left, ok := r.nullTests(t.args[0], want)
		right, also := r.nullTests(t.args[1], want)
		return append(left, right...), ok && also && (t.op == opAnd) == want
	case opCompare:
		if o := r.nullTest(t, want); o != nil {
			return []string{o.key()}, true
		}
	default:
	}
	return nil, false
}

// nullTest returns the operand that is null exactly where the comparison is as
// wanted, nil if it is no null test.
func (r *translator) nullTest(t *term, want bool) Operand {
	if (t.compare == Equal) != want || (t.compare != Equal && t.compare != NotEqual) {
		return nil
	}
	left, right := r.resolve(t.args[0]), r.resolve(t.args[1])
	if left.op == opNull {
		left, right = right, left
	}
	if right.op != opNull {
		return nil
	}
	return r.plainOperand(left)
}
