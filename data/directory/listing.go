package directory

import (
	"context"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// MaxPeople bounds a page of people.
const MaxPeople = 200

// PeopleQuery says whom to list. Empty parts do not narrow.
type PeopleQuery struct {
	ID         remit.ID
	Search     string // a part of the name or of the address, whatever the case
	Department remit.ID
	Role       string
	Active     *bool
	After      remit.ID // the last person of the page before
	Limit      int      // 1 to MaxPeople
}

// Listed is a person as those see them who manage people.
type Listed struct {
	Profile
	Department  string // name; "" is none
	Manager     string // name; "" is none
	Memberships []Membership
	SeenAt      time.Time // when they last used a session or a token; zero is never
	HasPassword bool
	MustChange  bool // the password was set by somebody else
}

// List returns a page of the people that match, by name.
func (d *Directory) List(ctx context.Context, q PeopleQuery) ([]Listed, error) {
	var page []Listed
	err := d.db.Query(ctx, q.stmt(), func(r sqldb.Row) error {
		l := Listed{
			Profile: readProfile(r), Department: r.Text(8), Manager: r.Text(9),
			HasPassword: r.Bool(10), MustChange: r.Bool(11),
		}
		for i := 12; i <= 13; i++ {
			if !r.Null(i) && r.Time(i).After(l.SeenAt) {
				l.SeenAt = r.Time(i)
			}
		}
		page = append(page, l)
		return nil
	})
	if err != nil || len(page) == 0 {
		return page, err
	}
	return page, d.addMemberships(ctx, page)
}

func (q PeopleQuery) stmt() sqldb.Stmt {
	var where strings.Builder
	args := []any{false}
	and := func(condition string, more ...any) {
		where.WriteString(" AND " + condition)
		args = append(args, more...)
	}
	if q.ID != "" {
		and("p.id = ?", q.ID)
	}
	if q.Search != "" {
		pattern := containing(foldEmail(q.Search))
		and(`(remit_fold(p.name) LIKE ? ESCAPE '\' OR p.email_folded LIKE ? ESCAPE '\')`, pattern, pattern)
	}
	if q.Department != "" {
		and("p.department_id = ?", q.Department)
	}
	if q.Role != "" {
		and("EXISTS (SELECT 1 FROM person_roles r WHERE r.person_id = p.id AND r.role = ?)", q.Role)
	}
	if q.Active != nil {
		and("p.active = ?", *q.Active)
	}
	if q.After != "" {
		and("(p.name, p.id) > (SELECT name, id FROM people WHERE id = ?)", q.After)
	}
	return sqldb.Stmt{
		SQL: `SELECT p.id, p.name, p.email, p.title, p.department_id, p.manager_id, p.active, p.created_at,
  d.name, m.name, p.password_hash IS NOT NULL, p.must_change,
  (SELECT max(seen_at) FROM sessions s WHERE s.person_id = p.id),
  (SELECT max(used_at) FROM api_tokens t WHERE t.person_id = p.id)
FROM people p LEFT JOIN departments d ON d.id = p.department_id LEFT JOIN people m ON m.id = p.manager_id
WHERE p.system = ?` + where.String() + " ORDER BY p.name, p.id LIMIT ?",
		Args: append(args, q.Limit),
	}
}

// containing is the pattern of LIKE for texts that hold the text.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}

func (d *Directory) addMemberships(ctx context.Context, page []Listed) error {
	index := make(map[remit.ID]int, len(page))
	args := make([]any, len(page))
	for i := range page {
		index[page[i].ID], args[i] = i, page[i].ID
	}
	return d.db.Query(ctx, sqldb.Stmt{
		SQL: "SELECT person_id, role, not_after FROM person_roles WHERE person_id IN (?" +
			strings.Repeat(", ?", len(page)-1) + ") ORDER BY role",
		Args: args,
	}, func(r sqldb.Row) error {
		m := Membership{Role: r.Text(1)}
		if !r.Null(2) {
			m.NotAfter = r.Time(2)
		}
		l := &page[index[remit.ID(r.Text(0))]]
		l.Memberships = append(l.Memberships, m)
		return nil
	})
}

// Attributes returns the values of a person's attributes as people write them.
func (d *Directory) Attributes(ctx context.Context, person remit.ID) (map[string][]string, error) {
	all := map[string][]string{}
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT name, value FROM person_attributes WHERE person_id = ? ORDER BY name, position",
		Args: []any{person},
	}, func(r sqldb.Row) error {
		all[r.Text(0)] = append(all[r.Text(0)], r.Text(1))
		return nil
	})
	return all, err
}
