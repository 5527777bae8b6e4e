package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/people"
	"github.com/remit-crm/remit/ops/tokens"
)

// People is what the API needs of package ops/people.
type People interface {
	List(ctx context.Context, actor remit.Actor, q people.Query) (*people.Listing, error)
	Get(ctx context.Context, actor remit.Actor, id remit.ID) (*people.Person, error)
	Invite(ctx context.Context, actor remit.Actor, n people.Invitation) (*people.Invited, error)
	Update(ctx context.Context, actor remit.Actor, id remit.ID, c people.Change) (*people.Person, error)
	SetRoles(ctx context.Context, actor remit.Actor, id remit.ID, roles []people.Membership) (*people.Person, error)
	ResetPassword(ctx context.Context, actor remit.Actor, id remit.ID, password string) (string, error)
	Sessions(ctx context.Context, actor remit.Actor, id remit.ID) ([]people.Session, error)
	EndSession(ctx context.Context, actor remit.Actor, id, session remit.ID) error
	Tokens(ctx context.Context, actor remit.Actor, id remit.ID) ([]tokens.Token, error)
	RevokeToken(ctx context.Context, actor remit.Actor, id, token remit.ID) error
	Attributes(ctx context.Context, actor remit.Actor) ([]people.Attribute, error)
	DefineAttribute(ctx context.Context, actor remit.Actor, d people.Definition) (*people.Attribute, error)
	RemoveAttribute(ctx context.Context, actor remit.Actor, name string, people *int) error
	Departments(ctx context.Context, actor remit.Actor) ([]people.Department, error)
	CreateDepartment(ctx context.Context, actor remit.Actor, name string, parent remit.ID) (*people.Department, error)
	UpdateDepartment(ctx context.Context, actor remit.Actor, id remit.ID, c people.DepartmentChange) (*people.Department, error)
	DeleteDepartment(ctx context.Context, actor remit.Actor, id remit.ID) error
}

type roleBody struct {
	Name     string    `json:"name"`
	NotAfter time.Time `json:"not_after,omitzero" doc:"From then on it does not count; none: for good."`
}

type rolesBody struct {
	Roles []roleBody `json:"roles" nullable:"false"`
}

type personBody struct {
	Name       string              `json:"name"`
	Email      string              `json:"email"`
	Title      string              `json:"title,omitempty"`
	Department remit.ID            `json:"department,omitempty"`
	Manager    remit.ID            `json:"manager,omitempty"`
	Roles      []roleBody          `json:"roles,omitempty" nullable:"false"`
	Attributes map[string][]string `json:"attributes,omitempty" doc:"Values by name, as people write them."`
	Password   string              `json:"password,omitempty" doc:"The initial password; none: one is made up."`
}

type personChangeBody struct {
	Name       string              `json:"name,omitempty"`
	Email      string              `json:"email,omitempty"`
	Title      string              `json:"title,omitempty"`
	Department remit.ID            `json:"department,omitempty" doc:"Empty: none."`
	Manager    remit.ID            `json:"manager,omitempty" doc:"Empty: none."`
	Active     bool                `json:"active,omitempty" doc:"false also ends every session and token."`
	Attributes map[string][]string `json:"attributes,omitempty" doc:"Only those named change; no values take one away."`
}

type initialBody struct {
	Password string `json:"password,omitempty" doc:"None: one is made up."`
}

type initialAnswer struct {
	Password string `json:"initial_password" doc:"Shown this once. It must be changed when signing in."`
}

type sessionsAnswer struct {
	Sessions []people.Session `json:"sessions" nullable:"false"`
}

type tokensAnswer struct {
	Tokens []tokens.Token `json:"tokens" nullable:"false"`
}

