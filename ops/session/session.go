// Package session holds the use cases of signing in and out, and of asking who
// one is.
package session

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Directory is what the use cases need of *directory.Directory.
type Directory interface {
	SignIn(ctx context.Context, in directory.SignIn) (secret string, s *directory.Session, err error)
	RevokeSession(ctx context.Context, by remit.Actor, person, session remit.ID) error
}

// Resolver is what the use cases need of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
}

// Sessions carries out the use cases.
type Sessions struct {
	directory Directory
	resolver  Resolver
}

// New returns the use cases over the directory.
func New(d Directory, resolver Resolver) *Sessions { return &Sessions{d, resolver} }

// Credentials is what a person gives to sign in.
type Credentials struct {
	Email, Password string
	Address         string // network address of the client
	Client          string // what the client says it is
}

// Opened is a session that has just begun. Its secret is shown this once.
type Opened struct {
	Secret  string
	Expires time.Time
	Person  remit.ID
}

// Me is what a person may know of themselves, and what the call is held to.
type Me struct {
	ID           remit.ID      `json:"id"`
	Email        string        `json:"email"`
	Name         string        `json:"name"`
	Department   string        `json:"department,omitempty"`
	Roles        []string      `json:"roles" nullable:"false" doc:"Names of the roles that count now."`
	Capabilities []string      `json:"capabilities" nullable:"false" doc:"What the roles allow beside records, e.g. policy.manage."`
	Pages        []string      `json:"pages" nullable:"false" doc:"The pages that the person sees, e.g. home, opportunities, settings/roles."`
	Employees    []Employee    `json:"employees" nullable:"false" doc:"The AI employees that the person may use."`
	Employee     string        `json:"employee,omitempty" doc:"The AI employee that the token is bound to."`
	Channel      remit.Channel `json:"channel" enum:"web,api,mcp,cli"`
}

// Employee is an AI employee as those who may use it see it.
type Employee struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Position    string `json:"position,omitempty"`
	Description string `json:"description,omitempty"`
	Greeting    string `json:"greeting,omitempty"`
	Bio         string `json:"bio,omitempty"`
	Avatar      string `json:"avatar,omitempty" doc:"Name of a built-in picture."`
	Color       string `json:"color,omitempty"`
	Tasks       []Task `json:"tasks" nullable:"false"`
}

// Task is a preset job as those who may run it see it.
type Task struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Question string   `json:"question,omitempty"`
	Places   []string `json:"places" nullable:"false"`
}

// SignIn opens a session. The error is [remit.KindUnauthenticated] if the address
// or the password is wrong, without saying which, and [remit.KindLimited] after
// too many attempts.
func (s *Sessions) SignIn(ctx context.Context, c Credentials) (*Opened, error) {
	secret, opened, err := s.directory.SignIn(ctx, directory.SignIn{
		Email: c.Email, Password: c.Password, Address: c.Address, Client: c.Client,
	})
	if err != nil {
		return nil, err
	}
	return &Opened{Secret: secret, Expires: opened.ExpiresAt, Person: opened.Person}, nil
}

// SignOut ends the actor's own session. One that has ended already is no error.
func (s *Sessions) SignOut(ctx context.Context, actor remit.Actor) error {
	if actor.Session == "" {
		return remit.Errorf(remit.KindInvalid, "there is no session to end: a token is revoked, not signed out")
	}
	err := s.directory.RevokeSession(ctx, actor, actor.Person, actor.Session)
	if err != nil && remit.KindOf(err) == remit.KindNotFound {
		return nil
	}
	return err
}

// Me returns what the actor's person may know of themselves.
func (s *Sessions) Me(ctx context.Context, actor remit.Actor) (*Me, error) {
	standing, err := s.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	me := &Me{
		ID: standing.User.ID, Email: standing.User.Email, Name: standing.User.Name, Department: standing.User.Department,
		Roles: standing.User.Roles, Capabilities: []string{}, Pages: []string{}, Employees: []Employee{},
		Employee: actor.Employee, Channel: actor.Channel,
	}
	for _, capability := range policy.Capabilities {
		if standing.Require(capability) == nil {
			me.Capabilities = append(me.Capabilities, capability)
		}
	}
	me.Pages = append(me.Pages, standing.Pages()...)
	for _, e := range standing.Employees() {
		me.Employees = append(me.Employees, describe(standing, e))
	}
	return me, nil
}

func describe(standing *access.Standing, e *policy.Employee) Employee {
	described := Employee{
		Name: e.Name, Title: e.Title, Position: e.Position, Description: e.Description, Greeting: e.Greeting,
		Bio: e.Bio, Avatar: e.Avatar, Color: e.Color, Tasks: []Task{},
	}
	for _, t := range standing.Tasks(e.Name) {
		described.Tasks = append(described.Tasks, Task{Name: t.Name, Title: t.Title, Question: t.Question, Places: t.Places})
	}
	return described
}
