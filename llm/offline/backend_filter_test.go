package offline

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

func (b *backend) filtered(c *collection, records []map[string]any, filter any) ([]map[string]any, error) {
	var kept []map[string]any
	if filter == nil {
		return slices.Clone(records), nil
	}
	if err := b.check(c, filter); err != nil {
		return nil, err
	}
	for _, r := range records {
		if b.matches(c, r, filter.(map[string]any)) {
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// check refuses a filter that the real tools would refuse.
func (b *backend) check(c *collection, filter any) error {
	m, ok := filter.(map[string]any)
	if !ok || len(m) != 1 {
		return fmt.Errorf("not a filter: %v", filter)
	}
	for key, value := range m {
		if key == "$and" || key == "$or" {
			for _, part := range value.([]any) {
				if err := b.check(c, part); err != nil {
					return err
				}
			}
			return nil
		}
		if key == "$has" || key == "$hasNo" {
			return b.checkRelated(c, value.(map[string]any))
		}
		f, err := b.field(c, key)
		if err != nil {
			return err
		}
		ops, ok := value.(map[string]any)
		if !ok || len(ops) != 1 {
			return fmt.Errorf("not a comparison: %v", value)
		}
		for op, operand := range ops {
			if err := checkOperand(f, op, operand); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkRelated refuses what the real tools would of a condition on related records.
func (b *backend) checkRelated(c *collection, asked map[string]any) error {
	name, _ := asked["collection"].(string)
	from := b.collection(name)
	if from == nil {
		return fmt.Errorf("no collection %q", name)
	}
	via := from.field(fmt.Sprint(asked["via"]))
	if via == nil || via.Type != remit.Relation || via.Target != c.Name {
		return fmt.Errorf("%s does not name %s by %v", name, c.Name, asked["via"])
	}
	if filter, given := asked["filter"]; given {
		return b.check(from, filter)
	}
	return nil
}

func (b *backend) hasRelated(r, asked map[string]any) bool {
	from := b.collection(asked["collection"].(string))
	filter, given := asked["filter"].(map[string]any)
	return slices.ContainsFunc(b.records[from.Name], func(other map[string]any) bool {
		return other[asked["via"].(string)] == r["id"] && (!given || b.matches(from, other, filter))
	})
}

func checkOperand(f *field, op string, operand any) error {
	switch op {
	case "$in", "$notIn":
		for _, v := range operand.([]any) {
			if err := checkOperand(f, "$eq", v); err != nil {
				return err
			}
		}
		return nil
	case "$empty", "$notEmpty":
		return nil
	case "$contains":
		if f.Type != remit.Text {
			return fmt.Errorf("$contains on %s", f.Type)
		}
		return nil
	case "$eq", "$ne", "$gt", "$gte", "$lt", "$lte":
	default:
		return fmt.Errorf("unknown operator %q", op)
	}
	if f.Type == remit.Boolean {
		if _, ok := operand.(bool); !ok {
			return fmt.Errorf("%s wants true or false, not %v", f.Name, operand)
		}
		return nil
	}
	field := remit.Field{Name: f.Name, Type: f.Type, Options: f.Options, Currency: f.Currency}
	if f.Type == remit.Relation {
		return nil
	}
	_, err := field.ParseValue(fmt.Sprint(operand))
	return err
}

func (b *backend) matches(c *collection, r map[string]any, filter map[string]any) bool {
	for key, value := range filter {
		switch key {
		case "$and":
			return !slices.ContainsFunc(value.([]any), func(p any) bool { return !b.matches(c, r, p.(map[string]any)) })
		case "$or":
			return slices.ContainsFunc(value.([]any), func(p any) bool { return b.matches(c, r, p.(map[string]any)) })
		}
		if key == "$has" || key == "$hasNo" {
			return b.hasRelated(r, value.(map[string]any)) == (key == "$has")
		}
		cell := b.cell(c, r, key)
		for op, operand := range value.(map[string]any) {
			return holds(cell, op, operand)
		}
	}
	return false
}

func holds(cell any, op string, operand any) bool {
	switch op {
	case "$empty":
		return cell == nil
	case "$notEmpty":
		return cell != nil
	case "$ne":
		return cell == nil || compareCells(cell, operand, false) != 0
	case "$notIn":
		return cell == nil || !slices.ContainsFunc(operand.([]any), func(v any) bool { return compareCells(cell, v, false) == 0 })
	}
	if cell == nil {
		return false
	}
	if op == "$in" {
		return slices.ContainsFunc(operand.([]any), func(v any) bool { return compareCells(cell, v, false) == 0 })
	}
	if op == "$contains" {
		return strings.Contains(strings.ToLower(cell.(string)), strings.ToLower(operand.(string)))
	}
	d := compareCells(cell, operand, false)
	switch op {
	case "$eq":
		return d == 0
	case "$gt":
		return d > 0
	case "$gte":
		return d >= 0
	case "$lt":
		return d < 0
	}
	return d <= 0
}

// compareCells orders cells, null last.
func compareCells(x, y any, descending bool) int {
	if x == nil || y == nil {
		return cmp.Compare(btoi(x == nil), btoi(y == nil))
	}
	var d int
	if isNumber(x) && isNumber(y) {
		d = rat(x).Cmp(rat(y))
	} else {
		d = strings.Compare(fmt.Sprint(x), fmt.Sprint(y))
	}
	if descending {
		return -d
	}
	return d
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func isNumber(v any) bool {
	switch v.(type) {
	case int, json.Number:
		return true
	}
	return false
}

func rat(v any) *big.Rat {
	r, ok := new(big.Rat).SetString(fmt.Sprint(v))
	if !ok {
		panic(fmt.Sprintf("no number: %v", v))
	}
	return r
}

func bucketOf(cell any, bucket string) any {
	if cell == nil || bucket == "" {
		return cell
	}
	day, err := time.Parse(remit.DateLayout, cell.(string)[:10])
	if err != nil {
		panic(err)
	}
	return startOf(day, bucket).Format(remit.DateLayout)
}

func strictly(arguments json.RawMessage, into any) error {
	d := json.NewDecoder(strings.NewReader(string(arguments)))
	d.UseNumber()
	d.DisallowUnknownFields()
	return d.Decode(into)
}