func (a *API) peopleRoutes() []route {
	const (
		many     = "/api/people"
		one      = many + "/{id}"
		sessions = one + "/sessions"
		held     = one + "/tokens"
		rule     = "Needs the capability people.manage. "
		above    = rule + "Not for somebody who has a capability that you lack. "
	)
	return []route{
		{
			method: http.MethodGet, path: many, id: "listPeople", tag: "people", summary: "List people by name", description: rule,
			handler: a.listPeople, query: []string{"part", "department", "role", "active", "limit", "cursor"}, status: http.StatusOK, answer: people.Listing{},
		},
		{
			method: http.MethodPost, path: many, id: "invitePerson", tag: "people", summary: "Add a person with an initial password", description: rule,
			handler: a.invitePerson, body: personBody{}, status: http.StatusCreated, answer: people.Invited{},
		},
		{
			method: http.MethodGet, path: one, id: "getPerson", tag: "people", summary: "Get a person", description: rule,
			handler: a.getPerson, status: http.StatusOK, answer: people.Person{},
		},
		{
			method: http.MethodPatch, path: one, id: "updatePerson", tag: "people", summary: "Change a person",
			description: above + "The last active administrator stays one.",
			handler:     a.updatePerson, body: personChangeBody{}, status: http.StatusOK, answer: people.Person{},
		},
		{
			method: http.MethodPut, path: one + "/password", id: "resetPassword", tag: "people", summary: "Give a person an initial password",
			description: above + "Their sessions end; their tokens stay good.",
			handler:     a.resetPassword, body: initialBody{}, status: http.StatusOK, answer: initialAnswer{},
		},
		{
			method: http.MethodPut, path: one + "/roles", id: "setRoles", tag: "people", summary: "Replace a person's roles",
			description: above + "Nobody gives a role with a capability that they lack.",
			handler:     a.setRoles, body: rolesBody{}, status: http.StatusOK, answer: people.Person{},
		},
		{
			method: http.MethodGet, path: sessions, id: "listSessions", tag: "people", summary: "List a person's sessions", description: rule,
			handler: a.listSessions, status: http.StatusOK, answer: sessionsAnswer{},
		},
		{
			method: http.MethodDelete, path: sessions, id: "endSessions", tag: "people", summary: "End every session of a person", description: rule,
			handler: a.endSession, status: http.StatusNoContent,
		},
		{
			method: http.MethodDelete, path: sessions + "/{sid}", id: "endSession", tag: "people", summary: "End a session of a person", description: rule,
			handler: a.endSession, status: http.StatusNoContent,
		},
		{
			method: http.MethodGet, path: held, id: "listTokens", tag: "people", summary: "List a person's API tokens", description: rule,
			handler: a.listTokens, status: http.StatusOK, answer: tokensAnswer{},
		},
		{
			method: http.MethodDelete, path: held, id: "revokeTokens", tag: "people", summary: "Revoke every API token of a person", description: rule,
			handler: a.revokeToken, status: http.StatusNoContent,
		},
		{
			method: http.MethodDelete, path: held + "/{tid}", id: "revokeToken", tag: "people", summary: "Revoke an API token of a person", description: rule,
			handler: a.revokeToken, status: http.StatusNoContent,
		},
	}
}

// staff returns the use cases over people, or an error where there are none.
func (a *API) staff() (People, error) {
	if a.options.People == nil {
		return nil, remit.Errorf(remit.KindUnavailable, "people are not managed on this server")
	}
	return a.options.People, nil
}

// unasked returns use cases for a request whose URL has no query.
func unasked[T any](r *http.Request, cases func() (T, error)) (T, error) {
	if _, err := values(r); err != nil {
		var none T
		return none, err
	}
	return cases()
}

func (a *API) listPeople(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "q", "department", "role", "active", "limit", "cursor")
	if err != nil {
		return err
	}
	q := people.Query{Search: v["q"], Department: remit.ID(v["department"]), Role: v["role"], After: remit.ID(v["cursor"])}
	if text, given := v["active"]; given && text != "" {
		active, err := boolean(v, "active")
		if err != nil {
			return err
		}
		q.Active = &active
	}
	limit, err := whole(v, "limit")
	if err != nil {
		return err
	}
	if limit != nil {
		if q.Limit = *limit; q.Limit == 0 {
			q.Limit = -1 // which is refused, where none at all is the default
		}
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(staff.List(r.Context(), actor, q))
}

