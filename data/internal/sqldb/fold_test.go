package sqldb_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

var update = flag.Bool("update", false, "write the files that tests compare with")

const foldFile = "../migrations/postgres/00006_fold.sql"

// The migration is made from Go's Unicode tables. If this fails after a new
// release of Go, the tables have grown: databases have run the file, so add a
// migration of the new text instead of changing it.
func TestFoldMigrationIsCurrent(t *testing.T) {
	want := foldMigration()
	if *update {
		if err := os.WriteFile(foldFile, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(foldFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s differs from Go's tables", foldFile)
	}
}

func foldMigration() string {
	var branches strings.Builder
	for _, script := range scripts {
		from, to := foldPairs(script)
		fmt.Fprintf(&branches, `
WHEN value !~ '%s' COLLATE "C"
THEN translate(upper(value COLLATE "C"),
U&'%s',
U&'%s')`, foldable(func(r rune) bool { return !script.holds(r) }), escaped(from), escaped(to))
	}
	from, to := foldPairs(script{first: utf8.RuneSelf, last: unicode.MaxRune})
	return `-- remit_fold(text) is Fold of package sqldb, made from Go's unicode.SimpleFold by
-- its test: texts that differ in case alone become equal.
--
-- upper() knows only ASCII under the collation C. translate() searches its list
-- from the front for each character, so lists begin with the characters of most
-- texts, and a text of one script gets a list of its own.

-- +goose Up
CREATE FUNCTION remit_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT CASE
WHEN octet_length(value) = char_length(value) OR value !~ '` + foldable(func(rune) bool { return true }) + `' COLLATE "C"
THEN upper(value COLLATE "C")` + branches.String() + `
ELSE translate(upper(value COLLATE "C"),
U&'` + escaped(from) + `',
U&'` + escaped(to) + `')
END
$$;
`
}

// script is a range of runes that mostly occur together.
type script struct{ first, last rune }

func (s script) holds(r rune) bool { return s.first <= r && r <= s.last }

var scripts = []script{
	{0x80, 0x24f},  // Latin with accents
	{0x370, 0x3ff}, // Greek
	{0x400, 0x52f}, // Cyrillic
}

// foldPairs returns what translate replaces by what in a script, after what upper
// leaves of ASCII: those stay, but so they are found soon.
func foldPairs(s script) (from, to []rune) {
	for _, r := range " EAINRTOSLCDUMPHGBFYWKVXZJQ.,-&0123456789" {
		from, to = append(from, r), append(to, r)
	}
	for r := s.first; r <= s.last; r++ {
		if least := smallest(r); least != r {
			from, to = append(from, r), append(to, least)
		}
	}
	return from, to
}

// smallest returns the smallest rune of r's orbit, found by going round it.
func smallest(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// foldable returns a regular expression for the runes beyond ASCII that fold and
// are wanted. Ranges that lie near each other are joined: a text too many in a
// slower branch does no harm.
func foldable(wanted func(rune) bool) string {
	const near = 128
	var b strings.Builder
	first, last := rune(-1), rune(-1)
	flush := func() {
		if first >= 0 {
			fmt.Fprintf(&b, `\U%08X-\U%08X`, first, last)
		}
	}
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if !wanted(r) {
			flush()
			first = -1
			continue
		}
		if smallest(r) == r {
			continue
		}
		if first < 0 || r-last > near {
			flush()
			first = r
		}
		last = r
	}
	flush()
	return "[" + b.String() + "]"
}

// escaped writes runes for a U& literal, a hundred on a line.
func escaped(runes []rune) string {
	var b strings.Builder
	for i, r := range runes {
		if i > 0 && i%100 == 0 {
			b.WriteString("'\n'")
		}
		switch {
		case r == '\'' || r == '\\':
			b.WriteRune(r)
			b.WriteRune(r)
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\%04X`, r)
		default:
			fmt.Fprintf(&b, `\+%06X`, r)
		}
	}
	return b.String()
}

func TestFoldIsTheSmallestOfTheOrbit(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if got, want := sqldb.Fold(string(r)), string(smallest(r)); got != want {
			t.Fatalf("Fold(%U) = %+q, want %+q", r, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		other := strings.Map(func(r rune) rune {
			for range rapid.IntRange(0, 2).Draw(t, "steps") {
				r = unicode.SimpleFold(r)
			}
			return r
		}, s)
		if sqldb.Fold(s) != sqldb.Fold(other) {
			t.Errorf("%+q and %+q fold apart", s, other)
		}
		if folded := sqldb.Fold(s); sqldb.Fold(folded) != folded {
			t.Errorf("folding %+q twice differs from once", s)
		}
	})
	if got := sqldb.Fold("a\xff\xc3b"); got != "A\xff\xc3B" {
		t.Errorf("bytes that are no text: %q", got)
	}
}

func TestFoldIsTheSameEverywhere(t *testing.T) {
	lite, pg := open(t, sqliteURL(t), sqldb.Options{}), open(t, pgtest.URL(t), sqldb.Options{})
	if err := pg.Migrate(t.Context(), migrations.Main); err != nil {
		t.Fatal(err)
	}
	fold := func(db *sqldb.DB, text string) (folded string) {
		err := db.Query(t.Context(), stmt("SELECT remit_fold(CAST(? AS TEXT))", text), func(r sqldb.Row) error {
			folded = r.Text(0)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return folded
	}
	// All runes, 4096 at a time, alone and among ASCII. Zero cannot be stored.
	var chunk strings.Builder
	check := func() {
		for name, db := range map[string]*sqldb.DB{"sqlite": lite, "postgres": pg} {
			if got, want := fold(db, chunk.String()), sqldb.Fold(chunk.String()); got != want {
				t.Fatalf("%s folds differently: %s", name, firstDifference(got, want))
			}
		}
		chunk.Reset()
	}
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) {
			chunk.WriteRune(r)
		}
		if r%4096 == 0 {
			check()
		}
	}
	check()
	for r := rune(0x80); r <= 0x2ffff; r++ { // one by one, for the branches of PostgreSQL's function
		if r%64 == 0 && utf8.ValidRune(r) {
			chunk.WriteString("Az")
			chunk.WriteRune(r)
			check()
		}
	}
}

func firstDifference(got, want string) string {
	g, w := []rune(got), []rune(want)
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("%U instead of %U", g[i], w[i])
		}
	}
	return fmt.Sprintf("%d runes instead of %d", len(g), len(w))
}

func TestFoldOfNullIsNull(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		if err := db.Migrate(t.Context(), migrations.Main); err != nil {
			t.Fatal(err)
		}
		err := db.Query(t.Context(), stmt("SELECT remit_fold(CAST(? AS TEXT))", nil), func(r sqldb.Row) error {
			if !r.Null(0) {
				t.Errorf("got %q", r.Text(0))
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
