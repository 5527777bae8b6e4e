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
	OpDepartmentDelete audit.Operation = "departments.delete"
)

// Department is one node of the tree of departments.
type Department struct {
	ID        remit.ID
	Name      string
	ParentID  remit.ID // "" at the top
	CreatedAt time.Time
	People    int64 // who are in it, not below; those who are not active too
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
		if err := lockDepartment(ctx, tx, id); err != nil {
			return err
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

// lockDepartment holds the tree of departments, and refuses one that is not in it.
func lockDepartment(ctx context.Context, tx sqldb.Tx, id remit.ID) error {
	if err := departments().lock(ctx, tx); err != nil {
		return err
	}
	found, err := exists(ctx, tx, oneDepartment(id))
	if err == nil && !found {
		err = errNoDepartment()
	}
	return err
}

func oneDepartment(id remit.ID) sqldb.Stmt {
	return sqldb.Stmt{SQL: "SELECT 1 FROM departments WHERE id = ? AND deleted_at IS NULL", Args: []any{id}}
}

// DeleteDepartment takes a department away that has neither people nor departments
// below it. Records that name it keep a link that reads null from then on: whether
// there are any is not for everybody who manages people to know.
func (d *Directory) DeleteDepartment(ctx context.Context, by remit.Actor, id remit.ID) error {
	if !id.Valid() {
		return errNoDepartment()
	}
	return d.writer.Write(ctx, entry(by, OpDepartmentDelete, departmentsCollection, id), func(tx sqldb.Tx, _ *audit.Entry) error {
		// Whoever puts somebody into a department holds its row until they commit.
		if err := lockDepartment(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE departments SET deleted_at = ? WHERE id = ?",
			Args: []any{d.clock(), id},
		})
		if err != nil {
			return err
		}
		if err := refuseIfUsed(ctx, tx, id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM departments_closure WHERE descendant_id = ?", Args: []any{id}})
		return err
	})
}

func refuseIfUsed(ctx context.Context, tx sqldb.Tx, id remit.ID) error {
	return tx.Query(ctx, sqldb.Stmt{
		SQL: `SELECT (SELECT count(*) FROM people WHERE department_id = ?),
  (SELECT count(*) FROM departments WHERE parent_id = ? AND deleted_at IS NULL)`,
		Args: []any{id, id},
	}, func(r sqldb.Row) error {
		switch people, below := r.Int(0), r.Int(1); {
		case people > 0:
			return remit.Errorf(remit.KindInvalid, "the department has %d people, with those who are not active: move them first", people)
		case below > 0:
			return remit.Errorf(remit.KindInvalid, "the department has %d others below it: move or delete them first", below)
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
	// The row is held, so that it is not deleted before this commits.
	found, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE departments SET name = name WHERE id = ? AND deleted_at IS NULL",
		Args: []any{id},
	})
	if err == nil && found == 0 {
		return remit.FieldErrorf(field, "does not exist")
	}
	return err
}

// Departments returns every department by name.
func (d *Directory) Departments(ctx context.Context) ([]Department, error) {
	var all []Department
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT id, name, parent_id, created_at, (SELECT count(*) FROM people p WHERE p.department_id = d.id)
FROM departments d WHERE deleted_at IS NULL ORDER BY name, id`,
	}, func(r sqldb.Row) error {
		all = append(all, Department{
			ID:        remit.ID(r.Text(0)),
			Name:      r.Text(1),
			ParentID:  remit.ID(r.Text(2)),
			CreatedAt: r.Time(3),
			People:    r.Int(4),
		})
		return nil
	})
	return all, err
}
