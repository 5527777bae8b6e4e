// Package people holds the use cases of those who manage people: who is here, what
// roles they hold, their passwords, sessions and tokens, and the departments.
//
// All of it needs the capability people.manage, but for what attributes people may
// have, which the policy is written in: that needs policy.manage. It is for people
// and not for AI, and is recorded, reading too. Nobody makes somebody, or takes over the account of
// somebody, who has a capability that they lack themselves.
//
// Whoever manages no people knows of others what the lens shows of the collection
// people.
package people

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/policy"
)

// Directory is what the use cases need of *directory.Directory.
type Directory interface {
	List(ctx context.Context, q directory.PeopleQuery) ([]directory.Listed, error)
	Attributes(ctx context.Context, person remit.ID) (map[string][]string, error)
	Person(ctx context.Context, id remit.ID) (*directory.Person, error)
	Invite(ctx context.Context, by remit.Actor, n directory.Invitation) (id remit.ID, password string, err error)
	UpdatePerson(ctx context.Context, by remit.Actor, id remit.ID, c directory.PersonChange) error
	SetRoles(ctx context.Context, by remit.Actor, person remit.ID, roles []directory.Membership) error
	ResetPassword(ctx context.Context, by remit.Actor, person remit.ID, password string) (string, error)
	Sessions(ctx context.Context, person remit.ID) ([]directory.Session, error)
	RevokeSession(ctx context.Context, by remit.Actor, person, session remit.ID) error
	RevokeSessions(ctx context.Context, by remit.Actor, person, except remit.ID) error
	Tokens(ctx context.Context, person remit.ID) ([]directory.Token, error)
	RevokeToken(ctx context.Context, by remit.Actor, person, token remit.ID) error
	Departments(ctx context.Context) ([]directory.Department, error)
	CreateDepartment(ctx context.Context, by remit.Actor, name string, parent remit.ID) (remit.ID, error)
	UpdateDepartment(ctx context.Context, by remit.Actor, id remit.ID, c directory.DepartmentChange) error
	DeleteDepartment(ctx context.Context, by remit.Actor, id remit.ID) error
}

// Requirer is what the use cases need of *access.Access.
type Requirer interface {
	Require(ctx context.Context, actor remit.Actor, capability string) (*access.Standing, error)
}

// Log takes the entries of what is read.
type Log interface {
	Append(ctx context.Context, entries ...*audit.Entry) error
}

// The reads, as the log names them.
const (
	OpList            audit.Operation = "people.list"
	OpRead            audit.Operation = "people.read"
	OpSessions        audit.Operation = "sessions.list"
	OpTokens          audit.Operation = "tokens.list"
	OpListDepartments audit.Operation = "departments.list"
)

// People carries out the use cases.
type People struct {
	directory   Directory
	definitions Definitions
	requirer    Requirer
	log         Log
}

// New returns the use cases over the directory and the attributes that are defined.
func New(d Directory, definitions Definitions, requirer Requirer, log Log) *People {
	return &People{d, definitions, requirer, log}
}

type (
	// Query says whom to list.
	Query = directory.PeopleQuery
	// Invitation is a person to add.
	Invitation = directory.Invitation
	// Change says what to change of a person.
	Change = directory.PersonChange
	// Membership is a role to give.
	Membership = directory.Membership
	// DepartmentChange says what to change of a department.
	DepartmentChange = directory.DepartmentChange
)

// Listing is a page of people.
type Listing struct {
	People     []Person `json:"people" nullable:"false"`
	NextCursor string   `json:"next_cursor,omitempty" doc:"Absent on the last page."`
}