// sendResult sends what a use case returned, or its error.
func sendResult(w http.ResponseWriter, status int) func(v any, err error) error {
	return func(v any, err error) error {
		if err != nil {
			return err
		}
		return sendValue(w, status, v)
	}
}

func (a *API) getPerson(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	staff, err := unasked(r, a.staff)
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(staff.Get(r.Context(), actor, remit.ID(r.PathValue("id"))))
}

func (a *API) invitePerson(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var n people.Invitation
	err := members(w, r, []string{"name", "email", "title", "department", "manager", "roles", "attributes", "password"}, func(name string, v input.Value) (err error) {
		switch name {
		case "name":
			n.Name, err = v.Text()
		case "email":
			n.Email, err = v.Text()
		case "title":
			n.Title, err = v.Text()
		case "department":
			n.DepartmentID, err = id(v)
		case "manager":
			n.ManagerID, err = id(v)
		case "roles":
			n.Roles, err = memberships(v)
		case "attributes":
			n.Attributes, err = attributes(v)
		case "password":
			n.Password, err = secretText(v)
		}
		return err
	})
	if err != nil {
		return err
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusCreated)(staff.Invite(r.Context(), actor, n))
}

func (a *API) updatePerson(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var c people.Change
	err := members(w, r, []string{"name", "email", "title", "department", "manager", "active", "attributes"}, func(name string, v input.Value) (err error) {
		switch name {
		case "name":
			c.Name, err = textPointer(v)
		case "email":
			c.Email, err = textPointer(v)
		case "title":
			c.Title, err = textPointer(v)
		case "department":
			c.DepartmentID, err = idPointer(v)
		case "manager":
			c.ManagerID, err = idPointer(v)
		case "active":
			c.Active, err = flagPointer(v)
		case "attributes":
			c.Attributes, err = attributes(v)
		}
		return err
	})
	if err != nil {
		return err
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(staff.Update(r.Context(), actor, remit.ID(r.PathValue("id")), c))
}

func (a *API) setRoles(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var roles []people.Membership
	given := false
	err := members(w, r, []string{"roles"}, func(_ string, v input.Value) (err error) {
		given = !v.IsNull()
		roles, err = memberships(v)
		return err
	})
	if err != nil {
		return err
	}
	if !given {
		return remit.FieldErrorf("roles", "is missing")
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(staff.SetRoles(r.Context(), actor, remit.ID(r.PathValue("id")), roles))
}

func (a *API) resetPassword(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var given string
	err := members(w, r, []string{"password"}, func(_ string, v input.Value) (err error) {
		given, err = secretText(v)
		return err
	})
	if err != nil {
		return err
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	password, err := staff.ResetPassword(r.Context(), actor, remit.ID(r.PathValue("id")), given)
	return sendResult(w, http.StatusOK)(initialAnswer{password}, err)
}

func (a *API) listSessions(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	staff, err := unasked(r, a.staff)
	if err != nil {
		return err
	}
	all, err := staff.Sessions(r.Context(), actor, remit.ID(r.PathValue("id")))
	return sendResult(w, http.StatusOK)(sessionsAnswer{all}, err)
}

func (a *API) listTokens(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	staff, err := unasked(r, a.staff)
	if err != nil {
		return err
	}
	all, err := staff.Tokens(r.Context(), actor, remit.ID(r.PathValue("id")))
	return sendResult(w, http.StatusOK)(tokensAnswer{all}, err)
}

func (a *API) endSession(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return done(w)(staff.EndSession(r.Context(), actor, remit.ID(r.PathValue("id")), remit.ID(r.PathValue("sid"))))
}

func (a *API) revokeToken(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return done(w)(staff.RevokeToken(r.Context(), actor, remit.ID(r.PathValue("id")), remit.ID(r.PathValue("tid"))))
}

// done answers that something has been done, or its error.
func done(w http.ResponseWriter) func(error) error {
	return func(err error) error {
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		return err
	}
}
