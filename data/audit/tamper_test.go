package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// seeded returns randomness whose seed is printed, and taken back from
// REMIT_SEED.
func seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("REMIT_SEED"); text != "" {
		parsed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = parsed
	}
	t.Logf("REMIT_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, seed))
}

func soak() bool { return os.Getenv("REMIT_SOAK") == "1" }

// tamperWorld holds a small log with everything in it: batches of one to five
// entries, with and without details, erased ones, sketches.
func tamperWorld(t *testing.T, w world) *sqldb.DB {
	t.Helper()
	l := w.open(t)
	ids := fill(t, l, 6)
	var plain []*Entry
	for i := range 5 {
		e := newEntry(i)
		e.Details = nil
		for range i * 40 {
			e.Records = append(e.Records, remit.ID(fmt.Sprint(len(e.Records))))
		}
		plain = append(plain, e)
	}
	if err := l.Append(context.Background(), plain...); err != nil {
		t.Fatal(err)
	}
	if err := l.Erase(context.Background(), remit.Actor{Person: "officer"}, ids[1:3]); err != nil {
		t.Fatal(err)
	}
	fill(t, l, 3)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	w.mustVerify(t, 15)
	return l.db
}

const (
	integer = iota
	text_
	blob
)

// columns is every column of every table of the log.
var columns = map[string]map[string]int{
	"audit_entries": {
		"sequence": integer, "id": text_, "time": integer, "person": text_, "employee": text_, "collection": text_,
		"operation": text_, "decision": integer, "leaf": blob,
	},
	"audit_details": {"sequence": integer, "key": blob, "details": blob},
	"audit_batches": {"size": integer, "first": integer, "checkpoint": text_, "hashes": blob},
}

var primaryKey = map[string]string{"audit_entries": "sequence", "audit_details": "sequence", "audit_batches": "size"}

// cell is one value in the log's tables.
type cell struct {
	table, column string
	key           int64 // of the row
	from, to      int64 // entries, either of which may be named as the first bad one
	kind          int
	bytes         []byte // the value; an integer as eight bytes
}

func (c *cell) value(raw []byte) any {
	switch c.kind {
	case integer:
		return int64(binary.BigEndian.Uint64(raw))
	case text_:
		return string(raw)
	}
	return raw
}

