package views

import (
	"encoding/json"
	"slices"

	"github.com/remit-crm/remit/data/savedviews"
	"github.com/remit-crm/remit/ops/input"
)

// Draft says what of a view to set: nil leaves a part as it is.
type Draft struct {
	Name, Kind, Shared *string
	Roles              *[]string
	Columns, Sort      *[]string
	Filter             *json.RawMessage
	Group, Date, Sum   *string
	Widths             *map[string]int
	Default            *bool
}

var draftNames = []string{
	"name", "kind", "shared", "roles", "columns", "sort", "filter", "group", "date_field", "sum_field", "widths", "default",
}

// ParseCreate reads {"collection":"…","name":"…", …} for a new view.
func ParseCreate(body []byte) (collection string, d Draft, err error) {
	v, err := input.Parse(body)
	if err != nil {
		return "", d, err
	}
	err = v.Members(append([]string{"collection"}, draftNames...), func(name string, member input.Value) (err error) {
		if name == "collection" {
			collection, err = member.Text()
			return err
		}
		return d.set(name, member)
	})
	return collection, d, err
}

// ParseUpdate reads {"name":"…", …}: only what changes.
func ParseUpdate(body []byte) (d Draft, err error) {
	v, err := input.Parse(body)
	if err != nil {
		return d, err
	}
	return d, v.Members(draftNames, d.set)
}

func (d *Draft) set(name string, v input.Value) error {
	switch name {
	case "name":
		return text(&d.Name, v)
	case "kind":
		return text(&d.Kind, v)
	case "shared":
		return text(&d.Shared, v)
	case "group":
		return text(&d.Group, v)
	case "date_field":
		return text(&d.Date, v)
	case "sum_field":
		return text(&d.Sum, v)
	case "roles":
		return texts(&d.Roles, v)
	case "columns":
		return texts(&d.Columns, v)
	case "sort":
		return texts(&d.Sort, v)
	case "filter":
		raw := v.Raw()
		d.Filter = &raw
		return nil
	case "widths":
		return d.setWidths(v)
	}
	on, err := v.Bool()
	d.Default = &on
	return err
}

func text(to **string, v input.Value) error {
	s, err := v.Text()
	*to = &s
	return err
}

func texts(to **[]string, v input.Value) error {
	list, err := v.Texts()
	list = append([]string{}, list...)
	*to = &list
	return err
}

func (d *Draft) setWidths(v input.Value) error {
	widths := map[string]int{}
	d.Widths = &widths
	if v.IsNull() {
		return nil
	}
	return v.Members(nil, func(name string, member input.Value) error {
		n, err := member.Int()
		if n != nil {
			widths[name] = *n
		}
		return err
	})
}

// shapes reports whether the draft sets something of the shape.
func (d *Draft) shapes() bool {
	return d.Columns != nil || d.Sort != nil || d.Filter != nil || d.Group != nil || d.Date != nil || d.Sum != nil || d.Widths != nil
}

// changes reports whether the draft sets anything but whose default the view is.
func (d *Draft) changes() bool {
	return d.shapes() || d.Name != nil || d.Kind != nil || d.Shared != nil || d.Roles != nil
}

func (d *Draft) apply(v *savedviews.View) {
	put(&v.Name, d.Name)
	put(&v.Kind, d.Kind)
	put(&v.Shared, d.Shared)
	put(&v.Roles, d.Roles)
	if d.Shared != nil && *d.Shared != savedviews.Roles && d.Roles == nil {
		v.Roles = nil
	}
	put(&v.Shape.Columns, d.Columns)
	if d.Columns != nil && d.Widths == nil {
		v.Shape.Widths = widthsOf(v.Shape.Widths, *d.Columns)
	}
	put(&v.Shape.Sort, d.Sort)
	put(&v.Shape.Filter, d.Filter)
	put(&v.Shape.Group, d.Group)
	put(&v.Shape.Date, d.Date)
	put(&v.Shape.Sum, d.Sum)
	put(&v.Shape.Widths, d.Widths)
}

// widthsOf returns the widths that are of the columns.
func widthsOf(widths map[string]int, columns []string) map[string]int {
	kept := map[string]int{}
	for name, width := range widths {
		if slices.Contains(columns, name) {
			kept[name] = width
		}
	}
	return kept
}

func put[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
