package scope

import "slices"

// every returns the conjunction of the nodes, folded.
func every(nodes []Node) Node {
	var kept Every
	for _, n := range nodes {
		switch n := n.(type) {
		case Constant:
			if !n {
				return n
			}
		case Every:
			kept = append(kept, n...)
		default:
			kept = append(kept, n)
		}
	}
	kept = withSelf(distinct(kept), true)
	switch len(kept) {
	case 0:
		return Constant(true)
	case 1:
		return kept[0]
	}
	return kept
}

// either returns the disjunction of the nodes, folded.
func either(nodes []Node) Node {
	var kept Any
	for _, n := range nodes {
		switch n := n.(type) {
		case Constant:
			if n {
				return n
			}
		case Any:
			kept = append(kept, n...)
		default:
			kept = append(kept, n)
		}
	}
	kept = withSelf(distinct(kept), false)
	switch len(kept) {
	case 0:
		return Constant(false)
	case 1:
		return kept[0]
	}
	return kept
}

// distinct drops the nodes that occur before, keeping the author's order.
func distinct[S ~[]Node](nodes S) S {
	seen := make(map[string]bool, len(nodes))
	return slices.DeleteFunc(nodes, func(n Node) bool {
		key := keyOf(n)
		repeated := seen[key]
		seen[key] = true
		return repeated
	})
}

// withSelf makes one lookup of the commonest scope, "the people below me, or me":
// the closure holds everybody with themselves, and one lookup serves an index
// where an OR does not. Negated, the same goes for an AND.
func withSelf[S ~[]Node](nodes S, not bool) S {
	for i, n := range nodes {
		below, ok := n.(*Below)
		if !ok || below.Kind != ReportsTo || below.Not != not {
			continue
		}
		self := slices.IndexFunc(nodes, func(n Node) bool { return isUser(n, below.Operand, not) })
		if self < 0 {
			continue
		}
		merged := *below
		merged.Self = true
		nodes[i] = &merged
		return withSelf(slices.Delete(nodes, self, self+1), not)
	}
	return nodes
}

// isUser reports whether the node compares the operand with user.id.
func isUser(n Node, operand Operand, not bool) bool {
	c, ok := n.(*Compare)
	if !ok || c.Op != map[bool]Op{false: Equal, true: NotEqual}[not] {
		return false
	}
	f, ok := c.Right.(*UserField)
	return ok && f == builtinFields["id"] && c.Left.key() == operand.key()
}
