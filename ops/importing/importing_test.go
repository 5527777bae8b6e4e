package importing_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/importing"
	"github.com/remit-crm/remit/policy"
)

type world struct {
	store    *data.Store
	importer *importing.Importer
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for name, url := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(t.TempDir(), "remit.db") },
		"postgres": func() string { return pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := data.Open(t.Context(), data.Options{URL: url(), Master: make([]byte, 32)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, &world{s, importing.New(s.Lens, s.Directory, access.New(s.Directory, s.Policies))})
		})
	}
}

func (w *world) run(text string, o importing.Options) (*importing.Report, error) {
	return w.importer.Run(context.Background(), data.Operator("test"), strings.NewReader(text), o)
}

func (w *world) mustRun(t *testing.T, text string, o importing.Options) *importing.Report {
	t.Helper()
	r, err := w.run(text, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) count(t *testing.T, collection, filter string) int64 {
	t.Helper()
	n, err := w.store.Lens.Count(t.Context(), data.Operator("test"), lens.CountQuery{Collection: collection, Filter: []byte(filter)})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const team = "agent,boss,office\nAnna Snelling,Dustin Brinkmann,Central\nZoë Ünal,Dustin Brinkmann,East\n"

func (w *world) people(t *testing.T) *importing.Report {
	t.Helper()
	return w.mustRun(t, team, importing.Options{
		Collection: "people", EmailDomain: "maven.test", Roles: []string{"sales-rep"}, ManagerRoles: []string{"sales-manager"},
		Map: []importing.Mapping{{Column: "agent", Field: "name"}, {Column: "boss", Field: "manager"}, {Column: "office", Field: "department"}},
	})
}

func TestPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		if r := w.people(t); r.Created != 3 || r.Departments != 2 {
			t.Errorf("%+v", r)
		}
		if r := w.people(t); r.Created != 0 || r.Changed != 0 || r.Unchanged != 3 {
			t.Errorf("again: %+v", r)
		}
		p, err := w.store.Directory.PersonByEmail(t.Context(), "zoe.unal@maven.test")
		if err != nil || p.User.Department != "East" {
			t.Fatalf("%+v, %v", p, err)
		}
		boss, err := w.store.Directory.PersonByEmail(t.Context(), "dustin.brinkmann@maven.test")
		if err != nil || p.User.ManagerID != boss.User.ID || boss.Memberships[0].Role != "sales-manager" || boss.User.Department != "Central" {
			t.Errorf("%+v, %v", boss, err)
		}
		_, err = w.run("name\nNobody\n", importing.Options{Collection: "people"})
		if remit.KindOf(err) != remit.KindInvalid || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), "--email-domain") {
			t.Errorf("without an address: %v", err)
		}
	})
}

