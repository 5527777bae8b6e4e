package directory

import (
	"context"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// OpEnlist is the operation of [Directory.Enlist] in the audit log.
const OpEnlist audit.Operation = "people.import"

// Enlistment is one person of a list that is brought in at once.
type Enlistment struct {
	NewPerson           // DepartmentID and ManagerID are not used
	Department string   // by name, made at the top where there is none; "" leaves it
	Manager    string   // by e-mail address; "" leaves it
	Roles      []string // added to those already held
}

// Enlisted tells what came of a list.
type Enlisted struct {
	Created     int // people who were not there
	Changed     int // people of whom something differed
	Departments int // departments made

	// Roles are, by the list, those of whoever is new or changed, with the roles that
	// the list adds and those that have ended; nil for the others.
	Roles [][]string
}

// Enlist adds the people of the list, or brings those with the same e-mail address
// up to date, all or none. Managers may stand anywhere in the list, or be there
// already. Check, if it is not nil, is called before the transaction commits; its
// error undoes everything. An error names the entry that it is about as
// people[i].
func (d *Directory) Enlist(ctx context.Context, by remit.Actor, list []Enlistment, check func(Enlisted) error) (Enlisted, error) {
	var done Enlisted
	err := d.writer.Write(ctx, entry(by, OpEnlist, peopleCollection), func(tx sqldb.Tx, e *audit.Entry) error {
		w := &enlister{d: d, tx: tx, list: list, ids: make([]remit.ID, len(list))}
		if err := w.run(ctx); err != nil {
			return err
		}
		done = w.done
		e.Rows, e.Records = int64(len(list)), w.ids
		if check != nil {
			return check(done)
		}
		return nil
	})
	if err != nil {
		return Enlisted{}, err
	}
	for i := range list {
		if p, err := d.PersonByEmail(ctx, list[i].Email); err == nil {
			d.claims.forget(p.User.ID)
		}
	}
	return done, nil
}

// enlister carries out one Enlist in its transaction.
type enlister struct {
	d       *Directory
	tx      sqldb.Tx
	list    []Enlistment
	ids     []remit.ID // by the list
	changed []bool     // by the list: counted already
	done    Enlisted
}

// run brings in the people first and then, when all are there, who manages whom.
func (w *enlister) run(ctx context.Context) error {
	w.changed = make([]bool, len(w.list))
	for _, h := range []hierarchy{departments(), managers()} {
		if err := h.lock(ctx, w.tx); err != nil {
			return err
		}
	}
	for i := range w.list {
		if err := w.person(ctx, i); err != nil {
			return atPerson(i, err)
		}
	}
	for i := range w.list {
		if err := w.manager(ctx, i); err != nil {
			return atPerson(i, err)
		}
	}
	return w.held(ctx)
}

// held notes the roles of whoever is new or changed.
func (w *enlister) held(ctx context.Context) error {
	by := make(map[remit.ID][]string)
	err := w.tx.Query(ctx, sqldb.Stmt{SQL: "SELECT person_id, role FROM person_roles"}, func(r sqldb.Row) error {
		id := remit.ID(r.Text(0))
		by[id] = append(by[id], r.Text(1))
		return nil
	})
	w.done.Roles = make([][]string, len(w.list))
	for i, id := range w.ids {
		if w.changed[i] {
			w.done.Roles[i] = by[id]
		}
	}
	return err
}

// atPerson gives an error the place in the list that it is about.
func atPerson(i int, err error) error {
	e := remit.Errorf(remit.KindOf(err), "%s", remit.PublicText(err))
	e.Field, e.Cause = "people["+itoa(i)+"]", err
	return e
}

func itoa(n int) string { return remit.IntegerValue(int64(n)).String() }

func (w *enlister) person(ctx context.Context, i int) error {
	p := &w.list[i]
	if err := p.check(); err != nil {
		return err
	}
	department, err := w.department(ctx, p.Department)
	if err != nil {
		return err
	}
	var now *Profile
	err = w.tx.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT " + profileColumns + " FROM people WHERE email_folded = ? AND system = ?",
		Args: []any{foldEmail(p.Email), false},
	}, func(r sqldb.Row) error {
		found := readProfile(r)
		now = &found
		return nil
	})
	if err != nil {
		return err
	}
	if now == nil {
		w.ids[i] = w.d.ids.New()
		w.done.Created++
		w.changed[i] = true
		n := p.NewPerson
		n.DepartmentID, n.ManagerID = department, ""
		err = w.d.insertPerson(ctx, w.tx, w.ids[i], n)
	} else {
		w.ids[i] = now.ID
		err = w.update(ctx, i, now, department)
	}
	if err != nil {
		return takenEmail(err)
	}
	return w.roles(ctx, i)
}

