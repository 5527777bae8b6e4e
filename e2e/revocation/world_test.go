package revocation

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/e2e/testserver"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/policy/shipped"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

// The deals: a third each is owned by the subject, by who reports to them and by
// somebody else.
const (
	owned    = 20
	allDeals = 3 * owned
)

const (
	subjectEmail = "sue@example.com"
	password     = "slow green rivers carry paper boats"
)

// world is one installation with somebody from whom things are taken away.
type world struct {
	tb       testing.TB
	in       *testserver.Installation
	a        *data.Store // server A
	b        string      // URL of server B
	operator remit.Actor
	base     *policy.Document
	applied  *policy.Document // what A applied last

	subject  remit.ID // Sue
	report   remit.ID // reports to Sue
	other    remit.ID
	deals    map[remit.ID]deal // one of each owner
	activity remit.ID          // which is updated
	key      key
	made     int    // races so far, for the names of what they write
	begun    func() // called when a race's beginning state is there; may be nil
}

// key is what Sue's requests are authenticated by.
type key struct {
	secret  string
	token   remit.ID // or
	session remit.ID
}

// newWorld makes the installation and starts server B.
func newWorld(tb testing.TB, url string) *world {
	tb.Helper()
	w := newQuietWorld(tb, url)
	w.b = w.in.Serve(tb).URL
	return w
}

// newQuietWorld is newWorld without a server B.
func newQuietWorld(tb testing.TB, url string) *world {
	tb.Helper()
	w := &world{tb: tb, in: testserver.New(tb, url), operator: data.Operator("test")}
	var err error
	w.a, err = data.Open(context.Background(), data.Options{URL: url, Master: w.in.Master})
	w.must(err)
	tb.Cleanup(func() { w.must(w.a.Close()) })
	w.base = baseDocument(tb)
	w.apply(w.base)
	w.subject = w.hire("Sue", subjectEmail, "")
	w.report = w.hire("Rob", "rob@example.com", w.subject)
	w.other = w.hire("Otto", "otto@example.com", "")
	w.must(w.a.Directory.SetPassword(context.Background(), w.operator, w.subject, password))
	w.fill()
	return w
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func (w *world) hire(name, email string, manager remit.ID) remit.ID {
	w.tb.Helper()
	id, err := w.a.Directory.CreatePerson(context.Background(), w.operator, directory.NewPerson{Name: name, Email: email, ManagerID: manager})
	w.must(err)
	return id
}

// deal is one deal that requests name.
type deal struct {
	id   remit.ID
	name string
}

// fill makes the deals and an activity.
func (w *world) fill() {
	w.tb.Helper()
	ctx := context.Background()
	owners := []remit.ID{w.subject, w.report, w.other}
	w.deals = map[remit.ID]deal{}
	w.must(w.a.Lens.Batch(ctx, w.operator, remit.MainSource, "opportunities", func(b *lens.Batch) error {
		for i := range allDeals {
			id, err := b.Create(ctx, lens.Change{Values: values(map[string]any{
				"name": fmt.Sprintf("Deal %03d", i), "stage": "won", "amount": 100, "owner_id": owners[i/owned],
			})})
			if err != nil {
				return err
			}
			w.deals[owners[i/owned]] = deal{id, fmt.Sprintf("Deal %03d", i)}
		}
		return nil
	}))
	page, err := w.a.Lens.Create(ctx, w.operator, lens.Change{Collection: "activities", Values: values(map[string]any{"subject": "the one"})})
	w.must(err)
	w.activity = page.Records[0].ID
}

func values(of map[string]any) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(of))
	for name, v := range of {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		out[name] = text
	}
	return out
}

// The roles and the AI employee of the tests.
const (
	hunter = "hunter" // sees every deal; what is taken away
	leader = "leader" // sees the deals of the team
	walker = "walker" // sees accounts; is never taken away
	hound  = "hound"  // the AI employee of hunters
)