// Whoever may not give a role by hand, or change somebody, may not by a file either.
func TestPeopleWhoMayDoMore(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		hr, boss := w.manager(t), "boss@maven.test"
		for name, roles := range map[string][]string{"for all": {"administrator"}, "by a line": nil} {
			for _, text := range []string{"name,email,role\nHeidi,hr@maven.test,administrator\n", "name,email,role\nNew,new@maven.test,administrator\n", "name,email\nJanitor," + boss + "\n"} {
				_, err := w.importer.Run(t.Context(), hr, strings.NewReader(text), importing.Options{Collection: "people", Roles: roles})
				if remit.KindOf(err) != remit.KindDenied || !strings.Contains(err.Error(), "line 2") {
					t.Errorf("%s, %q: %v", name, text, err)
				}
			}
		}
		p, err := w.store.Directory.PersonByEmail(t.Context(), boss)
		if err != nil || p.User.Name != "Bea" {
			t.Errorf("%+v, %v", p, err)
		}
		text := "name,email,role\nBea," + boss + ",\nNew,new@maven.test,sales-rep\n"
		r, err := w.importer.Run(t.Context(), hr, strings.NewReader(text), importing.Options{Collection: "people"})
		if err != nil || r.Created != 1 || r.Unchanged != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// manager makes somebody who manages people and imports, and no more, beside an
// administrator.
func (w *world) manager(t *testing.T) remit.Actor {
	t.Helper()
	held, err := w.store.Policies.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	doc := held.Document()
	doc.Roles = append(doc.Roles, policy.Role{Name: "hr", Title: "HR", Capabilities: []string{policy.ManagePeople, policy.ImportData}})
	if err := w.store.Policies.Apply(t.Context(), data.Operator("test"), doc, nil); err != nil {
		t.Fatal(err)
	}
	w.mustRun(t, "name,email,role\nHeidi,hr@maven.test,hr\nBea,boss@maven.test,administrator\n", importing.Options{Collection: "people"})
	p, err := w.store.Directory.PersonByEmail(t.Context(), "hr@maven.test")
	if err != nil {
		t.Fatal(err)
	}
	return remit.Actor{Person: p.User.ID, Channel: remit.ChannelAPI}
}

const deals = "id,agent,account,stage,close,value\nA1,Anna Snelling,Cancity,Won,2017-03-01,1054\nA2,Zoë Ünal,,Engaging,,\n"

func dealOptions() importing.Options {
	return importing.Options{
		Collection: "opportunities", Key: "external_ref",
		Map: []importing.Mapping{{Column: "id", Field: "external_ref"}, {Column: "id", Field: "name"}, {Column: "agent", Field: "owner"}, {Column: "close", Field: "close_date"}, {Column: "value", Field: "amount"}},
	}
}

func TestRecordsByNaturalKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.people(t)
		_, err := w.run(deals, dealOptions())
		if err == nil || !strings.Contains(err.Error(), `line 2, column account: there is no account called "Cancity"`) {
			t.Fatalf("an unknown account: %v", err)
		}
		if n := w.count(t, "opportunities", ""); n != 0 {
			t.Fatalf("%d records after a refused import", n)
		}
		o := dealOptions()
		o.CreateMissing, o.DryRun = true, true
		if r := w.mustRun(t, deals, o); r.Created != 2 || r.Related["accounts"] != 1 {
			t.Errorf("dry run: %+v", r)
		}
		if n := w.count(t, "opportunities", "") + w.count(t, "accounts", ""); n != 0 {
			t.Fatalf("%d records after a dry run", n)
		}
		o.DryRun = false
		w.mustRun(t, deals, o)
		if r := w.mustRun(t, deals, o); r.Created != 0 || r.Unchanged != 2 {
			t.Errorf("again: %+v", r)
		}
		if r := w.mustRun(t, strings.Replace(deals, "1054", "1055.50", 1), o); r.Changed != 1 {
			t.Errorf("changed: %+v", r)
		}
		if n := w.count(t, "opportunities", `{"amount":1055.5,"account.name":"Cancity","owner.name":"Anna Snelling","department.name":"Central","stage":"won"}`); n != 1 {
			t.Errorf("%d records as the file says", n)
		}
	})
}

func TestProblemsNameLineAndColumn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.people(t)
		for text, want := range map[string]string{
			"id,agent\nA1,Nobody\n":     `line 2, column agent: there is no person called "Nobody"`,
			"id,close\nA1,2017-02-30\n": "line 2, column close: \"2017-02-30\" is not an existing day",
			"id,stage\nA1,Wonn\n":       "line 2, column stage: \"Wonn\" is not an option",
			"id,value\nA1,12.345\n":     "line 2, column value: \"12.345\" has more than 2 decimal places",
			"id,id\n":                   "two columns have this name",
			"":                          "the file is empty",
			"id,value\n\"A1,2\n":        "line",
			"id,value\nA1\n":            "line 2",
			"id\n\xff\n":                "not valid UTF-8",
			"id\nA\x00B\n":              "NUL",
			"id,agent,close,value,account\n,Nobody,x,y,z\n":   "line 2, column value",
			"no,such,column\n1,2,3\n":                         "the file has no column",
			"id,stage\nA1,Won\nA1,Lost\nA2,Wonn\nA3,Lossst\n": "line 5, column stage",
		} {
			o := dealOptions()
			o.Map = o.Map[:2]
			for _, m := range dealOptions().Map[2:] {
				if strings.Contains(strings.SplitN(text, "\n", 2)[0], m.Column) {
					o.Map = append(o.Map, m)
				}
			}
			_, err := w.run(text, o)
			if err == nil || !strings.Contains(remit.PublicText(err), want) || remit.KindOf(err) != remit.KindInvalid {
				t.Errorf("%q: %v; want %q", text, err, want)
			}
		}
		if n := w.count(t, "opportunities", ""); n != 0 {
			t.Fatalf("%d records after refused imports", n)
		}
	})
}