// Person is somebody as those see them who manage people.
type Person struct {
	ID           remit.ID            `json:"id"`
	Name         string              `json:"name"`
	Email        string              `json:"email"`
	Title        string              `json:"title"`
	Department   *Named              `json:"department" doc:"null for none."`
	Manager      *Named              `json:"manager" doc:"null for none."`
	Roles        []HeldRole          `json:"roles" nullable:"false"`
	Active       bool                `json:"active"`
	Created      time.Time           `json:"created"`
	Seen         time.Time           `json:"seen,omitzero" doc:"When they last used a session or a token, to within minutes."`
	Password     string              `json:"password" enum:"none,initial,own" doc:"none: cannot sign in; initial: set by somebody else, must be changed."`
	Attributes   map[string][]string `json:"attributes,omitempty" doc:"Only of one person: values by name."`
	Capabilities []string            `json:"capabilities,omitempty" doc:"Only of one person: what the roles that count now allow beside records."`
}

// Named is a person or department by id and name.
type Named = session.Named

// HeldRole is a role that somebody holds.
type HeldRole struct {
	Name     string    `json:"name"`
	NotAfter time.Time `json:"not_after,omitzero" doc:"From then on it does not count."`
}

func named(id remit.ID, name string) *Named {
	if id == "" {
		return nil
	}
	return &Named{ID: id, Name: name}
}

func person(l *directory.Listed) Person {
	p := Person{
		ID: l.ID, Name: l.Name, Email: l.Email, Title: l.Title, Active: l.Active, Created: l.CreatedAt, Seen: l.SeenAt,
		Department: named(l.DepartmentID, l.Department), Manager: named(l.ManagerID, l.Manager), Roles: []HeldRole{}, Password: "own",
	}
	switch {
	case !l.HasPassword:
		p.Password = "none"
	case l.MustChange:
		p.Password = "initial"
	}
	for _, m := range l.Memberships {
		p.Roles = append(p.Roles, HeldRole{Name: m.Role, NotAfter: m.NotAfter})
	}
	return p
}

// may admits the actor and, where op is given, records what is about to be read.
func (p *People) may(ctx context.Context, actor remit.Actor, op audit.Operation, of remit.ID, details any) (*access.Standing, error) {
	standing, err := p.requirer.Require(ctx, actor, policy.ManagePeople)
	if op == "" {
		return standing, err
	}
	e := &audit.Entry{Actor: actor, Operation: op, Source: remit.MainSource, Collection: "people", Decision: audit.Allowed, Details: details}
	if standing != nil {
		e.Epoch = standing.Policy.Epoch
	}
	if of.Valid() {
		e.Records = []remit.ID{of}
	}
	if err != nil {
		if remit.KindOf(err) != remit.KindDenied {
			return nil, err
		}
		e.Decision, e.Reason = audit.Refused, remit.KindOf(err).String()
	}
	if logErr := p.log.Append(ctx, e); logErr != nil {
		return nil, logErr
	}
	return standing, err
}

// List returns a page of people by name. The cursor is the one of the page before.
func (p *People) List(ctx context.Context, actor remit.Actor, q directory.PeopleQuery) (*Listing, error) {
	if _, err := p.may(ctx, actor, OpList, "", map[string]any{"search": q.Search, "department": q.Department, "role": q.Role}); err != nil {
		return nil, err
	}
	if q.Limit == 0 {
		q.Limit = 50
	}
	if q.Limit < 1 || q.Limit > directory.MaxPeople {
		return nil, remit.FieldErrorf("limit", "must be between 1 and %d", directory.MaxPeople)
	}
	if q.After != "" && !q.After.Valid() {
		return nil, remit.FieldErrorf("cursor", "is none of this list: begin at its first page")
	}
	if len(q.Search) > 200 {
		return nil, remit.FieldErrorf("q", "is longer than 200 bytes")
	}
	limit := q.Limit
	q.Limit++
	listed, err := p.directory.List(ctx, q)
	if err != nil {
		return nil, err
	}
	page := &Listing{People: []Person{}}
	for i := range listed {
		if i == limit {
			page.NextCursor = string(listed[i-1].ID)
			break
		}
		page.People = append(page.People, person(&listed[i]))
	}
	return page, nil
}

// Get returns one person.
func (p *People) Get(ctx context.Context, actor remit.Actor, id remit.ID) (*Person, error) {
	standing, err := p.may(ctx, actor, OpRead, id, nil)
	if err != nil {
		return nil, err
	}
	return p.read(ctx, standing, id)
}

