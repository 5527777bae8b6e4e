package conformance

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/remit-crm/remit"
)

// node is a filter: what it means, and its JSON.
type node interface {
	matches(o *opinion, c *remit.Collection, r *row) bool
	paths() []string
	json() any
}

type (
	every struct{ nodes []node }
	some  struct{ nodes []node }
	not   struct{ node node }
	// test is one operator on one field.
	test struct {
		path, op string
		values   []operand
	}
	// operand is null, a value, or, on a timestamp, the whole of a day.
	operand struct {
		value remit.Value
		day   string
		raw   any
	}
)

func (n every) matches(o *opinion, c *remit.Collection, r *row) bool {
	return !slices.ContainsFunc(n.nodes, func(n node) bool { return !n.matches(o, c, r) })
}

func (n some) matches(o *opinion, c *remit.Collection, r *row) bool {
	return slices.ContainsFunc(n.nodes, func(n node) bool { return n.matches(o, c, r) })
}

func (n not) matches(o *opinion, c *remit.Collection, r *row) bool {
	return !n.node.matches(o, c, r)
}

func (n test) matches(o *opinion, c *remit.Collection, r *row) bool {
	v := o.read(c, r, n.path).value
	equal := func(x operand) bool { return x.value == v }
	switch n.op {
	case "$eq":
		return equal(n.values[0])
	case "$ne":
		return !equal(n.values[0])
	case "$in":
		return slices.ContainsFunc(n.values, equal)
	case "$notIn":
		return !slices.ContainsFunc(n.values, equal)
	case "$empty", "$notEmpty":
		return v.IsNull() == (n.values[0].value.Bool() == (n.op == "$empty"))
	}
	if v.IsNull() {
		return false
	}
	switch n.op {
	case "$contains":
		return strings.Contains(folded(v.Text()), folded(n.values[0].value.Text()))
	case "$startsWith":
		return strings.HasPrefix(folded(v.Text()), folded(n.values[0].value.Text()))
	case "$between":
		return n.values[0].compare(o, v) >= 0 && n.values[1].compare(o, v) <= 0
	}
	d := n.values[0].compare(o, v)
	switch n.op {
	case "$gt":
		return d > 0
	case "$gte":
		return d >= 0
	case "$lt":
		return d < 0
	}
	return d <= 0
}

// compare says where a value lies: before, in or after the operand.
func (x operand) compare(o *opinion, v remit.Value) int {
	if x.day == "" {
		return compare(v, x.value)
	}
	return strings.Compare(v.Time().In(o.zone).Format(time.DateOnly), x.day)
}

// folded maps each rune to the least of those that differ from it by case alone.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

func pathsOf(nodes []node) []string {
	var all []string
	for _, n := range nodes {
		all = append(all, n.paths()...)
	}
	return all
}

func (n every) paths() []string { return pathsOf(n.nodes) }
func (n some) paths() []string  { return pathsOf(n.nodes) }
func (n not) paths() []string   { return n.node.paths() }
func (n test) paths() []string  { return []string{n.path} }

func jsonOf(nodes []node) []any {
	all := make([]any, len(nodes))
	for i, n := range nodes {
		all[i] = n.json()
	}
	return all
}

func (n every) json() any { return map[string]any{"$and": jsonOf(n.nodes)} }
func (n some) json() any  { return map[string]any{"$or": jsonOf(n.nodes)} }
func (n not) json() any   { return map[string]any{"$not": n.node.json()} }

func (n test) json() any {
	raw := make([]any, len(n.values))
	for i, v := range n.values {
		raw[i] = v.raw
	}
	if n.op == "$in" || n.op == "$notIn" || n.op == "$between" {
		return map[string]any{n.path: map[string]any{n.op: raw}}
	}
	return map[string]any{n.path: map[string]any{n.op: raw[0]}}
}

// encoded is the filter as a request carries it, nothing for none.
func encoded(n node) json.RawMessage {
	if n == nil {
		return nil
	}
	raw, err := json.Marshal(n.json())
	if err != nil {
		panic(err)
	}
	return raw
}
