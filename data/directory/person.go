package directory

import (
	"context"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope"
)

// Person is all that a decision needs to know of a person, as it was at one
// generation. It must not be changed: it is shared.
type Person struct {
	// User is the person as expressions see it. Its roles are empty: which count
	// depends on the time, see [Person.At].
	User        scope.User
	Title       string
	Active      bool
	System      bool  // the operator
	Generation  int64 // see GateStmt
	Memberships []Membership
	Tokens      []TokenState   // not revoked; some may have expired
	Sessions    []SessionState // not revoked; some may have expired. Those in which the person views somebody are the other's
	ReadAt      time.Time      // the database's time when this was read
}

// Membership is a role that a person holds.
type Membership struct {
	Role     string
	NotAfter time.Time // from then on it does not count; zero is never
}

// TokenState is what keeps an API token good.
type TokenState struct {
	ID       remit.ID
	Employee string // key of the AI employee that it is bound to; "" is unbound
	Expires  time.Time
}

// SessionState is what keeps a session good.
type SessionState struct {
	ID       remit.ID
	Expires  time.Time
	Operator remit.ID // whose session it is, where they view as the person; "" where it is the person's own
}

// Person reads the person called id, active or not. The error is
// [remit.KindNotFound] if there is none.
//
// The generation is read before all else: if a change commits in between, what
// was read of it lies under the generation before, which the gate refuses.
func (d *Directory) Person(ctx context.Context, id remit.ID) (*Person, error) {
	if !id.Valid() {
		return nil, errNoPerson()
	}
	var p *Person
	var facts factReader
	err := d.db.QueryThen(ctx, personStmt(d.db, id), func(r sqldb.Row) error {
		p = readPerson(r)
		return nil
	}, factsStmt(id), func(r sqldb.Row) error {
		return facts.add(r)
	})
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errNoPerson()
	}
	p.User.ID = id
	return p, facts.into(p)
}

// PersonByEmail reads the person with the address, compared without regard to
// case. The operator has none.
func (d *Directory) PersonByEmail(ctx context.Context, email string) (*Person, error) {
	var id remit.ID
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT id FROM people WHERE email_folded = ? AND system = ?",
		Args: []any{foldEmail(email), false},
	}, func(r sqldb.Row) error {
		id = remit.ID(r.Text(0))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, errNoPerson()
	}
	return d.Person(ctx, id)
}

func personStmt(db *sqldb.DB, id remit.ID) sqldb.Stmt {
	return sqldb.Stmt{
		SQL: "SELECT p.generation, p.active, p.system, p.name, p.email, p.title, p.department_id, d.name, p.manager_id, " +
			sqldb.Now(db.Dialect()) +
			" FROM people p LEFT JOIN departments d ON d.id = p.department_id WHERE p.id = ?",
		Args: []any{id},
	}
}

func readPerson(r sqldb.Row) *Person {
	return &Person{
		Generation: r.Int(0),
		Active:     r.Bool(1),
		System:     r.Bool(2),
		Title:      r.Text(5),
		ReadAt:     microTime(r.Int(9)),
		User: scope.User{
			Name:         r.Text(3),
			Email:        r.Text(4),
			DepartmentID: remit.ID(r.Text(6)),
			Department:   r.Text(7),
			ManagerID:    remit.ID(r.Text(8)),
		},
	}
}

// The kinds of rows that factsStmt yields.
const (
	roleFact      = 1
	attributeFact = 2
	tokenFact     = 3
	sessionFact   = 4
)

// factsStmt reads everything that a person has several of, in one snapshot.
func factsStmt(id remit.ID) sqldb.Stmt {
	return sqldb.Stmt{
		SQL: `SELECT 1 AS kind, role AS name, '' AS detail, not_after AS until, 0 AS position, '' AS type, 1 = 0 AS list
  FROM person_roles WHERE person_id = ?
UNION ALL
SELECT 2, a.name, a.value, NULL, a.position, f.type, f.list
  FROM person_attributes a JOIN attribute_definitions f ON f.name = a.name WHERE a.person_id = ?
UNION ALL
SELECT 3, id, employee, expires_at, 0, '', 1 = 0 FROM api_tokens WHERE person_id = ? AND revoked_at IS NULL
UNION ALL
SELECT 4, id, '', idle_expires_at, 0, '', 1 = 0 FROM sessions
  WHERE person_id = ? AND viewing_id IS NULL AND revoked_at IS NULL
UNION ALL
SELECT 4, id, person_id, idle_expires_at, 0, '', 1 = 0 FROM sessions WHERE viewing_id = ? AND revoked_at IS NULL
ORDER BY kind, name, position`,
		Args: []any{id, id, id, id, id},
	}
}

// At returns the person as expressions see it at an instant, and when a role
// that counts then will end; the zero time is never.
func (p *Person) At(now time.Time) (user scope.User, until time.Time) {
	user = p.User
	user.Roles = make([]string, 0, len(p.Memberships))
	for _, m := range p.Memberships {
		if !m.holds(now) {
			continue
		}
		user.Roles = append(user.Roles, m.Role)
		if !m.NotAfter.IsZero() && (until.IsZero() || m.NotAfter.Before(until)) {
			until = m.NotAfter
		}
	}
	return user, until
}

func (m Membership) holds(now time.Time) bool {
	return m.NotAfter.IsZero() || now.Before(m.NotAfter)
}

// Admit says whether the actor, at an instant of the database's time, may act
// for the person at all: it is this person, who is active, and the token or the
// session that it names is theirs and still good. The error is
// [remit.KindUnauthenticated].
func (p *Person) Admit(a remit.Actor, now time.Time) error {
	switch {
	case a.Person == "" || a.Person != p.User.ID || !p.Active:
		return errUnauthenticated()
	case p.System && (a.Channel != remit.ChannelCLI || a.Token != "" || a.Session != ""):
		return errUnauthenticated()
	case a.Token != "" && !p.hasToken(a.Token, a.Employee, now):
		return errUnauthenticated()
	case a.Viewing() && (a.Session == "" || a.Token != "" || a.AI()):
		return errUnauthenticated() // a view is for a person's own eyes
	case a.Session != "" && !p.hasSession(a, now):
		return errUnauthenticated()
	}
	return nil
}

func (p *Person) hasToken(id remit.ID, employee string, now time.Time) bool {
	return slices.ContainsFunc(p.Tokens, func(t TokenState) bool {
		return t.ID == id && now.Before(t.Expires) && (t.Employee == "" || t.Employee == employee)
	})
}

func (p *Person) hasSession(a remit.Actor, now time.Time) bool {
	return slices.ContainsFunc(p.Sessions, func(s SessionState) bool {
		return s.ID == a.Session && string(s.Operator) == a.Operator && now.Before(s.Expires)
	})
}

func errUnauthenticated() error {
	return remit.Errorf(remit.KindUnauthenticated, "sign in, or send a valid token")
}