func (p *People) read(ctx context.Context, standing *access.Standing, id remit.ID) (*Person, error) {
	if !id.Valid() {
		return nil, noPerson()
	}
	listed, err := p.directory.List(ctx, directory.PeopleQuery{ID: id, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(listed) == 0 {
		return nil, noPerson()
	}
	one := person(&listed[0])
	if one.Attributes, err = p.directory.Attributes(ctx, id); err != nil {
		return nil, err
	}
	whole, err := p.directory.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	roles, _ := whole.Roles(whole.ReadAt)
	for _, capability := range policy.Capabilities {
		if standing.Policy.Can(roles, capability) {
			one.Capabilities = append(one.Capabilities, capability)
		}
	}
	return &one, nil
}

func noPerson() error { return remit.Errorf(remit.KindNotFound, "there is no such person") }

// Invited is a person who has just been added. The password is shown this once.
type Invited struct {
	Person   *Person `json:"person"`
	Password string  `json:"initial_password" doc:"Shown this once. It must be changed when signing in."`
}

// Invite adds a person, who signs in with an initial password and must then choose
// one of their own.
func (p *People) Invite(ctx context.Context, actor remit.Actor, n directory.Invitation) (*Invited, error) {
	standing, err := p.may(ctx, actor, "", "", nil)
	if err != nil {
		return nil, err
	}
	if err := mayGive(standing, n.Roles); err != nil {
		return nil, err
	}
	id, password, err := p.directory.Invite(ctx, actor, n)
	if err != nil {
		return nil, err
	}
	made, err := p.read(ctx, standing, id)
	return &Invited{made, password}, err
}

// Update changes a person.
func (p *People) Update(ctx context.Context, actor remit.Actor, id remit.ID, c directory.PersonChange) (*Person, error) {
	standing, err := p.over(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if err := p.directory.UpdatePerson(ctx, actor, id, c); err != nil {
		return nil, err
	}
	return p.read(ctx, standing, id)
}

// SetRoles replaces the roles of a person.
func (p *People) SetRoles(ctx context.Context, actor remit.Actor, id remit.ID, roles []directory.Membership) (*Person, error) {
	standing, err := p.over(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if err := mayGive(standing, roles); err != nil {
		return nil, err
	}
	if err := p.directory.SetRoles(ctx, actor, id, roles); err != nil {
		return nil, err
	}
	return p.read(ctx, standing, id)
}

// ResetPassword gives a person an initial password, the given one or one that is
// made up, and ends their sessions.
func (p *People) ResetPassword(ctx context.Context, actor remit.Actor, id remit.ID, password string) (string, error) {
	if _, err := p.over(ctx, actor, id); err != nil {
		return "", err
	}
	return p.directory.ResetPassword(ctx, actor, id, password)
}

// over admits the actor to change the person, who must not have a capability that
// the actor lacks.
func (p *People) over(ctx context.Context, actor remit.Actor, id remit.ID) (*access.Standing, error) {
	standing, err := p.may(ctx, actor, "", id, nil)
	if err != nil {
		return nil, err
	}
	of, err := p.directory.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	if of.System {
		return nil, noPerson()
	}
	// Roles that begin or end by themselves count too.
	var roles []string
	for _, m := range of.Memberships {
		roles = append(roles, m.Role)
	}
	if lacking := standing.Policy.Lacks(standing.User.Roles, roles); lacking != "" {
		e := remit.Errorf(remit.KindDenied, "this person may do more than you: they have the capability %s", lacking)
		return nil, e
	}
	return standing, nil
}

// mayGive refuses to give roles with a capability that the actor lacks.
func mayGive(standing *access.Standing, roles []directory.Membership) error {
	names := make([]string, len(roles))
	for i, m := range roles {
		names[i] = m.Role
	}
	lacking := standing.Policy.Lacks(standing.User.Roles, names)
	if lacking == "" {
		return nil
	}
	e := remit.Errorf(remit.KindDenied, "you cannot give a role with the capability %s, which you lack", lacking)
	e.Field = "roles"
	return e
}
