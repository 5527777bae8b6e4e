package views

import (
	"context"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/access"
)

// ShareRole is one that a view can be shared with.
type ShareRole struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
}

// Roles returns the roles that the actor can share a view with, in the order of the
// policy.
func (v *Views) Roles(ctx context.Context, actor remit.Actor) ([]ShareRole, error) {
	standing, err := v.writer(ctx, actor)
	if err != nil {
		return nil, err
	}
	return shareable(standing), nil
}

// shareable returns the roles that somebody holds, and all for whoever may manage the
// policy: of others people need not know.
func shareable(s *access.Standing) []ShareRole {
	roles := []ShareRole{}
	for _, r := range s.Policy.Document().Roles {
		if manages(s) || slices.Contains(s.User.Roles, r.Name) {
			roles = append(roles, ShareRole{r.Name, r.Title})
		}
	}
	return roles
}

// checkRoles refuses roles that a view cannot be shared with. Those that it had
// already may stay, also where its owner holds them no longer.
func checkRoles(s *access.Standing, roles, had []string) error {
	possible := shareable(s)
	for i, role := range roles {
		if slices.Contains(roles[:i], role) {
			return remit.FieldErrorf("roles", "%s is named twice", role)
		}
		if slices.Contains(had, role) || slices.ContainsFunc(possible, func(r ShareRole) bool { return r.Name == role }) {
			continue
		}
		names := make([]string, len(possible))
		for i, r := range possible {
			names[i] = r.Name
		}
		return remit.FieldErrorf("roles", "a view can be shared with these roles: %s", strings.Join(names, ", "))
	}
	return nil
}
