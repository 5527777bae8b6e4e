package rbacsql

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
)

// schema is one of the set's databases.
type schema struct {
	DDL    string     `json:"ddl"`
	Grants string     `json:"grants"`
	Cases  []decision `json:"cases"`
}

// decision is a statement with PostgreSQL's answer.
type decision struct {
	Role   string `json:"role"`
	SQL    string `json:"sql"`
	Expect string `json:"expect"` // permit or deny
}

// loadSet reads the set, or skips the test where it is not at hand.
func loadSet(t *testing.T) map[string]schema {
	t.Helper()
	path := os.Getenv("REMIT_RBAC_SET")
	if path == "" {
		path = "../../../../shared/data/rbac-sql/dev.json.gz"
	}
	f, err := os.Open(path) // #nosec G304 -- whoever runs the test names the file
	if os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Skipf("the set is not at hand: put it at %s, or name another in REMIT_RBAC_SET", path)
	}
	must(t, err)
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	must(t, err)
	var set map[string]schema
	must(t, json.NewDecoder(z).Decode(&set))
	return set
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// table is a table of a schema, as its DDL has it.
type table struct {
	name    string
	columns []remit.Field
}

var (
	createTable = regexp.MustCompile(`(?s)CREATE TABLE (.+?) \((.*?)\);`)
	columnForm  = regexp.MustCompile(`^(.+) (text|bigint|integer|double precision|timestamp without time zone|bytea)$`)
	grantForm   = regexp.MustCompile(`^GRANT SELECT \((.+)\) ON .+?\.(\S+) TO \S+_(User_\d+);$`)
)

// tables reads the DDL.
func (s schema) tables(t *testing.T) []table {
	t.Helper()
	var all []table
	for _, found := range createTable.FindAllStringSubmatch(s.DDL, -1) {
		made := table{name: unquoted(found[1])}
		for _, c := range strings.Split(found[2], ", ") {
			parts := columnForm.FindStringSubmatch(c)
			if parts == nil {
				t.Fatalf("cannot read the column %q of %s", c, made.name)
			}
			name := unquoted(parts[1])
			made.columns = append(made.columns, remit.Field{Name: name, Column: name, Title: name, Type: types[parts[2]], Sensitivity: remit.Public})
		}
		all = append(all, made)
	}
	return all
}

// types are those that stand for PostgreSQL's here.
var types = map[string]remit.FieldType{
	"text": remit.Text, "bytea": remit.Text, "bigint": remit.Integer, "integer": remit.Integer,
	"double precision": remit.Decimal, "timestamp without time zone": remit.Timestamp,
}

func unquoted(name string) string { return strings.Trim(name, `"`) }

// granted reads who was granted which columns: by role and table.
func (s schema) granted(t *testing.T) map[string]map[string][]string {
	t.Helper()
	all := map[string]map[string][]string{}
	for line := range strings.Lines(s.Grants) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "GRANT USAGE") {
			continue
		}
		parts := grantForm.FindStringSubmatch(line)
		if parts == nil {
			t.Fatalf("cannot read the grant %q", line)
		}
		if all[parts[3]] == nil {
			all[parts[3]] = map[string][]string{}
		}
		for _, c := range strings.Split(parts[1], ", ") {
			all[parts[3]][unquoted(parts[2])] = append(all[parts[3]][unquoted(parts[2])], unquoted(c))
		}
	}
	return all
}
