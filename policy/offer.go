package policy

import "slices"

// Offer returns a copy of d in which the AI employees that before does not have
// are available to the roles that take new ones. Whoever saves a policy calls it
// once, so that from then on each role's list says what is available: switching an
// AI employee off for a role stays possible.
func (d *Document) Offer(before *Document) *Document {
	offered := d.clone()
	for i := range offered.Employees {
		name := offered.Employees[i].Name
		if slices.ContainsFunc(before.Employees, func(e Employee) bool { return e.Name == name }) {
			continue
		}
		for j := range offered.Roles {
			r := &offered.Roles[j]
			if r.NewEmployees && !slices.Contains(r.Employees, name) {
				r.Employees = append(r.Employees, name)
			}
		}
	}
	return offered
}
