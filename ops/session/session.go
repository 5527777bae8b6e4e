// Package session holds the use cases of signing in and out, and of asking who
// one is.
package session

import (
	"context"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Directory is what the use cases need of *directory.Directory.
type Directory interface {
	SignIn(ctx context.Context, in directory.SignIn) (secret string, s *directory.Session, err error)
	KnowsDevice(email, device string) bool
	RevokeSession(ctx context.Context, by remit.Actor, person, session remit.ID) error
	BeginView(ctx context.Context, by remit.Actor, person remit.ID) (secret string, s *directory.Session, err error)
	EndView(ctx context.Context, viewer remit.Actor) (secret string, s *directory.Session, err error)
	Person(ctx context.Context, id remit.ID) (*directory.Person, error)
	Preferences(ctx context.Context, person remit.ID) (directory.Preferences, error)
}

// Resolver is what the use cases need of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
}

// Settings is what the use cases need of *policystore.Store.
type Settings interface {
	Settings(ctx context.Context) (policystore.Settings, error)
}

// Sessions carries out the use cases.
type Sessions struct {
	directory Directory
	resolver  Resolver
	settings  Settings
}

// New returns the use cases over the directory, and over what an installation says of
// its company.
func New(d Directory, resolver Resolver, settings Settings) *Sessions {
	return &Sessions{d, resolver, settings}
}

// Credentials is what a person gives to sign in.
type Credentials struct {
	Email, Password string
	NewPassword     string // to have from now on, where the old one was set by somebody else
	Address         string // network address of the client
	Client          string // what the client says it is
	Device          string // mark of the device, from Opened of an earlier time; "" for none
	Request         string // id of the request
}

// Opened is a session that has just begun. Its secret is shown this once.
type Opened struct {
	Secret  string
	Expires time.Time
	Person  remit.ID
	Viewing remit.ID // whom the session views; "" is nobody

	Device        string // mark of the device, to be given the next time
	DeviceExpires time.Time
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
	Language     string        `json:"language" doc:"BCP 47 tag that the person chose, or empty."`
	Theme        string        `json:"theme" enum:",light,dark,auto" doc:"What the person chose, or empty."`
	Company      MyCompany     `json:"company" doc:"Amounts, days and times are shown by it."`
	Viewing      *Named        `json:"viewing,omitempty" doc:"Whom the session views: nothing can be changed in it."`
	Operator     *Named        `json:"operator,omitempty" doc:"Who views as that person."`
}

// MyCompany is what holds for everybody's screens.
type MyCompany struct {
	Name     string `json:"name"`
	TimeZone string `json:"time_zone" doc:"IANA name."`
	Currency string `json:"currency" doc:"ISO 4217 code for new fields of money."`
}

// Named is a person by id and name.
type Named struct {
	ID   remit.ID `json:"id"`
	Name string   `json:"name"`
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
		Email: c.Email, Password: c.Password, Renewed: c.NewPassword,
		Address: c.Address, Client: c.Client, Device: c.Device, Request: c.Request,
	})
	if err != nil {
		return nil, err
	}
	return &Opened{
		Secret: secret, Expires: opened.ExpiresAt, Person: opened.Person,
		Device: opened.Device, DeviceExpires: opened.CreatedAt.Add(directory.DeviceLife),
	}, nil
}

// KnowsDevice reports whether the mark is that of a device on which somebody has
// signed in under the e-mail address. It looks at nothing but the two texts.
func (s *Sessions) KnowsDevice(email, device string) bool {
	return s.directory.KnowsDevice(email, device)
}

// SignOut ends the actor's own session. One that has ended already is no error.
func (s *Sessions) SignOut(ctx context.Context, actor remit.Actor) error {
	if actor.Session == "" {
		return remit.Errorf(remit.KindInvalid, "there is no session to end: a token is revoked, not signed out")
	}
	if actor.Viewing() {
		actor = actor.Behind() // the session is the operator's
	}
	err := s.directory.RevokeSession(ctx, actor, actor.Person, actor.Session)
	if err != nil && remit.KindOf(err) == remit.KindNotFound {
		return nil
	}
	return err
}

// ViewAs turns the actor's session into a view of the person: read-only, recorded
// under both names, and never of somebody with a capability that the actor lacks. The
// session gets a new secret.
func (s *Sessions) ViewAs(ctx context.Context, actor remit.Actor, person remit.ID) (*Opened, error) {
	if actor.Session == "" || actor.Viewing() {
		return nil, remit.Errorf(remit.KindInvalid, "a view begins in a session of your own: sign in, or end the view that runs")
	}
	standing, err := s.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if err := standing.Require(policy.ViewAs); err != nil {
		return nil, err
	}
	viewed, err := s.directory.Person(ctx, person)
	if err != nil {
		return nil, err
	}
	if viewed.System {
		return nil, remit.Errorf(remit.KindNotFound, "there is no such person")
	}
	roles, _ := viewed.Roles(viewed.ReadAt)
	if lacking := standing.Policy.Lacks(standing.User.Roles, roles); lacking != "" {
		e := remit.Errorf(remit.KindDenied, "this person may do more than you: they have the capability %s", lacking)
		e.Field = "person"
		return nil, e
	}
	return opened(s.directory.BeginView(ctx, actor, person))
}

// EndView gives the session back to who views in it, under a new secret. It asks for
// no permission: a view can always be ended.
func (s *Sessions) EndView(ctx context.Context, actor remit.Actor) (*Opened, error) {
	return opened(s.directory.EndView(ctx, actor))
}

func opened(secret string, made *directory.Session, err error) (*Opened, error) {
	if err != nil {
		return nil, err
	}
	return &Opened{Secret: secret, Expires: made.ExpiresAt, Person: made.Person, Viewing: made.Viewing}, nil
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
	if err := s.complete(ctx, actor, me); err != nil {
		return nil, err
	}
	for _, capability := range policy.Capabilities {
		if standing.Require(capability) == nil {
			me.Capabilities = append(me.Capabilities, capability)
		}
	}
	for _, page := range standing.Pages() {
		if !actor.Viewing() || !strings.HasPrefix(page, "settings/") { // administration is not part of a view
			me.Pages = append(me.Pages, page)
		}
	}
	for _, e := range standing.Employees() {
		me.Employees = append(me.Employees, describe(standing, e))
	}
	return me, nil
}

// complete tells what holds for the company, what the person chose, and who views
// as them.
func (s *Sessions) complete(ctx context.Context, actor remit.Actor, me *Me) error {
	set, err := s.settings.Settings(ctx)
	if err != nil {
		return err
	}
	me.Company = MyCompany{Name: set.Company, TimeZone: set.TimeZone, Currency: set.Currency}
	chosen, err := s.directory.Preferences(ctx, actor.Person)
	if err != nil {
		return err
	}
	me.Language, me.Theme = chosen.Language, chosen.Theme
	if !actor.Viewing() {
		return nil
	}
	operator, err := s.directory.Person(ctx, remit.ID(actor.Operator))
	if err != nil {
		return err
	}
	// The screen speaks the language of who looks at it.
	if chosen, err = s.directory.Preferences(ctx, operator.User.ID); err != nil {
		return err
	}
	me.Language, me.Theme = chosen.Language, chosen.Theme
	me.Viewing = &Named{me.ID, me.Name}
	me.Operator = &Named{operator.User.ID, operator.User.Name}
	return nil
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
