package importing

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/access"
)

// peopleFields are what a file of people may hold.
var peopleFields = []string{"name", "email", "title", "department", "manager", "role"}

// peopleInfo describes a file of people as a collection.
func peopleInfo() *lens.CollectionInfo {
	info := &lens.CollectionInfo{Name: People}
	for _, name := range peopleFields {
		info.Fields = append(info.Fields, lens.FieldInfo{Field: remit.Field{Name: name, Title: name, Type: remit.Text}, Creatable: true})
	}
	return info
}

// people imports people, and those whom the file names as managers. As by hand,
// nobody makes or changes somebody who has a capability that they lack.
func (im *Importer) people(ctx context.Context, by *access.Standing, t *table, o Options) (*Report, error) {
	if o.Key != "" && o.Key != "email" {
		return nil, remit.FieldErrorf("key", "people are recognised by their email")
	}
	targets, err := t.targets(peopleInfo(), o.Map)
	if err != nil {
		return nil, err
	}
	r := &roster{table: t, options: o, byName: map[string]int{}, byEmail: map[string]int{}}
	if err := r.read(targets); err != nil {
		return nil, err
	}
	report := &Report{Collection: People, DryRun: o.DryRun, Lines: len(t.rows), Columns: t.columns(targets)}
	_, err = im.directory.Enlist(ctx, by.Actor, r.list, func(done directory.Enlisted) error {
		if err := mayMake(by, done.Roles); err != nil {
			return err
		}
		report.Created, report.Changed, report.Departments = done.Created, done.Changed, done.Departments
		report.Unchanged = len(r.list) - done.Created - done.Changed
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, r.locate(err)
	}
	return report, nil
}

// mayMake refuses people who may do more than whoever imports them.
func mayMake(by *access.Standing, roles [][]string) error {
	for i, held := range roles {
		if lacking := by.Policy.Lacks(by.User.Roles, held); lacking != "" {
			e := remit.Errorf(remit.KindDenied, "has, or would have, the capability %s, which you lack", lacking)
			e.Field = fmt.Sprintf("people[%d]", i)
			return e
		}
	}
	return nil
}

// roster is the list of people that a file yields.
type roster struct {
	table    *table
	options  Options
	list     []directory.Enlistment
	lines    []int // by list: the line that it comes from
	byName   map[string]int
	byEmail  map[string]int
	problems problems
}

// read makes an entry of each line, and then of each manager that has no line.
func (r *roster) read(targets []target) error {
	for i, row := range r.table.rows {
		cells := map[string]string{}
		for _, g := range targets {
			cells[g.field.Name] = row[g.column]
		}
		r.person(i, cells)
	}
	for i, n := 0, len(r.list); i < n; i++ {
		r.manager(i)
	}
	return r.problems.err()
}

func (r *roster) person(row int, cells map[string]string) {
	line := r.table.lines[row]
	if cells["name"] == "" {
		r.problems.add(line, "", "a person needs a name: map a column to name")
		return
	}
	email := cells["email"]
	if email == "" {
		if r.options.EmailDomain == "" {
			r.problems.add(line, "", "a person needs an email: map a column to it, or make one with --email-domain")
			return
		}
		email = address(cells["name"], r.options.EmailDomain)
	}
	if at, twice := r.byEmail[email]; twice {
		r.problems.add(line, "", "has the same email, "+email+", as "+place(r.lines[at], ""))
		return
	}
	roles := r.options.Roles
	if cells["role"] != "" {
		roles = strings.FieldsFunc(cells["role"], func(c rune) bool { return c == ',' || c == ';' || c == ' ' })
	}
	r.add(line, directory.Enlistment{
		NewPerson:  directory.NewPerson{Name: cells["name"], Email: email, Title: cells["title"]},
		Department: cells["department"], Manager: cells["manager"], Roles: roles,
	})
}

func (r *roster) add(line int, e directory.Enlistment) int {
	i := len(r.list)
	r.list, r.lines = append(r.list, e), append(r.lines, line)
	r.byEmail[e.Email] = i
	if _, several := r.byName[e.Name]; several {
		r.byName[e.Name] = -1
	} else {
		r.byName[e.Name] = i
	}
	return i
}

// manager turns the manager of an entry, by name or address, into an address. A
// manager without a line of their own joins the list, in the department of the
// first who reports to them.
func (r *roster) manager(i int) {
	named := r.list[i].Manager
	if named == "" {
		return
	}
	at, found := r.byName[named]
	switch {
	case found && at < 0:
		r.problems.add(r.lines[i], "", "several people are called "+strconv.Quote(named)+": name the manager by email")
		return
	case !found && strings.Contains(named, "@"):
		return // someone who is there already, or else Enlist will say
	case !found && r.options.EmailDomain == "":
		r.problems.add(r.lines[i], "", "the manager "+strconv.Quote(named)+" is not in the file: add a line, or make an address with --email-domain")
		return
	case !found:
		at = r.add(r.lines[i], directory.Enlistment{
			NewPerson:  directory.NewPerson{Name: named, Email: address(named, r.options.EmailDomain)},
			Department: r.list[i].Department,
		})
	}
	r.list[i].Manager = r.list[at].Email
	for _, role := range r.options.ManagerRoles {
		r.list[at].Roles = appendNew(r.list[at].Roles, role)
	}
}

func appendNew(roles []string, role string) []string {
	for _, held := range roles {
		if held == role {
			return roles
		}
	}
	return append(roles[:len(roles):len(roles)], role)
}

// locate gives an error about an entry the line that the entry comes from.
func (r *roster) locate(err error) error {
	var e *remit.Error
	if !errors.As(err, &e) {
		return err
	}
	index, ok := strings.CutPrefix(e.Field, "people[")
	if !ok {
		return err
	}
	i, convErr := strconv.Atoi(strings.TrimSuffix(index, "]"))
	if convErr != nil || i >= len(r.lines) {
		return err
	}
	located := *e
	located.Field = place(r.lines[i], "")
	return &located
}

// address makes first.last@domain of a name: lower case, without accents and
// apostrophes, hyphens kept, a point for whatever else is no letter or digit.
func address(name, domain string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), name)
	if err != nil {
		plain = name
	}
	var b strings.Builder
	for _, c := range strings.ToLower(plain) {
		switch {
		case (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && b.Len() > 0):
			b.WriteRune(c)
		case c == '\'' || c == '’':
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "."):
			b.WriteByte('.')
		}
	}
	local := strings.Trim(b.String(), ".-")
	if local == "" {
		local = "person"
	}
	return local + "@" + domain
}
