package lens

import (
	"context"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
)

// create makes one record and reads it back: what cannot be seen cannot be written.
func (s *session) create(ctx context.Context, c Change, e *audit.Entry) (*Page, error) {
	id, list, err := s.make(ctx, c, e)
	if err != nil {
		return nil, err
	}
	return s.created(ctx, c, id, list, s.release())
}

// release returns the entry of a read that a write makes of what it answers: which
// fields were changed and which were shown are two things.
func (s *session) release() *audit.Entry {
	e := &audit.Entry{Operation: audit.OpGet}
	s.released = append(s.released, e)
	return e
}

// make checks and inserts one record within the session's transaction.
func (s *session) make(ctx context.Context, c Change, e *audit.Entry) (remit.ID, []assignment, error) {
	permit, err := s.permit(c.Source, c.Collection, policy.Create)
	if err != nil {
		return "", nil, err
	}
	sel, err := s.selection(c.Source, c.Collection, policy.View)
	if err != nil {
		return "", nil, err
	}
	list, err := sel.assignments(c.Values)
	if err != nil {
		return "", nil, err
	}
	check := &grantCheck{session: s, permit: permit, id: s.lens.ids.New()}
	if err := check.mayEver(list); err != nil {
		return "", nil, err
	}
	if list, err = s.withDefaults(ctx, sel.root.coll, list); err != nil {
		return "", nil, err
	}
	if err := s.checkValues(ctx, sel.root.coll, list); err != nil {
		return "", nil, err
	}
	if err := s.insert(ctx, sel.root.coll, check.id, list); err != nil {
		return "", nil, err
	}
	if err := s.keepCreation(ctx, sel.root.coll, check.id); err != nil {
		return "", nil, err
	}
	if err := check.readAfter(ctx); err != nil {
		return "", nil, err
	}
	if err := check.row(); err != nil {
		return "", nil, err
	}
	noteChange(e, sel.root.coll, check.id, list)
	return check.id, list, check.cells(list)
}

// created reads the new record as the actor sees it, and refuses what would be
// hidden.
func (s *session) created(ctx context.Context, c Change, id remit.ID, list []assignment, e *audit.Entry) (*Page, error) {
	page, err := s.get(ctx, c.Source, c.Collection, id, nil, e)
	if remit.KindOf(err) == remit.KindNotFound && err != nil {
		return nil, remit.Errorf(remit.KindDenied, "with these values you could not see the record that you would create; set owner_id to somebody whose records you may see")
	}
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if !a.own && slices.Contains(page.Records[0].Hidden, a.field.Name) {
			return nil, remit.Errorf(remit.KindDenied, "%s of such a record would be hidden from you, so you cannot set it", a.field.Name)
		}
	}
	return page, nil
}

// seesAll reports whether the actor sees every row of the collection and each of
// the fields on it, so that there is no need to look.
func (s *session) seesAll(c *remit.Collection, list []assignment) bool {
	permit := s.permitFor(c.Source, c.Name, policy.View)
	return permit.LastDays == 0 && slices.ContainsFunc(permit.Branches, func(b policy.Branch) bool {
		return b.Scope.IsAll() && !slices.ContainsFunc(list, func(a assignment) bool { return !b.Fields[a.index] })
	})
}

// withDefaults adds what the system sets on a new record, and refuses one that lacks
// a required field. A record belongs to its owner's department.
func (s *session) withDefaults(ctx context.Context, c *remit.Collection, list []assignment) ([]assignment, error) {
	given := make(map[string]bool, len(list))
	owner := s.person.User.ID
	if s.person.System {
		owner = "" // nobody sees the operator, and a link to what nobody sees reads null
	}
	for _, a := range list {
		given[a.field.Name] = true
		if a.field.Name == ownerField {
			owner = remit.ID(a.value.Text())
		}
	}
	department, err := s.departmentOf(ctx, owner)
	if err != nil {
		return nil, err
	}
	own := map[string]remit.Value{
		ownerField: textOrNull(string(owner)), departmentField: textOrNull(string(department)),
		"created_at": remit.TimeValue(s.now), "updated_at": remit.TimeValue(s.now),
	}
	for i := range c.Fields {
		f := &c.Fields[i]
		if given[f.Name] {
			continue
		}
		if v, ok := own[f.Name]; ok && !v.IsNull() {
			list = append(list, assignment{index: i, field: f, value: v, own: true})
			continue
		}
		if f.Required {
			return nil, remit.FieldErrorf("values."+f.Name, "%s needs a value", f.Name)
		}
	}
	return list, nil
}