// A column that goes nowhere is refused unless it is left out on purpose.
func TestNoColumnIsDroppedSilently(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for text, want := range map[string]string{
			"name,nosuchcol,employes\nX,1,2\n": "line 1, column nosuchcol: no field of accounts is called so",
			"name,employes\nX,2\n":             `did you mean "employees"?`,
			"name,Name\nX,Y\n":                 "line 1, column Name: another column goes to name",
			"name,created_at\nX,Y\n":           "line 1, column created_at: is kept by the system",
		} {
			_, err := w.run(text, importing.Options{Collection: "accounts"})
			if remit.KindOf(err) != remit.KindInvalid || !strings.Contains(remit.PublicText(err), want) || !strings.Contains(remit.PublicText(err), "--map") {
				t.Errorf("%q: %v; want %q", text, err, want)
			}
		}
		_, err := w.run("name,shoe\nX,1\n", importing.Options{Collection: "people", EmailDomain: "maven.test"})
		if remit.KindOf(err) != remit.KindInvalid || !strings.Contains(remit.PublicText(err), "column shoe") {
			t.Errorf("people: %v", err)
		}
		if n := w.count(t, "accounts", ""); n != 0 {
			t.Fatalf("%d records after refused imports", n)
		}
		r := w.mustRun(t, "name,nosuchcol\nX,1\n", importing.Options{Collection: "accounts", Map: []importing.Mapping{{Column: "nosuchcol"}}})
		if r.Created != 1 || len(r.Columns[1].Fields) != 0 {
			t.Errorf("left out on purpose: %+v", r)
		}
	})
}

// Nothing invisible stands in the name of a column, where it would pass for another.
func TestHeaderHoldsNoControlCharacters(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, column := range []string{"\x00name", "na\x00me", "na\tme", "\"na\nme\"", "name\u200b", "na\u202eme", "na\u0085me", "na\ufeffme", "na\xffme"} {
			text := "employees," + column + "\n1,X\n"
			_, err := w.run(text, importing.Options{Collection: "accounts"})
			if remit.KindOf(err) != remit.KindInvalid || !strings.Contains(remit.PublicText(err), "line 1, column 2") {
				t.Errorf("%q: %v", text, err)
			}
			if _, err = w.importer.Preview(t.Context(), data.Operator("test"), strings.NewReader(text), "", "accounts"); remit.KindOf(err) != remit.KindInvalid {
				t.Errorf("the preview of %q: %v", text, err)
			}
		}
	})
}

// A preview says of each cell what the import, tried or not, would say of it.
func TestPreviewTellsWhatTheImportWouldRefuse(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for cells, column := range map[string]string{
			strings.Repeat("x", 70_000) + ",1,retail,": "name", "X,many,retail,": "employees",
			"X,1,Retail,": "", strings.Repeat("x", 2000) + ",1,,": "", strings.Repeat("x", 2001) + ",1,,": "name", "A\x00B,1,,": "name",
		} {
			text := "name,employees,industry,parent\n" + cells + "\n"
			p, err := w.importer.Preview(t.Context(), data.Operator("test"), strings.NewReader(text), "", "accounts")
			if err != nil {
				t.Fatal(err)
			}
			for _, dry := range []bool{true, false} {
				_, err = w.run(text, importing.Options{Collection: "accounts", DryRun: dry})
				var file *importing.FileError
				if refused := errors.As(err, &file); refused != (column != "") || refused && !slices.Equal(file.Problems, p.Problems) || !refused && len(p.Problems) > 0 {
					t.Errorf("%.20q, dry %t: the preview says %+v, the import %.200v", cells, dry, p.Problems, err)
				}
			}
			if column != "" && (len(p.Problems) != 1 || p.Problems[0].Column != column || p.Problems[0].Line != 2) {
				t.Errorf("%.20q: %+v", cells, p.Problems)
			}
		}
	})
}

