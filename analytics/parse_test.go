package analytics

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// model returns the built-in collections, as the migrations make them.
func model(t testing.TB) *remit.Model {
	t.Helper()
	text, err := os.ReadFile("../data/internal/model/testdata/builtin.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []*remit.Collection
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return remit.NewModel(list)
}

func template(sql string, parameters ...Parameter) *Template {
	return &Template{
		Name: "deals", Title: "Deals", Collection: "opportunities", Description: "What deals there are.", SQL: sql, Parameters: parameters,
	}
}

var since = Parameter{Name: "since", Type: Quarter, Default: "-4"}

func TestQuestion(t *testing.T) {
	q, values, err := template(`
SELECT a.industry, date_trunc('month', o.close_date) AS month, COUNT(*) AS deals,
  SUM(o.amount) FILTER (WHERE o.stage = 'won') AS won,
  AVG(CASE WHEN o.stage = 'won' THEN 1 ELSE 0 END) AS rate
FROM opportunities o LEFT JOIN accounts a ON a.id = o.account_id
WHERE o.close_date >= :since AND NOT (o.stage = 'lost' OR o.amount < 10.5) AND o.source IS NOT NULL
GROUP BY industry, month
ORDER BY deals DESC`, since).Ask(model(t), nil, now)
	if err != nil {
		t.Fatal(err)
	}
	want := &Question{
		Collection: "opportunities",
		Groups: []Group{
			{Name: "industry", Field: "account.industry", Type: remit.Text},
			{Name: "month", Field: "close_date", Bucket: "month", Type: remit.Date},
		},
		Figures: []Figure{
			{Name: "deals", Fn: "count"},
			{Name: "won", Fn: "sum", Field: "amount", Filter: json.RawMessage(`{"stage":{"$eq":"won"}}`), Type: remit.Currency, Currency: "USD"},
			{Name: "rate", Fn: "ratio", Filter: json.RawMessage(`{"stage":{"$eq":"won"}}`)},
		},
		// NOT is carried down to the comparisons: what is empty is not different.
		Filter: json.RawMessage(`{"$and":[{"close_date":{"$gte":"2025-04-01"}},` +
			`{"$and":[{"$and":[{"stage":{"$ne":"lost"}},{"stage":{"$notEmpty":true}}]},{"amount":{"$gte":10.5}}]},{"source":{"$notEmpty":true}}]}`),
		Order:   []string{"-deals"},
		Columns: []string{"industry", "month", "deals", "won", "rate"},
	}
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".filter" }, cmp.Ignore())
	if diff := cmp.Diff(want, q, ignore, cmp.AllowUnexported(Figure{})); diff != "" {
		t.Errorf("question (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"since": "2025-04-01"}, values); diff != "" {
		t.Error(diff)
	}
	if got := len(q.Marks()); got != 1 {
		t.Errorf("%d marks for one filter used twice", got)
	}
}

