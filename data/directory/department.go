package directory

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The changes to departments, as the audit log names them.
const (
	OpDepartmentCreate audit.Operation = "departments.create"
	OpDepartmentUpdate audit.Operation = "departments.update"
)

// Department is one node of the tree of departments. It is never deleted:
// records may belong to it.
type Department struct {
	ID        remit.ID
	Name      string
	ParentID  remit.ID // "" at the top
	CreatedAt time.Time
}

// DepartmentChange says what to change; nil leaves a part as it is.
type DepartmentChange struct {
	Name     *string
	ParentID *remit.ID // "" moves it to the top
}

// CreateDepartment adds a department below parent, or at the top where that is
// "".
func (d *Directory) CreateDepartment(ctx context.Context, by remit.Actor, name string, parent remit.ID) (remit.ID, error) {
	if err := checkText("name", name); err != nil {
		return "", err
	}
	id := d.ids.New()
	err := d.writer.Write(ctx, entry(by, OpDepartmentCreate, departmentsCollection, id), func(tx sqldb.Tx, _ *audit.Entry) error {
		if err := departments().lock(ctx, tx); err != nil {
			return err
		}
		if err := checkDepartment(ctx, tx, "parent", parent); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "INSERT INTO departments (id, name, parent_id, created_at) VALUES (?, ?, ?, ?)",
			Args: []any{id, name, nullable(parent), d.clock()},
		})
		if err != nil {
			return err
		}
		return departments().add(ctx, tx, id, parent)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// UpdateDepartment renames or moves a department. A name is an attribute of the
// people in the department, so they get a new generation.
func (d *Directory) UpdateDepartment(ctx context.Context, by remit.Actor, id remit.ID, c DepartmentChange) error {
	if !id.Valid() {
		return errNoDepartment()
	}
	if c.Name != nil {
		if err := checkText("name", *c.Name); err != nil {
			return err
		}
	}
	return d.writer.Write(ctx, entry(by, OpDepartmentUpdate, departmentsCollection, id), func(tx sqldb.Tx, e *audit.Entry) error {
		if err := departments().lock(ctx, tx); err != nil {
			return err
		}
		found, err := exists(ctx, tx, sqldb.Stmt{SQL: "SELECT 1 FROM departments WHERE id = ?", Args: []any{id}})
		if err != nil {
			return err
		}
		if !found {
			return errNoDepartment()
		}
		if c.Name != nil {
			e.Fields = append(e.Fields, "name")
			if err := renameDepartment(ctx, tx, id, *c.Name); err != nil {
				return err
			}
		}
		if c.ParentID != nil {
			e.Fields = append(e.Fields, "parent_id")
			if err := checkDepartment(ctx, tx, "parent", *c.ParentID); err != nil {
				return err
			}
			return departments().move(ctx, tx, id, *c.ParentID)
		}
		return nil
	})
}

func renameDepartment(ctx context.Context, tx sqldb.Tx, id remit.ID, name string) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE departments SET name = ? WHERE id = ?",
		Args: []any{name, id},
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE people SET generation = generation + 1 WHERE department_id = ?",
		Args: []any{id},
	})
	return err
}

// checkDepartment refuses a department that does not exist; "" is none.
func checkDepartment(ctx context.Context, tx sqldb.Tx, field string, id remit.ID) error {
	if id == "" {
		return nil
	}
	if !id.Valid() {
		return remit.FieldErrorf(field, "does not exist")
	}
	found, err := exists(ctx, tx, sqldb.Stmt{SQL: "SELECT 1 FROM departments WHERE id = ?", Args: []any{id}})
	if err == nil && !found {
		return remit.FieldErrorf(field, "does not exist")
	}
	return err
}

// Departments returns every department by name.
func (d *Directory) Departments(ctx context.Context) ([]Department, error) {
	var all []Department
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL: "SELECT id, name, parent_id, created_at FROM departments ORDER BY name, id",
	}, func(r sqldb.Row) error {
		all = append(all, Department{
			ID:        remit.ID(r.Text(0)),
			Name:      r.Text(1),
			ParentID:  remit.ID(r.Text(2)),
			CreatedAt: r.Time(3),
		})
		return nil
	})
	return all, err
}