// cells reads every value there is.
func cells(t *testing.T, db *sqldb.DB) (all []cell) {
	t.Helper()
	for table, kinds := range columns {
		for column, kind := range kinds {
			first := primaryKey[table]
			if table == "audit_batches" {
				first = "first"
			}
			err := db.Query(context.Background(), sqldb.Stmt{SQL: fmt.Sprintf("SELECT %s, %s, %s FROM %s", primaryKey[table], first, column, table)}, func(r sqldb.Row) error {
				c := cell{table: table, column: column, key: r.Int(0), from: r.Int(1), to: r.Int(0), kind: kind}
				switch kind {
				case integer:
					c.bytes = binary.BigEndian.AppendUint64(nil, uint64(r.Int(2)))
				case text_:
					c.bytes = []byte(r.Text(2))
				case blob:
					c.bytes = r.Bytes(2)
				}
				all = append(all, c)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	slices.SortFunc(all, func(a, b cell) int {
		return strings.Compare(fmt.Sprint(a.table, a.column, a.key), fmt.Sprint(b.table, b.column, b.key))
	})
	return all
}

// set changes one value and reports whether the database took it: a key may be
// taken, a text may be none.
func set(db *sqldb.DB, table, column string, value any, key int64) bool {
	err := db.Write(context.Background(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(context.Background(), sqldb.Stmt{
			SQL: fmt.Sprintf("UPDATE %s SET %s = ? WHERE %s = ?", table, column, primaryKey[table]), Args: []any{value, key},
		})
		return err
	})
	return err == nil
}

func TestEveryFlippedBitIsFoundAndNamed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		random := seeded(t)
		db := tamperWorld(t, w)
		flips, found := 0, map[string]int{}
		for _, c := range cells(t, db) {
			bits := random.Perm(len(c.bytes) * 8)
			most := 4
			if soak() {
				most = 40
			}
			bits = bits[:min(len(bits), most)]
			for _, bit := range bits {
				flipped := bytes.Clone(c.bytes)
				flipped[bit/8] ^= 1 << (bit % 8)
				if !set(db, c.table, c.column, c.value(flipped), c.key) {
					continue
				}
				flips++
				found[c.table+"."+c.column]++
				c.check(t, w.verify(t, nil), bit, flipped)
				key := c.key
				if c.column == primaryKey[c.table] {
					key = int64(binary.BigEndian.Uint64(flipped))
				}
				if !set(db, c.table, c.column, c.value(c.bytes), key) {
					t.Fatal("the value does not go back")
				}
			}
		}
		for table, kinds := range columns {
			for column := range kinds {
				if found[table+"."+column] == 0 {
					t.Errorf("no bit of %s.%s was flipped", table, column)
				}
			}
		}
		t.Logf("%d bits flipped", flips)
		w.mustVerify(t, 15)
	})
}

// check wants a problem that names the row's entry, or, where the row's own key
// was changed, the place where it now stands in others' way.
func (c *cell) check(t *testing.T, report *Report, bit int, flipped []byte) {
	t.Helper()
	where := fmt.Sprintf("%s.%s of row %d, bit %d", c.table, c.column, c.key, bit)
	if report.Problem == nil {
		t.Errorf("%s: nothing is found", where)
		return
	}
	named := report.Problem.Sequence
	now := int64(binary.BigEndian.Uint64(append(flipped, make([]byte, 8)...)))
	moved := (c.column == "sequence" && named == now) || (c.column == "size" && named <= now)
	if !moved && (named < c.from || named > c.to) {
		t.Errorf("%s: %v", where, report.Problem)
	}
}

func TestTamperingIsFoundAndNamed(t *testing.T) {
	const entryColumns = `id, time, person, employee, collection, operation, decision, leaf`
	type tampering struct {
		statements []string
		names      int64 // the first bad entry
	}
	cases := map[string]tampering{
		"entry removed":            {[]string{`DELETE FROM audit_entries WHERE sequence = 4`}, 4},
		"entry and details gone":   {[]string{`DELETE FROM audit_entries WHERE sequence = 4`, `DELETE FROM audit_details WHERE sequence = 4`}, 4},
		"first removed":            {[]string{`DELETE FROM audit_entries WHERE sequence = 0`}, 0},
		"last removed":             {[]string{`DELETE FROM audit_entries WHERE sequence = 14`}, 14},
		"details removed":          {[]string{`DELETE FROM audit_details WHERE sequence = 5`}, 5},
		"details erased in secret": {[]string{`UPDATE audit_details SET key = NULL, details = NULL WHERE sequence = 5`}, 5},
		"key destroyed only":       {[]string{`UPDATE audit_details SET key = NULL WHERE sequence = 5`}, 5},
		"ciphertext only":          {[]string{`UPDATE audit_details SET details = NULL WHERE sequence = 5`}, 5},
		"details of none":          {[]string{`INSERT INTO audit_details SELECT 99, key, details FROM audit_details WHERE sequence = 5`}, -1},
		"details swapped": {[]string{
			`UPDATE audit_details SET sequence = 99 WHERE sequence = 4`,
			`UPDATE audit_details SET sequence = 4 WHERE sequence = 5`,
			`UPDATE audit_details SET sequence = 5 WHERE sequence = 99`,
		}, 4},
		"reordered": {[]string{
			`UPDATE audit_entries SET sequence = 99 WHERE sequence = 3`,
			`UPDATE audit_entries SET sequence = 3 WHERE sequence = 4`,
			`UPDATE audit_entries SET sequence = 4 WHERE sequence = 99`,
		}, 3},
		"shifted": {[]string{
			`UPDATE audit_entries SET sequence = sequence - 1 + 1000 WHERE sequence > 3`,
			`DELETE FROM audit_entries WHERE sequence = 3`,
			`UPDATE audit_entries SET sequence = sequence - 1000 WHERE sequence > 900`,
		}, 3},
		"duplicated at the end":     {[]string{`DROP INDEX audit_entries_id`, `INSERT INTO audit_entries SELECT 15, ` + entryColumns + ` FROM audit_entries WHERE sequence = 7`}, 15},
		"duplicated in its place":   {[]string{`DROP INDEX audit_entries_id`, `DELETE FROM audit_entries WHERE sequence = 8`, `INSERT INTO audit_entries SELECT 8, ` + entryColumns + ` FROM audit_entries WHERE sequence = 7`}, 8},
		"put before the first":      {[]string{`DROP INDEX audit_entries_id`, `INSERT INTO audit_entries SELECT -1, ` + entryColumns + ` FROM audit_entries WHERE sequence = 7`}, -1},
		"batch removed":             {[]string{`DELETE FROM audit_batches WHERE size = 3`}, 1},
		"last batch removed":        {[]string{`DELETE FROM audit_batches WHERE size = 15`}, 13},
		"all batches removed":       {[]string{`DELETE FROM audit_batches`}, 0},
		"batch and entries removed": {[]string{`DELETE FROM audit_batches WHERE size = 3`, `DELETE FROM audit_entries WHERE sequence IN (1, 2)`}, 1},
		"checkpoint of another": {[]string{
			`UPDATE audit_batches SET checkpoint = (SELECT checkpoint FROM audit_batches WHERE size = 1) WHERE size = 3`,
		}, 1},
	}
	eachDatabase(t, func(t *testing.T, w world) {
		db := tamperWorld(t, w)
		for table := range columns {
			run(t, db, `CREATE TABLE saved_`+table+` AS SELECT * FROM `+table)
		}
		for name, test := range cases {
			for _, statement := range test.statements {
				run(t, db, statement)
			}
			report := w.verify(t, nil)
			if report.Problem == nil || report.Problem.Sequence != test.names {
				t.Errorf("%s: want entry %d named, got %v", name, test.names, report.Problem)
			}
			for table := range columns {
				run(t, db, `DELETE FROM `+table)
				run(t, db, `INSERT INTO `+table+` SELECT * FROM saved_`+table)
			}
			run(t, db, `CREATE UNIQUE INDEX IF NOT EXISTS audit_entries_id ON audit_entries (id)`)
			w.mustVerify(t, 15)
		}
	})
}

// forge rewrites the entry of a sequence, its columns, and all hashes and
// checkpoints behind it, as somebody can who has the database but not the key.
func forge(t *testing.T, db *sqldb.DB, sequence int64, sign note.Signer, verifier note.Verifier) {
	t.Helper()
	var leaves [][]byte
	var batches []batch
	read := func(text string, each func(sqldb.Row)) {
		if err := db.Query(context.Background(), sqldb.Stmt{SQL: text}, func(r sqldb.Row) error { each(r); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	read(`SELECT leaf FROM audit_entries ORDER BY sequence`, func(r sqldb.Row) { leaves = append(leaves, r.Bytes(0)) })
	read(selectBatches+` ORDER BY size`, func(r sqldb.Row) { batches = append(batches, readBatch(r)) })
	l, err := decodeLeaf(leaves[sequence])
	if err != nil {
		t.Fatal(err)
	}
	l.Actor.Person, l.Rows = "somebody-else", 0
	leaves[sequence] = l.encode()
	run(t, db, `UPDATE audit_entries SET leaf = ?, person = ? WHERE sequence = ?`, leaves[sequence], "somebody-else", sequence)
	forger := signer{Signer: sign, verifier: verifier}
	var e edge
	for _, b := range batches {
		var hashes []byte
		for e.size < b.size {
			hashes = e.add(tlog.RecordHash(leaves[e.size]), hashes)
		}
		if b.size <= sequence {
			continue
		}
		run(t, db, `UPDATE audit_batches SET hashes = ? WHERE size = ?`, hashes, b.size)
		if sign != nil {
			c, err := forger.checkpoint(&e)
			if err != nil {
				t.Fatal(err)
			}
			run(t, db, `UPDATE audit_batches SET checkpoint = ? WHERE size = ?`, string(c.Note), b.size)
		}
	}
}

func TestForgeryWithoutTheKeyIsFound(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		db := tamperWorld(t, w)
		forge(t, db, 7, nil, nil)
		report := w.verify(t, nil)
		// Entries 6 to 10 are one batch: with all hashes forged, only it can be named.
		if report.Problem == nil || report.Problem.Sequence != 6 || report.Entries < 6 {
			t.Errorf("%+v", report)
		}
	})
	t.Run("signed by another", func(t *testing.T) {
		w := sqliteWorld(t)
		db := tamperWorld(t, w)
		ours, err := newSigner(testRing(t, 1), "")
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := newSigner(testRing(t, 2), ours.Name())
		if err != nil {
			t.Fatal(err)
		}
		forge(t, db, 0, theirs.Signer, theirs.verifier)
		if report := w.verify(t, nil); report.Problem == nil || report.Problem.Sequence != 0 {
			t.Errorf("%+v", report)
		}
	})
}

// Whoever has the master key can write another log. Only what was kept elsewhere
// tells, and verify says so.
func TestForgeryWithTheKeyIsFoundByAKeptCheckpoint(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		db := tamperWorld(t, w)
		l := w.open(t)
		kept, err := l.Checkpoint(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		fill(t, l, 2)
		if report := w.verify(t, kept.Note); report.Problem != nil || len(report.Caveats) != 1 || report.Caveats[0] != caveatSince {
			t.Fatalf("%+v", report)
		}
		forge(t, db, 7, l.signer.Signer, l.signer.verifier)
		if report := w.mustVerify(t, 17); !slices.Contains(report.Caveats, caveatOutside) {
			t.Errorf("verify does not say what it cannot exclude: %q", report.Caveats)
		}
		if report := w.verify(t, kept.Note); report.Problem == nil || !strings.Contains(report.Problem.What, "anew") {
			t.Errorf("%+v", report.Problem)
		}
		if err := l.Append(context.Background(), newEntry(1)); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("a server that runs goes on with the forged log: %v", err)
		}
	})
}