// Accounts may name accounts further down in the same file.
func TestLinksWithinTheFile(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.mustRun(t, "name;parent\nSmall;Big\nBig;\n", importing.Options{Collection: "accounts"})
		if n := w.count(t, "accounts", `{"parent.name":"Big"}`); n != 1 {
			t.Errorf("%d accounts below Big", n)
		}
	})
}

func TestOthersMayNotImport(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.people(t)
		anna, err := w.store.Directory.PersonByEmail(t.Context(), "anna.snelling@maven.test")
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.importer.Run(t.Context(), remit.Actor{Person: anna.User.ID, Channel: remit.ChannelAPI}, strings.NewReader("name\nX\n"), importing.Options{Collection: "accounts"})
		if remit.KindOf(err) != remit.KindDenied {
			t.Errorf("a rep's import: %v", err)
		}
	})
}

// The real file, when it is there.
func TestMavenPipelineReads(t *testing.T) {
	dir := os.Getenv("REMIT_MAVEN_DIR")
	if dir == "" {
		dir = "../../../shared/data/maven-crm"
	}
	text, err := os.ReadFile(filepath.Join(dir, "accounts.csv"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the Maven files are not here: ", err)
	}
	onBoth(t, func(t *testing.T, w *world) {
		r, err := w.importer.Run(t.Context(), data.Operator("test"), bytes.NewReader(text), importing.Options{
			Collection: "accounts", Key: "name",
			Map: []importing.Mapping{{Column: "account", Field: "name"}, {Column: "sector", Field: "industry"}, {Column: "year_established", Field: "founded_year"}, {Column: "revenue", Field: "annual_revenue"}, {Column: "office_location", Field: "country"}, {Column: "subsidiary_of", Field: "parent"}},
		})
		if err != nil || r.Created != 85 {
			t.Fatalf("%+v, %v", r, err)
		}
	})
}

func TestPreview(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.people(t)
		text := "Name;Industry;Region\nCancity;retail;East\nBetasoloin;medical;\n"
		p, err := w.importer.Preview(t.Context(), data.Operator("test"), strings.NewReader(text), "", "accounts")
		if err != nil {
			t.Fatal(err)
		}
		if p.Separator != ";" || p.Lines != 2 || len(p.Rows) != 2 || p.Rows[1][0] != "Betasoloin" {
			t.Errorf("%+v", p)
		}
		if p.Columns[0].Field != "name" || p.Columns[1].Field != "industry" || p.Columns[2].Field != "" || p.Columns[2].Empty != 1 {
			t.Errorf("%+v", p.Columns)
		}
		if !slices.Contains(p.Fields, "annual_revenue") || slices.Contains(p.Fields, "created_at") || !slices.Contains(p.Keys, "external_ref") || slices.Contains(p.Keys, "description") {
			t.Errorf("fields %v, keys %v", p.Fields, p.Keys)
		}
		if n := w.count(t, "accounts", ""); n != 0 {
			t.Errorf("a preview made %d records", n)
		}
		anna, err := w.store.Directory.PersonByEmail(t.Context(), "anna.snelling@maven.test")
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.importer.Preview(t.Context(), remit.Actor{Person: anna.User.ID, Channel: remit.ChannelAPI}, strings.NewReader(text), "", "accounts")
		if remit.KindOf(err) != remit.KindDenied {
			t.Errorf("a rep's preview: %v", err)
		}
	})
}

// What is wrong with a file is told line by line, for a screen that shows it.
func TestProblemsByLine(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		_, err := w.run("name,employees\nX,many\nY,3\nZ,few\n", importing.Options{Collection: "accounts"})
		var file *importing.FileError
		if !errors.As(err, &file) || len(file.Problems) != 2 {
			t.Fatalf("%v", err)
		}
		if p := file.Problems[1]; p.Line != 4 || p.Column != "employees" || !strings.Contains(p.Message, "few") {
			t.Errorf("%+v", p)
		}
	})
}
