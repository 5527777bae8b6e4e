package people

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
)

// Department is a node of the tree of departments.
type Department struct {
	ID      remit.ID  `json:"id"`
	Name    string    `json:"name"`
	Parent  remit.ID  `json:"parent" doc:"Empty at the top."`
	People  int64     `json:"people" doc:"Who are in it, not below; those who are not active too."`
	Created time.Time `json:"created"`
}

// Departments returns every department by name; parents make the tree.
func (p *People) Departments(ctx context.Context, actor remit.Actor) ([]Department, error) {
	if _, err := p.may(ctx, actor, OpListDepartments, "", nil); err != nil {
		return nil, err
	}
	return p.departments(ctx)
}

func (p *People) departments(ctx context.Context) ([]Department, error) {
	all, err := p.directory.Departments(ctx)
	if err != nil {
		return nil, err
	}
	listed := make([]Department, len(all))
	for i, d := range all {
		listed[i] = Department{ID: d.ID, Name: d.Name, Parent: d.ParentID, People: d.People, Created: d.CreatedAt}
	}
	return listed, nil
}

func (p *People) department(ctx context.Context, id remit.ID) (*Department, error) {
	all, err := p.departments(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, remit.Errorf(remit.KindNotFound, "there is no such department")
}

// CreateDepartment adds a department below parent, or at the top.
func (p *People) CreateDepartment(ctx context.Context, actor remit.Actor, name string, parent remit.ID) (*Department, error) {
	if _, err := p.may(ctx, actor, "", "", nil); err != nil {
		return nil, err
	}
	id, err := p.directory.CreateDepartment(ctx, actor, name, parent)
	if err != nil {
		return nil, err
	}
	return p.department(ctx, id)
}

// UpdateDepartment renames or moves a department.
func (p *People) UpdateDepartment(ctx context.Context, actor remit.Actor, id remit.ID, c directory.DepartmentChange) (*Department, error) {
	if _, err := p.may(ctx, actor, "", "", nil); err != nil {
		return nil, err
	}
	if err := p.directory.UpdateDepartment(ctx, actor, id, c); err != nil {
		return nil, err
	}
	return p.department(ctx, id)
}

// DeleteDepartment takes an empty department away.
func (p *People) DeleteDepartment(ctx context.Context, actor remit.Actor, id remit.ID) error {
	if _, err := p.may(ctx, actor, "", "", nil); err != nil {
		return err
	}
	return p.directory.DeleteDepartment(ctx, actor, id)
}
