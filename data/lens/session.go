package lens

import (
	"context"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// session is one try at one operation: the actor resolved to a person, the roles
// that count, and the policy of one epoch. It lives until the gate has said
// whether all of that still held when the data was read.
type session struct {
	lens     *Lens
	actor    remit.Actor
	snapshot *snapshot
	person   *directory.Person
	user     *scope.User
	subject  policy.Subject
	now      time.Time
	notAfter time.Time // when the earliest thing that was relied on ends; zero: never
	tx       sqldb.Tx  // set while a write is carried out: everything is read in it

	// In a batch, what was found out before: records that links named and that are
	// visible, and the departments of owners.
	known       map[linkKey]bool
	departments map[remit.ID]remit.ID
	gate        directory.Gate
	gated       bool

	released  []*audit.Entry // in a write: the reads of what it answers
	imports   bool           // the write is an import
	creations [][]any        // in a write: rows of field_changes that are still to be written

	lineage *Lineage // takes what is read; nil: nobody asks
	company bool     // everything is read, see ReadCompany

	drawn      int64 // records that are about to be released
	rowsPerDay int   // the tightest bound of the permits that were asked for; 0: none
}

// linkKey names a record that a link names.
type linkKey struct {
	collection string
	id         string
}

// resolve finds out who the actor is. What it finds may be out of date by a
// moment: the gate tells. The time is no earlier than notBefore, which the
// database said before: by its clock things end.
func (l *Lens) resolve(ctx context.Context, actor remit.Actor, notBefore time.Time) (*session, error) {
	snap, err := l.currentPolicy(ctx)
	if err != nil {
		return nil, err
	}
	person := l.people.get(actor.Person)
	if person == nil {
		person, err = l.directory.Person(ctx, actor.Person)
		if err != nil && remit.KindOf(err) == remit.KindNotFound {
			return nil, errExpired()
		}
		if err != nil {
			return nil, err
		}
		l.people.put(person)
	}
	s := &session{lens: l, actor: actor, snapshot: snap, person: person, now: l.clock()}
	if s.now.Before(notBefore) {
		s.now = notBefore
	}
	s.resolveUser(ctx)
	return s, nil
}

// resolveUser counts the memberships that hold now, and the ceilings that apply.
func (s *session) resolveUser(ctx context.Context) {
	user, until := s.person.At(s.now)
	s.ends(until)
	slices.Sort(user.Roles)
	s.user = &user
	s.subject = policy.Subject{
		Roles: user.Roles, AI: s.actor.AI(), Employee: s.actor.EmployeeKey(),
		Task: s.actor.Task, Tool: s.actor.Tool, Viewing: s.actor.Viewing(),
	}
	if s.subject.AI && s.actor.Service != "" {
		limit, ok := s.lens.egress(ctx, s.snapshot.Epoch, s.actor.Service)
		if !ok {
			limit = remit.Public
		}
		s.subject.HasEgress, s.subject.Egress = true, limit
	}
}

// checkView refuses an actor that views as the person without the right to. Who
// looks is read afresh: it happens rarely, and their changes move the person's
// generation, which the gate compares.
func (s *session) checkView(ctx context.Context) error {
	if !s.actor.Viewing() {
		return nil
	}
	operator, err := s.lens.directory.Person(ctx, remit.ID(s.actor.Operator))
	if err != nil && remit.KindOf(err) == remit.KindNotFound {
		return errExpired()
	}
	if err != nil {
		return err
	}
	until, err := directory.CheckView(s.snapshot.Policy, operator, s.person, s.now)
	s.ends(until)
	return err
}

// ends notes that something the session relies on ends at t.
func (s *session) ends(t time.Time) {
	if !t.IsZero() && (s.notAfter.IsZero() || t.Before(s.notAfter)) {
		s.notAfter = t
	}
}

// permitFor asks the policy. The answer is never nil.
func (s *session) permitFor(source, collection string, action policy.Action) *policy.Permit {
	var p *policy.Permit
	if s.company && action == policy.View {
		p = s.snapshot.Overall(s.subject, source, collection, s.now)
	} else {
		p = s.snapshot.Permit(s.subject, source, collection, action, s.now)
	}
	s.ends(p.NotAfter)
	if p.RowsPerDay > 0 && (s.rowsPerDay == 0 || p.RowsPerDay < s.rowsPerDay) {
		s.rowsPerDay = p.RowsPerDay
	}
	return p
}

// permit is permitFor, with a refusal as an error. A collection of which nothing
// may be seen is unknown; one that may be seen but not acted upon is refused.
func (s *session) permit(source, collection string, action policy.Action) (*policy.Permit, error) {
	p := s.permitFor(source, collection, action)
	if p.Allowed() {
		return p, nil
	}
	if action == policy.View || !s.permitFor(source, collection, policy.View).Allowed() {
		return nil, s.unknownCollection(source, collection)
	}
	e := remit.Errorf(remit.KindDenied, "you may view %s, but not %s", collection, action)
	if s.subject.AI {
		e.Message = "an AI employee may not " + string(action) + " records: it can read only"
		e.Hint = "ask the person to make the change"
	}
	e.Cause = refusal(p.Refusal)
	return nil, e
}

// refusal is the policy's own word on why; it goes to the audit, not to the
// caller.
type refusal string

func (r refusal) Error() string { return string(r) }

func (s *session) unknownCollection(source, collection string) error {
	var names []string
	for _, c := range s.snapshot.Model().Collections {
		if (source == "" || c.Source == source) && s.permitFor(c.Source, c.Name, policy.View).Allowed() {
			names = append(names, c.Name)
		}
	}
	e := remit.Errorf(remit.KindNotFound, "there is no collection %q that you may see", clip(collection))
	e.Field = "collection"
	e.Hint = remit.DidYouMean(collection, names)
	return e
}

// read runs a statement that is not the operation's last.
func (s *session) read(ctx context.Context, stmt sqldb.Stmt, each func(sqldb.Row) error) error {
	if s.tx != nil {
		return s.tx.Query(ctx, stmt, each)
	}
	return s.lens.db.Query(ctx, stmt, each)
}

// last runs the statement and, after it and in the same round trip, the gate. In
// a write the gate is asked at the end of the transaction instead.
func (s *session) last(ctx context.Context, stmt sqldb.Stmt, each func(sqldb.Row) error) error {
	if s.tx != nil {
		return s.tx.Query(ctx, stmt, each)
	}
	s.gated = true
	return s.lens.db.QueryThen(ctx, stmt, each, directory.GateStmt(s.lens.db.Dialect(), s.actor.Person), s.readGate)
}

// askGate runs the gate alone, where no data was read.
func (s *session) askGate(ctx context.Context) error {
	s.gated = true
	return s.read(ctx, directory.GateStmt(s.lens.db.Dialect(), s.actor.Person), s.readGate)
}

func (s *session) readGate(row sqldb.Row) error {
	s.gate = directory.ReadGate(row)
	return nil
}

// stillHolds asks the gate whether what the session relied on holds now as well.
// It leaves the session as it is.
func (s *session) stillHolds(ctx context.Context) (bool, error) {
	now := *s
	err := now.askGate(ctx)
	return now.standing() == holds, err
}

// standing is what the gate says of a session.
type standing uint8

const (
	holds   standing = iota // everything it relied on still held
	moved                   // policy or person changed: try again with what is now
	expired                 // the credential is dead
)

// standing compares what the session relied on with what the database said after
// the data was read. The database's clock decides.
func (s *session) standing() standing {
	switch {
	case !s.gate.Active:
		return expired
	case !s.gate.Passes(s.person, s.snapshot.Epoch):
		return moved
	case !s.notAfter.IsZero() && !s.notAfter.After(s.gate.Now):
		return moved
	case s.person.Admit(s.actor, s.gate.Now) != nil:
		return expired
	}
	return holds
}
