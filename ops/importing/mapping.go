package importing

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// target is a field that a column goes to.
type target struct {
	column int
	field  *remit.Field
}

// targets decides which column goes to which field: what the caller says, and for
// the columns that the caller does not speak of, the field of the same name, title
// or relation. A column that goes nowhere and is not left out on purpose is a
// problem: what somebody believes to have brought in must not be missing (law 7).
func (t *table) targets(info *lens.CollectionInfo, given []Mapping) ([]target, error) {
	var list []target
	spoken := make(map[int]bool)
	taken := make(map[string]bool)
	for _, m := range given {
		i := t.column(m.Column)
		if i < 0 {
			return nil, t.noColumn("map", m.Column)
		}
		if m.Field == "" {
			spoken[i] = true
			continue
		}
		f, err := fieldOf(info, m.Field)
		if err != nil {
			return nil, err
		}
		if taken[f.Name] {
			return nil, remit.FieldErrorf("map", "two columns go to %s", f.Name)
		}
		spoken[i], taken[f.Name] = true, true
		list = append(list, target{i, f})
	}
	var lost problems
	for i, name := range t.header {
		if spoken[i] {
			continue
		}
		f := matching(info, name)
		if f == nil || taken[f.Name] {
			lost.add(1, name, nowhere(info, f, name))
			continue
		}
		taken[f.Name] = true
		list = append(list, target{i, f})
	}
	if len(list) == 0 {
		return nil, remit.FieldErrorf("map", "no column is named like a field of %s; map some, e.g. --map %q", info.Name, t.header[0]+"="+info.Fields[0].Name)
	}
	return list, lost.err()
}

// nowhere says why a column goes to no field, and what to do. The field is the one
// that is called like it and that another column has.
func nowhere(info *lens.CollectionInfo, f *remit.Field, column string) string {
	if f != nil {
		return fmt.Sprintf("another column goes to %s already: leave one out, as --map %q does", f.Name, column+"=")
	}
	var names []string
	for i := range info.Fields {
		if f := &info.Fields[i].Field; !f.ReadOnly {
			names = append(names, f.Name)
		} else if normal(column) == normal(f.Name) {
			return fmt.Sprintf("is kept by the system and cannot be imported: leave the column out, as --map %q does", column+"=")
		}
	}
	text := fmt.Sprintf("no field of %s is called so: map it to one, or to nothing to leave it out, as --map %q does", info.Name, column+"=")
	if hint := remit.DidYouMean(column, names); hint != "" {
		text += "; " + hint
	}
	return text
}

// fieldOf finds a field by name; a relation also by the name of its hop.
func fieldOf(info *lens.CollectionInfo, name string) (*remit.Field, error) {
	names := make([]string, 0, len(info.Fields))
	for i := range info.Fields {
		f := &info.Fields[i].Field
		if f.Name == name || (f.Type == remit.Relation && f.Name == name+"_id") {
			if f.ReadOnly {
				return nil, remit.FieldErrorf("map", "%s is kept by the system and cannot be imported", f.Name)
			}
			return f, nil
		}
		names = append(names, f.Name)
	}
	e := remit.FieldErrorf("map", "%s has no field %q; it has %s", info.Name, name, strings.Join(names, ", "))
	e.Hint = remit.DidYouMean(name, names)
	return nil, e
}

// matching finds the field that a column's own name stands for, nil if none.
func matching(info *lens.CollectionInfo, column string) *remit.Field {
	key := normal(column)
	for i := range info.Fields {
		f := &info.Fields[i].Field
		if f.ReadOnly {
			continue
		}
		if key == normal(f.Name) || key == normal(f.Title) || (f.Type == remit.Relation && key+"id" == normal(f.Name)) {
			return f
		}
	}
	return nil
}

// normal strips a name of all but letters and digits, and of case.
func normal(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// columns reports how each column was read.
func (t *table) columns(list []target) []ColumnReport {
	reports := make([]ColumnReport, len(t.header))
	for i, name := range t.header {
		kind, empty := t.infer(i)
		reports[i] = ColumnReport{Column: name, Fields: []string{}, Type: kind, Empty: empty}
	}
	for _, g := range list {
		reports[g.column].Fields = append(reports[g.column].Fields, g.field.Name)
	}
	return reports
}