func TestTruncationAndRollbackAreFoundByAKeptCheckpoint(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		db := tamperWorld(t, w)
		l := w.open(t)
		kept, err := l.Checkpoint(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{
			`DELETE FROM audit_entries WHERE sequence >= 13`, `DELETE FROM audit_details WHERE sequence >= 13`,
			`DELETE FROM audit_batches WHERE size > 13`,
		} {
			run(t, db, statement)
		}
		if report := w.mustVerify(t, 13); !slices.Contains(report.Caveats, caveatOutside) {
			t.Errorf("verify does not say what it cannot exclude: %q", report.Caveats)
		}
		report := w.verify(t, kept.Note)
		if report.Problem == nil || report.Problem.Sequence != 13 {
			t.Fatalf("%+v", report)
		}
		if err := l.Append(context.Background(), newEntry(1)); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("a server that runs goes on with the shortened log: %v", err)
		}
		// A server that starts does not know, goes on, and forks from the checkpoint.
		fill(t, w.open(t), 10)
		if report := w.verify(t, kept.Note); report.Problem == nil || !strings.Contains(report.Problem.What, "anew") {
			t.Errorf("%+v", report.Problem)
		}
	})
}

func TestOutsiderVerifiesWithThePublicKeyAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		db := tamperWorld(t, w)
		key := w.open(t).VerifierKey()
		report, err := Verify(context.Background(), db, VerifyOptions{Key: key})
		if err != nil || report.Problem != nil || report.Entries != 15 || report.DetailsChecked || !slices.Contains(report.Caveats, caveatDetails) {
			t.Errorf("%+v, %v", report, err)
		}
		run(t, db, `UPDATE audit_entries SET person = 'x' WHERE sequence = 9`)
		report, err = Verify(context.Background(), db, VerifyOptions{Key: key})
		if err != nil || report.Problem == nil || report.Problem.Sequence != 9 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

func TestVerifyRefusesOtherCheckpoints(t *testing.T) {
	w := sqliteWorld(t)
	db := tamperWorld(t, w)
	other, err := newSigner(testRing(t, 2), "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := other.checkpoint(&edge{})
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]VerifyOptions{
		"another log's": {Ring: testRing(t, 1), Checkpoint: c.Note},
		"no checkpoint": {Ring: testRing(t, 1), Checkpoint: []byte("hello")},
		"empty file":    {Ring: testRing(t, 1), Checkpoint: []byte{}},
		"no key":        {},
		"bad key":       {Key: base64.StdEncoding.EncodeToString([]byte("key"))},
	} {
		if _, err := Verify(context.Background(), db, o); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedLogIsNotContinued(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		db := tamperWorld(t, w)
		run(t, db, `UPDATE audit_batches SET checkpoint = 'none' WHERE size = 15`)
		if _, err := w.tryOpen(t, 1); err == nil {
			t.Error("a log opens whose last checkpoint was altered")
		}
		if report := w.verify(t, nil); report.Problem == nil {
			t.Error("nothing is found")
		}
	})
}
