package policystore

import (
	"context"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// EmployeeInfo is an AI employee with what the policy says of it elsewhere. It
// must not be changed.
type EmployeeInfo struct {
	*policy.Employee
	Tasks []policy.Task // in the document's order
	Roles []string      // keys of the roles whose holders may use it while it is enabled, in the document's order
}

// Employees returns the AI employees of the policy by key, also those that are
// disabled. The personal agent, which is built in, is not among them.
func (s *Store) Employees(ctx context.Context) ([]EmployeeInfo, error) {
	p, err := s.Load(ctx)
	if err != nil {
		return nil, err
	}
	doc := p.Document()
	employees := p.Employees()
	list := make([]EmployeeInfo, len(employees))
	for i, e := range employees {
		list[i] = describe(doc, e)
	}
	return list, nil
}

// Employee returns one AI employee, the personal agent included. The error is
// [remit.KindNotFound] if there is none of that key.
func (s *Store) Employee(ctx context.Context, name string) (*EmployeeInfo, error) {
	p, err := s.Load(ctx)
	if err != nil {
		return nil, err
	}
	e, found := p.Employee(name)
	if !found {
		return nil, remit.Errorf(remit.KindNotFound, "there is no such AI employee")
	}
	info := describe(p.Document(), e)
	return &info, nil
}

func describe(doc *policy.Document, e *policy.Employee) EmployeeInfo {
	info := EmployeeInfo{Employee: e}
	for _, t := range doc.Tasks {
		if t.Employee == e.Name {
			info.Tasks = append(info.Tasks, t)
		}
	}
	for _, r := range doc.Roles {
		if slices.Contains(r.Employees, e.Name) || e.Name == remit.PersonalAgent {
			info.Roles = append(info.Roles, r.Name)
		}
	}
	return info
}