// The fields that name, in every collection, whose record it is and which
// department's.
const (
	ownerField      = "owner_id"
	departmentField = "department_id"
)

// departmentOf returns the department of a person as the actor sees it, "" for
// nobody and where it is hidden: a default must not tell what a query would not.
func (s *session) departmentOf(ctx context.Context, owner remit.ID) (remit.ID, error) {
	if owner == s.person.User.ID {
		return s.person.User.DepartmentID, nil
	}
	department, found := s.departments[owner]
	if found || !owner.Valid() {
		return department, nil
	}
	page, err := s.get(ctx, remit.MainSource, peopleCollection, owner, []string{departmentField}, &audit.Entry{})
	switch {
	case err == nil:
		department = remit.ID(page.Records[0].Values[0].Text())
	case remit.KindOf(err) != remit.KindNotFound && remit.KindOf(err) != remit.KindInvalid:
		return "", err
	}
	if s.departments != nil {
		s.departments[owner] = department
	}
	return department, nil
}

func textOrNull(s string) remit.Value {
	if s == "" {
		return remit.Null
	}
	return remit.TextValue(s)
}

func (s *session) insert(ctx context.Context, c *remit.Collection, id remit.ID, list []assignment) error {
	b := newBuilder(s.lens.db.Dialect())
	b.put("INSERT INTO ", quote(c.Table), " (id, version")
	for _, a := range list {
		b.put(", ", quote(a.field.Column))
	}
	b.put(") VALUES (").arg(string(id)).put(", 1")
	for _, a := range list {
		b.put(", ").arg(a.value)
	}
	b.put(")")
	_, err := s.tx.Exec(ctx, b.stmt())
	return err
}

// update changes one record and reads it back.
func (s *session) update(ctx context.Context, c Change, e *audit.Entry) (*Page, error) {
	before, err := s.alter(ctx, c, e)
	if err != nil {
		return nil, err
	}
	return s.seen(ctx, before, c)
}

// alter checks and changes one record within the session's transaction, and
// returns it as it was.
func (s *session) alter(ctx context.Context, c Change, e *audit.Entry) (*Page, error) {
	sel, err := s.selection(c.Source, c.Collection, policy.View)
	if err != nil {
		return nil, err
	}
	permit, err := s.permit(c.Source, c.Collection, policy.Update)
	if err != nil {
		return nil, err
	}
	list, err := sel.assignments(c.Values)
	if err != nil {
		return nil, err
	}
	check := &grantCheck{session: s, permit: permit, id: c.ID}
	current, err := s.current(ctx, sel.root.coll, c.ID, c.Version)
	if err != nil {
		return nil, err
	}
	if err := check.mayEver(list); err != nil {
		return nil, err
	}
	if list, err = changed(current, list); err != nil {
		return nil, err
	}
	noteChange(e, sel.root.coll, c.ID, list)
	if len(list) == 0 {
		e.Rows, e.Records = 0, nil
		return current, nil
	}
	return current, s.change(ctx, check, list, current)
}

