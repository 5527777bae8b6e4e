package httpapi

import (
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/people"
)

// textPointer returns a text that is given; null is the empty one.
func textPointer(v input.Value) (*string, error) {
	text, err := v.Text()
	return &text, err
}

func idPointer(v input.Value) (*remit.ID, error) {
	given, err := id(v)
	return &given, err
}

// flagPointer returns true or false, nil for null.
func flagPointer(v input.Value) (*bool, error) {
	if v.IsNull() {
		return nil, nil
	}
	given, err := v.Bool()
	return &given, err
}

// memberships reads roles with their ends.
func memberships(v input.Value) (roles []people.Membership, err error) {
	err = v.Elements(func(_ int, element input.Value) error {
		var m people.Membership
		err := element.Members([]string{"name", "not_after"}, func(name string, v input.Value) (err error) {
			if name == "name" {
				m.Role, err = v.Text()
				return err
			}
			m.NotAfter, err = instant(v)
			return err
		})
		if err == nil && m.Role == "" {
			err = remit.FieldErrorf(input.Join(element.Path, "name"), "is missing")
		}
		roles = append(roles, m)
		return err
	})
	return roles, err
}

// instant reads an RFC 3339 instant; null is the zero time.
func instant(v input.Value) (time.Time, error) {
	text, err := v.Text()
	if err != nil || text == "" {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, remit.FieldErrorf(v.Path, "must be an instant such as 2026-12-31T23:59:59Z")
	}
	return t, nil
}

// attributes reads the values of attributes by name.
func attributes(v input.Value) (map[string][]string, error) {
	if v.IsNull() {
		return nil, nil
	}
	all := map[string][]string{}
	err := v.Members(nil, func(name string, v input.Value) (err error) {
		all[name], err = v.Texts()
		return err
	})
	return all, err
}
