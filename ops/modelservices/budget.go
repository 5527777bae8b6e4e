package modelservices

import (
	"context"

	"github.com/remit-crm/remit"
)

// Budget is how much an AI employee may use a day for each person, and who has used
// what of it today.
type Budget struct {
	Employee string      `json:"employee"`
	Title    string      `json:"title"`
	Tokens   int64       `json:"tokens_per_day"`
	People   []BudgetUse `json:"people" nullable:"false" doc:"Who has used some of theirs, the most first."`
}

// BudgetUse is what of a budget was used for a person.
type BudgetUse struct {
	ID   remit.ID `json:"id"`
	Name string   `json:"name"`
	Used int64    `json:"used_tokens"`
}

// Budgets is what was used today of all budgets.
type Budgets struct {
	Day     string   `json:"day" doc:"Of the company's calendar."`
	Whose   string   `json:"whose" enum:"own,all" doc:"Whether everybody's is told, or yours alone."`
	Budgets []Budget `json:"budgets" nullable:"false"`
}

// Budgets returns what was used today of the AI employees' budgets. Who neither
// manages services nor audits is told of their own, of the AI employees that they
// may use.
func (s *Services) Budgets(ctx context.Context, actor remit.Actor) (*Budgets, error) {
	standing, err := s.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if actor.AI() {
		return nil, remit.Errorf(remit.KindDenied, "this is for people: an AI employee may not do it")
	}
	told := &Budgets{Day: s.today(), Whose: whose(standing), Budgets: []Budget{}}
	var person remit.ID
	if told.Whose == own {
		person = actor.Person
	}
	uses, err := s.store.UsedOn(ctx, told.Day, person)
	if err != nil {
		return nil, err
	}
	for _, e := range standing.Policy.Employees() {
		if e.Remit.TokensPerDay <= 0 || (told.Whose == own && standing.MayUse(e.Name) != nil) {
			continue
		}
		b := Budget{Employee: e.Name, Title: e.Title, Tokens: int64(e.Remit.TokensPerDay), People: []BudgetUse{}}
		for _, u := range uses {
			if u.Employee == e.Name {
				b.People = append(b.People, BudgetUse{u.Person, u.Name, u.Tokens})
			}
		}
		told.Budgets = append(told.Budgets, b)
	}
	return told, nil
}