// change writes the values and holds the row before and the row after to the
// grants.
func (s *session) change(ctx context.Context, check *grantCheck, list []assignment, current *Page) error {
	coll := check.permit.Collection
	if err := s.checkValues(ctx, coll, list); err != nil {
		return err
	}
	if err := check.readBefore(ctx); err != nil {
		return err
	}
	if err := s.keepChanges(ctx, coll, check.id, list, current); err != nil {
		return err
	}
	b := newBuilder(s.lens.db.Dialect())
	b.put("UPDATE ", quote(coll.Table), " SET version = version + 1")
	for _, a := range list {
		b.put(", ", quote(a.field.Column), " = ").arg(a.value)
	}
	if f := coll.Field("updated_at"); f != nil {
		b.put(", ", quote(f.Column), " = ").arg(remit.TimeValue(s.now))
	}
	b.put(" WHERE id = ").arg(string(check.id))
	if _, err := s.tx.Exec(ctx, b.stmt()); err != nil {
		return err
	}
	if err := check.readAfter(ctx); err != nil {
		return err
	}
	if err := check.row(); err != nil {
		return err
	}
	return check.cells(list)
}

// current locks the record and reads it as the actor sees it, refusing a version
// that is no longer the current one.
func (s *session) current(ctx context.Context, c *remit.Collection, id remit.ID, version string) (*Page, error) {
	if id.Valid() {
		if err := s.lock(ctx, c, id); err != nil {
			return nil, err
		}
	}
	page, err := s.get(ctx, c.Source, c.Name, id, nil, &audit.Entry{})
	if err != nil {
		return nil, err
	}
	if version != "" && version != page.Records[0].Version {
		return nil, remit.Errorf(remit.KindConflict, "the record has changed since you read it: read it again and repeat the change on what it says now")
	}
	return page, nil
}

// changed drops values that are there already, and refuses those of hidden cells.
func changed(current *Page, list []assignment) ([]assignment, error) {
	rec := &current.Records[0]
	var kept []assignment
	for _, a := range list {
		if slices.Contains(rec.Hidden, a.field.Name) {
			return nil, remit.Errorf(remit.KindDenied, "%s is hidden from you on this record, so you cannot set it", a.field.Name)
		}
		i := slices.IndexFunc(current.Columns, func(c Column) bool { return c.Name == a.field.Name })
		if i >= 0 && rec.Values[i] == a.value {
			continue
		}
		kept = append(kept, a)
	}
	return kept, nil
}

// seen reads the record back after a change. One that has left the actor's sight
// is its id and nothing else.
func (s *session) seen(ctx context.Context, before *Page, c Change) (*Page, error) {
	page, err := s.get(ctx, c.Source, c.Collection, c.ID, nil, s.release())
	if err == nil || remit.KindOf(err) != remit.KindNotFound {
		return page, err
	}
	s.released = nil
	gone := Record{ID: c.ID, Values: make([]remit.Value, len(before.Columns))}
	for _, col := range before.Columns {
		gone.Hidden = append(gone.Hidden, col.Name)
	}
	return &Page{Collection: before.Collection, Columns: before.Columns, Records: []Record{gone}}, nil
}

// remove leaves a tombstone.
func (s *session) remove(ctx context.Context, r Removal, e *audit.Entry) error {
	sel, err := s.selection(r.Source, r.Collection, policy.View)
	if err != nil {
		return err
	}
	permit, err := s.permit(r.Source, r.Collection, policy.Delete)
	if err != nil {
		return err
	}
	if _, err := s.current(ctx, sel.root.coll, r.ID, r.Version); err != nil {
		return err
	}
	check := &grantCheck{session: s, permit: permit, id: r.ID}
	if err := check.readBefore(ctx); err != nil {
		return err
	}
	if err := check.row(); err != nil {
		return err
	}
	if err := s.keepDeletion(ctx, sel.root.coll, r.ID); err != nil {
		return err
	}
	b := newBuilder(s.lens.db.Dialect())
	b.put("UPDATE ", quote(sel.root.coll.Table), " SET version = version + 1, deleted_at = ").arg(remit.TimeValue(s.now))
	b.put(" WHERE id = ").arg(string(r.ID))
	noteChange(e, sel.root.coll, r.ID, nil)
	_, err = s.tx.Exec(ctx, b.stmt())
	return err
}