// baseDocument is the shipped policy with the roles of the tests.
func baseDocument(tb testing.TB) *policy.Document {
	tb.Helper()
	doc, err := shipped.Document()
	if err != nil {
		tb.Fatal(err)
	}
	dealFields := []string{"name", "stage", "amount", "owner_id"}
	doc.Roles = append(doc.Roles,
		policy.Role{Name: walker, Grants: []policy.Grant{
			{Collection: "accounts", Actions: []policy.Action{policy.View}, Fields: []string{"name"}, Scope: policy.ScopeAll},
		}},
		policy.Role{Name: hunter, Clearance: remit.Confidential, Employees: []string{hound}, Grants: []policy.Grant{
			{Collection: "opportunities", Actions: []policy.Action{policy.View, policy.Export}, Fields: dealFields, Scope: policy.ScopeAll},
			{Collection: "activities", Actions: []policy.Action{policy.View, policy.Create, policy.Update}, Fields: []string{"subject", "status"}, Scope: policy.ScopeAll},
		}},
		policy.Role{Name: leader, Clearance: remit.Confidential, Grants: []policy.Grant{
			{Collection: "opportunities", Actions: []policy.Action{policy.View, policy.Export}, Fields: dealFields, Scope: "team"},
		}})
	doc.Employees = append(doc.Employees, policy.Employee{
		Name: hound, Title: "Hound", Tools: []string{"list_collections", "describe_collection", "query_records", "count_records", "aggregate_records", "search_records", "get_record"},
		Remit: policy.Remit{
			Grants:      []policy.Grant{{Collection: "*", Actions: []policy.Action{policy.View}, Fields: []string{policy.AllFields}, Scope: policy.ScopeAll}},
			Sensitivity: remit.Confidential, RowsPerCall: 1000,
		},
	})
	return doc
}

// changed returns a copy of the base document with a change.
func (w *world) changed(change func(*policy.Document)) *policy.Document {
	w.tb.Helper()
	text, err := json.Marshal(w.base)
	w.must(err)
	doc := &policy.Document{}
	w.must(json.Unmarshal(text, doc))
	change(doc)
	return doc
}

// apply puts a document in force.
func (w *world) apply(doc *policy.Document) {
	w.tb.Helper()
	w.must(w.a.Policies.Apply(context.Background(), w.operator, doc, nil))
	w.applied = doc
}

func role(doc *policy.Document, name string) *policy.Role {
	return &doc.Roles[slices.IndexFunc(doc.Roles, func(r policy.Role) bool { return r.Name == name })]
}

func employee(doc *policy.Document, name string) *policy.Employee {
	return &doc.Employees[slices.IndexFunc(doc.Employees, func(e policy.Employee) bool { return e.Name == name })]
}

// grant gives Sue a role until an instant, or for good.
func (w *world) grant(name string, notAfter time.Time) {
	w.tb.Helper()
	w.must(w.a.Directory.GrantRole(context.Background(), w.operator, w.subject, name, notAfter))
}

func (w *world) ungrant(name string) {
	w.tb.Helper()
	w.must(w.a.Directory.RevokeRole(context.Background(), w.operator, w.subject, name))
}

// issue gives Sue a token, bound to an AI employee or not, and uses it from now
// on.
func (w *world) issue(employee string, ttl time.Duration) (expires time.Time) {
	w.tb.Helper()
	secret, token, err := w.a.Directory.CreateToken(context.Background(), w.operator, directory.NewToken{Person: w.subject, Name: "test", Employee: employee, TTL: ttl})
	w.must(err)
	w.key = key{secret: secret, token: token.ID}
	return token.ExpiresAt
}

// signIn opens a session for Sue and uses it from now on.
func (w *world) signIn() {
	w.tb.Helper()
	secret, session, err := w.a.Directory.SignIn(context.Background(), directory.SignIn{Email: subjectEmail, Password: password, Address: "192.0.2.1"})
	w.must(err)
	w.key = key{secret: secret, session: session.ID}
}

// update changes a person on server A.
func (w *world) update(person remit.ID, c directory.PersonChange) {
	w.tb.Helper()
	w.must(w.a.Directory.UpdatePerson(context.Background(), w.operator, person, c))
}

// restore gives back whatever a race took.
func (w *world) restore() {
	w.tb.Helper()
	yes := true
	profile, err := w.a.Directory.Profile(context.Background(), w.subject)
	w.must(err)
	if !profile.Active {
		w.update(w.subject, directory.PersonChange{Active: &yes})
	}
	if w.applied != w.base {
		w.apply(w.base)
	}
	w.ungrant(leader)
	w.grant(hunter, time.Time{})
	w.grant(walker, time.Time{})
}

// exportAll writes the id and subject of every activity.
func (w *world) exportAll(out io.Writer) {
	w.tb.Helper()
	_, err := w.a.Lens.Export(context.Background(), w.operator, lens.ExportQuery{Collection: "activities", Fields: []string{"subject"}}, out)
	w.must(err)
}

// file writes a file of its own for the command line.
func (w *world) file(name string, content []byte) string {
	w.tb.Helper()
	path := filepath.Join(w.tb.TempDir(), name)
	w.must(os.WriteFile(path, content, 0o600))
	return path
}