// update sets what differs from what is there.
func (w *enlister) update(ctx context.Context, i int, now *Profile, department remit.ID) error {
	p := &w.list[i]
	var c PersonChange
	if p.Name != now.Name {
		c.Name = &p.Name
	}
	if p.Title != "" && p.Title != now.Title {
		c.Title = &p.Title
	}
	if department != "" && department != now.DepartmentID {
		c.DepartmentID = &department
	}
	if c.Name == nil && c.Title == nil && c.DepartmentID == nil {
		return nil
	}
	if err := w.touch(ctx, i); err != nil {
		return err
	}
	return w.d.applyChange(ctx, w.tx, now.ID, c)
}

// touch counts the person as changed and raises their generation, once.
func (w *enlister) touch(ctx context.Context, i int) error {
	if w.changed[i] {
		return nil
	}
	w.changed[i] = true
	w.done.Changed++
	return bump(ctx, w.tx, w.ids[i])
}

// department returns the department called name, made if there is none.
func (w *enlister) department(ctx context.Context, name string) (remit.ID, error) {
	if name == "" {
		return "", nil
	}
	if err := checkText("department", name); err != nil {
		return "", err
	}
	var id remit.ID
	err := w.tx.Query(ctx, sqldb.Stmt{SQL: "SELECT min(id) FROM departments WHERE name = ? AND deleted_at IS NULL", Args: []any{name}}, func(r sqldb.Row) error {
		id = remit.ID(r.Text(0))
		return nil
	})
	if err != nil || id != "" {
		return id, err
	}
	id = w.d.ids.New()
	w.done.Departments++
	_, err = w.tx.Exec(ctx, sqldb.Stmt{
		SQL:  "INSERT INTO departments (id, name, parent_id, created_at) VALUES (?, ?, ?, ?)",
		Args: []any{id, name, nil, w.d.clock()},
	})
	if err != nil {
		return "", err
	}
	return id, departments().add(ctx, w.tx, id, "")
}

// roles adds the roles that the person does not hold yet.
func (w *enlister) roles(ctx context.Context, i int) error {
	if len(w.list[i].Roles) == 0 {
		return nil
	}
	var held []string
	err := w.tx.Query(ctx, sqldb.Stmt{SQL: "SELECT role FROM person_roles WHERE person_id = ?", Args: []any{w.ids[i]}}, func(r sqldb.Row) error {
		held = append(held, r.Text(0))
		return nil
	})
	if err != nil {
		return err
	}
	for _, role := range w.list[i].Roles {
		if slices.Contains(held, role) {
			continue
		}
		if err := checkRole(ctx, w.tx, role); err != nil {
			return err
		}
		if err := w.touch(ctx, i); err != nil {
			return err
		}
		_, err := w.tx.Exec(ctx, sqldb.Stmt{
			SQL:  "INSERT INTO person_roles (person_id, role) VALUES (?, ?)",
			Args: []any{w.ids[i], role},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// manager puts the person below their manager.
func (w *enlister) manager(ctx context.Context, i int) error {
	email := w.list[i].Manager
	if email == "" {
		return nil
	}
	var manager, now remit.ID
	err := w.tx.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT m.id, p.manager_id FROM people m CROSS JOIN people p WHERE m.email_folded = ? AND m.system = ? AND p.id = ?",
		Args: []any{foldEmail(email), false, w.ids[i]},
	}, func(r sqldb.Row) error {
		manager, now = remit.ID(r.Text(0)), remit.ID(r.Text(1))
		return nil
	})
	if err != nil || (manager != "" && manager == now) {
		return err
	}
	if manager == "" {
		return remit.FieldErrorf("manager", "nobody has the address %q", email)
	}
	if err := w.touch(ctx, i); err != nil {
		return err
	}
	return managers().move(ctx, w.tx, w.ids[i], manager)
}