// What a template cannot say: what writes, what reaches elsewhere, what names one record,
// what the databases read differently.
func TestRefused(t *testing.T) {
	for sql, says := range map[string]string{
		"":                                       "expected SELECT",
		"DELETE FROM opportunities":              "expected SELECT",
		"SELECT COUNT(*) AS n FROM people_roles": "is about",
		"SELECT COUNT(*) AS n FROM opportunities; DROP TABLE leads":                                                            "cannot be read",
		"SELECT COUNT(*) AS n FROM opportunities -- x":                                                                         "cannot be read",
		"SELECT COUNT(*) AS n FROM opportunities /* x */":                                                                      "cannot be read",
		`SELECT COUNT(*) AS n FROM "opportunities"`:                                                                            "cannot be read",
		"SELECT COUNT(*) AS n FROM opportunities WHERE stage = $$won$$":                                                        "cannot be read",
		"SELECT COUNT(*) AS n FROM opportunities WHERE stage = E'won'":                                                         "expected a value",
		"SELECT COUNT(*) AS n FROM opportunities WHERE amount::int = 1":                                                        "cannot be read",
		"SELECT COUNT(*) AS n FROM opportunities, leads":                                                                       "nothing may follow",
		"SELECT COUNT(*) AS n FROM opportunities UNION SELECT 1":                                                               "nothing may follow",
		"SELECT COUNT(*) AS n FROM opportunities LIMIT 1":                                                                      "nothing may follow",
		"SELECT COUNT(*) AS n FROM opportunities HAVING COUNT(*) = 1":                                                          "nothing may follow",
		"SELECT COUNT(*) AS n FROM (SELECT 1)":                                                                                 "name of a collection",
		"SELECT COUNT(DISTINCT name) AS n FROM opportunities":                                                                  "expected *",
		"SELECT MAX(amount) AS n FROM opportunities":                                                                           "the functions are",
		"SELECT pg_sleep(5) FROM opportunities":                                                                                "the functions are",
		"SELECT stage FROM opportunities GROUP BY stage":                                                                       "at least one of them a figure",
		"SELECT stage, COUNT(*) AS n FROM opportunities":                                                                       "group by exactly",
		"SELECT COUNT(*) FROM opportunities":                                                                                   "name the figure with AS",
		"SELECT COUNT(*) AS n, SUM(amount) AS n FROM opportunities":                                                            "two columns are called n",
		"SELECT account_id, COUNT(*) AS n FROM opportunities GROUP BY account_id":                                              "is a link",
		"SELECT amount, COUNT(*) AS n FROM opportunities GROUP BY amount":                                                      "is an amount",
		"SELECT close_date, COUNT(*) AS n FROM opportunities GROUP BY close_date":                                              "date_trunc",
		"SELECT date_trunc('hour', close_date) AS h, COUNT(*) AS n FROM opportunities GROUP BY h":                              "date_trunc cuts to",
		"SELECT COUNT(*) AS n FROM opportunities WHERE account_id = 'x'":                                                       "names single records",
		"SELECT COUNT(*) AS n FROM opportunities WHERE stage = 'wone'":                                                         "is no value of stage",
		"SELECT COUNT(*) AS n FROM opportunities WHERE stage > 'won'":                                                          "has no order",
		"SELECT COUNT(*) AS n FROM opportunities WHERE amount = 'x'":                                                           "compare it with one",
		"SELECT COUNT(*) AS n FROM opportunities WHERE amont = 1":                                                              `did you mean "amount"?`,
		"SELECT COUNT(*) AS n FROM opportunities WHERE x.amount = 1":                                                           "nothing is called x",
		"SELECT COUNT(*) AS n FROM opportunities WHERE stage = :stage":                                                         "no parameter",
		"SELECT COUNT(*) AS n FROM opportunities o LEFT JOIN accounts a ON a.name = o.name":                                    "join by a.id",
		"SELECT COUNT(*) AS n FROM opportunities o LEFT JOIN accounts a ON a.id = o.contact_id":                                "does not lead to accounts",
		"SELECT COUNT(*) AS n FROM opportunities o JOIN accounts a ON a.id = o.account_id":                                     "nothing may follow",
		"SELECT c.email, COUNT(*) AS n FROM opportunities o LEFT JOIN contacts c ON c.id = o.contact_id GROUP BY email":        "personal data",
		"SELECT COUNT(*) AS n FROM opportunities WHERE " + strings.Repeat("(", 40) + "stage = 'won'" + strings.Repeat(")", 40): "nested",
		"SELECT COUNT(*) AS n FROM leads":                                                                                      "is about",
	} {
		err := template(sql).Check(model(t))
		if remit.KindOf(err) != remit.KindInvalid || !strings.Contains(remit.PublicText(err), says) {
			t.Errorf("%.100s\n got %v\nwant one that says %q", sql, err, says)
		}
	}
}

func TestParameters(t *testing.T) {
	one := template("SELECT COUNT(*) AS n FROM opportunities WHERE close_date >= :since AND stage = :stage",
		since, Parameter{Name: "stage", Type: Choice, Values: []string{"won", "lost"}})
	if err := one.Check(model(t)); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []map[string]string{
		{},
		{"stage": "open"},
		{"stage": "won' OR 1=1"},
		{"stage": "won", "since": "2026-01-02"}, // between two days one record could be fenced in
		{"stage": "won", "since": "2026-02-01"}, // no quarter begins there
		{"stage": "won", "since": "-4"},
		{"stage": "won", "other": "x"},
	} {
		if _, _, err := one.Ask(model(t), bad, now); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
	q, _, err := one.Ask(model(t), map[string]string{"stage": "lost", "since": "2026-04-01"}, now)
	if err != nil || string(q.Filter) != `{"$and":[{"close_date":{"$gte":"2026-04-01"}},{"stage":{"$eq":"lost"}}]}` {
		t.Errorf("%v %s", err, q.Filter)
	}
	for _, bad := range []Parameter{
		{Name: "since", Type: "date"},
		{Name: "Since", Type: Month},
		{Name: "since", Type: Choice},
		{Name: "since", Type: Month, Values: []string{"2026-01-01"}},
		{Name: "since", Type: Month, Default: "x"},
		{Name: "since", Type: Choice, Values: []string{"2026-01-01"}}, // a date needs a calendar
	} {
		err := template("SELECT COUNT(*) AS n FROM opportunities WHERE close_date >= :since", bad).Check(model(t))
		if remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("SELECT a.industry, COUNT(*) AS n FROM opportunities o LEFT JOIN accounts a ON a.id = o.account_id WHERE o.stage IN ('won') GROUP BY industry")
	f.Add("SELECT AVG(CASE WHEN NOT stage = 'won' THEN 1 ELSE 0 END) AS n FROM opportunities WHERE amount BETWEEN 1 AND 2")
	m := model(f)
	f.Fuzz(func(t *testing.T, sql string) {
		err := template(sql).Check(m)
		if err != nil && remit.KindOf(err) != remit.KindInvalid {
			t.Fatalf("not an error for a writer: %v", err)
		}
	})
}
