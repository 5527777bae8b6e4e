package scope

import (
	"slices"
	"strconv"
	"strings"
)

func (f *Field) key() string {
	var b strings.Builder
	b.WriteString("record")
	for _, h := range f.Hops {
		b.WriteByte('.')
		b.WriteString(h.Relation.Name)
	}
	b.WriteByte('.')
	b.WriteString(f.Name)
	return b.String()
}

func (f *UserField) key() string { return "user." + f.Name }
func (v *Variable) key() string  { return "$" + strconv.Itoa(v.ID) }
func (l Literal) key() string {
	return string(l.Type.family()) + ":" + strconv.Quote(l.Value.String())
}

// keyOf returns the canonical text of the node. The parts of Every and Any are
// sorted, and occur once.
func keyOf(n Node) string {
	switch n := n.(type) {
	case Constant:
		return strconv.FormatBool(bool(n))
	case Every:
		return keyList("and", keysOf(n))
	case Any:
		return keyList("or", keysOf(n))
	case *Choice:
		return keyList("if", []string{keyOf(n.If), keyOf(n.Then), keyOf(n.Else)})
	case *UserTest:
		return "user(" + strconv.Quote(n.Text) + ")"
	case *Compare:
		return keyList(n.Op.String(), []string{n.Left.key(), n.Right.key()}) + mark(n.BothNull, "~")
	case *IsNull:
		return mark(n.Not, "!") + keyList("null", []string{n.Operand.key()})
	case *Member:
		return mark(n.Not, "!") + keyList("in", n.keyParts())
	case *Match:
		return mark(n.Not, "!") + keyList(n.Kind.String(), []string{n.Text.key(), n.Part.key()})
	case *Below:
		return mark(n.Not, "!") + keyList(n.Kind.String()+mark(n.Self, "OrIs"), []string{n.Operand.key()})
	case *Quantifier:
		name := "exists"
		if n.All {
			name = "all"
		}
		return keyList(name, []string{n.Var.key(), n.List.key(), keyOf(n.Body)})
	}
	return ""
}

func (n *Member) keyParts() []string {
	if n.List != nil {
		return []string{n.Operand.key(), n.List.key()}
	}
	parts := make([]string, 0, len(n.Values))
	for _, v := range n.Values {
		parts = append(parts, strconv.Quote(v.String()))
	}
	slices.Sort(parts)
	return append([]string{n.Operand.key()}, slices.Compact(parts)...)
}

func keysOf(nodes []Node) []string {
	keys := make([]string, 0, len(nodes))
	for _, n := range nodes {
		keys = append(keys, keyOf(n))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func keyList(name string, parts []string) string {
	return name + "(" + strings.Join(parts, ", ") + ")"
}

func mark(is bool, text string) string {
	if is {
		return text
	}
	return ""
}
