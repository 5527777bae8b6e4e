// Package demo makes the demo company: Larkfield Instruments, which sells
// laboratory equipment. Its people, customers and deals are made up by a fixed
// seed, with dates around the day on which it is made, and some records are
// planted to show what the product is for (see traps.go).
package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// Company is the demo company's name.
const Company = "Larkfield Instruments"

// Directory is what the demo needs of *directory.Directory.
type Directory interface {
	Enlist(ctx context.Context, by remit.Actor, list []directory.Enlistment, check func(directory.Enlisted) error) (directory.Enlisted, error)
	PersonByEmail(ctx context.Context, email string) (*directory.Person, error)
	SetPassword(ctx context.Context, by remit.Actor, person remit.ID, password string) error
}

// Lens is what the demo needs of *lens.Lens.
type Lens interface {
	Batch(ctx context.Context, actor remit.Actor, source, collection string, fill func(*lens.Batch) error) error
	Count(ctx context.Context, actor remit.Actor, q lens.CountQuery) (int64, error)
}

// Policies is what the demo needs of *policystore.Store.
type Policies interface {
	Load(ctx context.Context) (*policy.Policy, error)
}

// Stores is where the company is made.
type Stores struct {
	Directory Directory
	Lens      Lens
	Policies  Policies
}

// Person is one of the demo company's people, with the password that the demo
// prints. It is for demos only: these passwords are public.
type Person struct {
	Name       string   `json:"name"`
	Email      string   `json:"email"`
	Password   string   `json:"password"`
	Title      string   `json:"title"`
	Roles      []string `json:"roles"`
	Department string   `json:"department"`
	Manager    string   `json:"manager,omitempty"` // e-mail address
}

// Employee is an AI employee that some of them may use.
type Employee struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Position string   `json:"position,omitempty"`
	Roles    []string `json:"roles"` // whose holders may use it
}

// Report tells what the demo company consists of.
type Report struct {
	Company   string           `json:"company"`
	People    []Person         `json:"people"`
	Employees []Employee       `json:"employees"`
	Records   map[string]int64 `json:"records"` // by collection
	Made      bool             `json:"made"`    // false: it was there already
}

// seed makes the same company every time.
const seed = 20260315

// Seed makes the demo company as the actor, an administrator, unless it is there
// already, and tells what it consists of. Dates lie around today.
func Seed(ctx context.Context, s Stores, actor remit.Actor, today time.Time) (*Report, error) {
	report := &Report{Company: Company, People: people(), Records: map[string]int64{}}
	made, err := s.exists(ctx)
	if err != nil {
		return nil, err
	}
	if !made {
		if err := s.build(ctx, actor, today); err != nil {
			return nil, err
		}
		report.Made = true
	}
	if err := s.count(ctx, actor, report); err != nil {
		return nil, err
	}
	report.Employees, err = s.employees(ctx)
	return report, err
}

// lastStep is the collection that is filled last: if it has records, the company is
// whole.
const lastStep = "orders"

func (s Stores) exists(ctx context.Context) (bool, error) {
	chief, err := s.Directory.PersonByEmail(ctx, people()[0].Email)
	if err != nil {
		if remit.KindOf(err) == remit.KindNotFound {
			return false, nil
		}
		return false, err
	}
	n, err := s.Lens.Count(ctx, remit.Actor{Person: chief.User.ID, Channel: remit.ChannelCLI}, lens.CountQuery{Collection: lastStep})
	return n > 0, err
}

func (s Stores) build(ctx context.Context, actor remit.Actor, today time.Time) error {
	if err := s.enlist(ctx, actor); err != nil {
		return err
	}
	c := &company{
		stores: s, actor: actor, rand: rand.New(rand.NewPCG(seed, seed)), //nolint:gosec // made-up data, the same each time
		today: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC),
	}
	return c.fill(ctx)
}

func (s Stores) count(ctx context.Context, actor remit.Actor, report *Report) error {
	for _, name := range []string{"accounts", "contacts", "leads", "opportunities", "activities", "products", "quotes", "orders"} {
		n, err := s.Lens.Count(ctx, actor, lens.CountQuery{Collection: name})
		if err != nil {
			return err
		}
		report.Records[name] = n
	}
	return nil
}

func (s Stores) employees(ctx context.Context) ([]Employee, error) {
	p, err := s.Policies.Load(ctx)
	if err != nil {
		return nil, err
	}
	var list []Employee
	for _, e := range p.Document().Employees {
		employee := Employee{Name: e.Name, Title: e.Title, Position: e.Position, Roles: []string{}}
		for _, r := range p.Document().Roles {
			if ok, _ := p.MayUse([]string{r.Name}, e.Name); ok {
				employee.Roles = append(employee.Roles, r.Name)
			}
		}
		list = append(list, employee)
	}
	return list, nil
}
