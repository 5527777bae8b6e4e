package offline

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

type predictCall struct {
	Source     string `json:"data_source,omitempty"`
	Collection string `json:"collection"`
	ID         string `json:"id,omitempty"`
	Filter     any    `json:"filter,omitempty"`
	Limit      int    `json:"limit,omitempty"`
}

type forecastCall struct {
	Source     string `json:"data_source,omitempty"`
	Collection string `json:"collection"`
	Filter     any    `json:"filter,omitempty"`
	Bucket     string `json:"bucket,omitempty"`
}

// foretelling is what both tools answer.
type foretelling struct {
	Learned struct {
		Records, Of, Won, Lost json.Number
		BaseRate               json.Number `json:"base_rate"`
	} `json:"learned_from"`
	Declined *struct{ Reason, Message string }
	Check    *struct{ Improvement json.Number }
	Weights  []struct {
		Title  string
		Middle *struct {
			From, To json.Number
			Factor   json.Number `json:"odds_factor"`
		} `json:"middle_half"`
		Levels []struct {
			Level  string
			Factor json.Number `json:"odds_factor"`
		}
	}
	Open, Matching, Counted, Unvalued json.Number
	Ended                             string
	Interval                          *struct{ Coverage json.Number }
	Columns                           []columnInfo
	Rows                              []map[string]any
	Total                             map[string]any
}

func (f *foretelling) column(name string) columnInfo { return columnNamed(f.Columns, name) }

// deals is the collection whose records are won or lost, or else converted; nil if the
// actor may see none.
func (s *schema) deals() *collection {
	converts := func(c *collection) bool { f, _ := c.converted(); return f != nil }
	for _, ends := range []func(*collection) bool{func(c *collection) bool { return c.outcome() != nil }, converts} {
		if i := slices.IndexFunc(s.collections, ends); i >= 0 {
			return s.collections[i]
		}
	}
	return nil
}

// prospect reads a question that wants something foretold, if there is a tool for it.
func (c *conversation) prospect(question string) (*prospect, bool) {
	deals := c.index.schema.deals()
	if deals == nil {
		return nil, false
	}
	p, ok := prospectOf(question, deals.noun())
	if ok && p.adds && len(c.index.phrases[phraseKey([]string{"forecast"})]) > 0 {
		return nil, false // the data model has something of that name
	}
	return p, ok && c.desk.offers(p.tool())
}

// foretell answers it.
func (c *conversation) foretell(p *prospect) (string, error) {
	if p.deal {
		return c.foretellDeal(p)
	}
	q, explained, err := c.which(p.rest)
	if q == nil {
		return explained, err
	}
	if p.adds {
		return c.foretellSum(p, q)
	}
	call := predictCall{Source: q.of.source(), Collection: q.of.Name, Filter: allOf(q.where), Limit: max(p.limit, q.limit)}
	return c.foretellRanks(call, q)
}

// which reads the words that say which records are meant: deals, where they name no
// others. Where they are not understood, that is explained, and the query is nil.
func (c *conversation) which(rest string) (q *query, explained string, err error) {
	var r *reader
	spans, err := c.spans(rest)
	if err == nil && !slices.ContainsFunc(spans, func(s span) bool { return namedCollection(s) != nil }) {
		spans, err = c.spans(rest + " " + c.index.schema.deals().noun())
	}
	if err == nil {
		r = newReader(c.index, c.calendar, c.who, spans, nil)
		q, err = c.understand(r, nil)
	}
	if err == nil || errors.Is(err, errWaiting) {
		return q, "", err
	}
	explained, err = c.explain(err, r)
	return nil, explained, err
}

// foretellDeal tells the chance of the deal on the screen, or of those of a name or of
// an account of the name.
func (c *conversation) foretellDeal(p *prospect) (string, error) {
	deals := c.index.schema.deals()
	call := predictCall{Source: deals.source(), Collection: deals.Name}
	if p.name == "" {
		s := c.screens[len(c.screens)-1]
		if s == nil || len(s.Records) != 1 || s.Collection == "" {
			return "Which one do you mean? Open it and ask again, or name it: “What is the chance to win Cancity?”", nil
		}
		call.Collection, call.ID = s.Collection, string(s.Records[0])
		for _, of := range c.index.schema.collections {
			if of.Name == s.Collection {
				return c.foretellRanks(call, &query{of: of, list: true})
			}
		}
		return "You may see no such record.", nil
	}
	q := &query{of: deals, list: true, where: []condition{c.called(deals, p.name)}}
	call.Filter = allOf(q.where)
	return c.foretellRanks(call, q)
}

// called is the condition that a deal or its account has the name.
func (c *conversation) called(deals *collection, name string) condition {
	e := eitherOf{words: "name or account contains " + quote(name)}
	if f := deals.field(deals.TitleField); f != nil {
		e.parts = append(e.parts, holding{deals.own(f), name})
	}
	for _, hop := range c.index.schema.hops(deals) {
		if label := c.index.schema.label(hop); label.owner != deals && label.owner.Name == accountsName {
			e.parts = append(e.parts, holding{label, name})
		}
	}
	return e
}

// foretellRanks tells the chances of records, the likeliest first.
func (c *conversation) foretellRanks(call predictCall, q *query) (string, error) {
	var f foretelling
	if err := c.desk.call(toolPredict, call, &f); err != nil {
		return "", err
	}
	c.next = []string{"Forecast the pipeline by month", "Which deals are most likely to close?"}
	switch {
	case f.Ended != "":
		return "There is nothing to foretell: it is decided already, " + quote(f.Ended) + ".", nil
	case f.Declined != nil:
		return f.declineText(q), nil
	case len(f.Rows) == 0:
		return paragraphs(fmt.Sprintf("You may see no such open records: no %s.", sayAll(q.of, q.where)), f.basisText(q)), nil
	case len(f.Rows) == 1:
		return paragraphs(f.chanceText(q, f.Rows[0]), f.basisText(q), figureNoPromise), nil
	}
	return paragraphs(f.chancesTable(q), f.chancesBasis(q), f.weightText(), f.basisText(q), figureNoPromise), nil
}

const figureNoPromise = "A chance is a figure about many records like this one, and no promise about one."

func (f *foretelling) declineText(q *query) string {
	l := f.Learned
	basis := fmt.Sprintf("You may see %s that are decided", escape(plural(l.Records.String(), q.of.noun())))
	if l.Records != "0" {
		basis += fmt.Sprintf(", of which %s ended well (%s)", grouped(l.Won.String()), percent(l.BaseRate))
	}
	return paragraphs("**I make no prediction**: "+escape(f.Declined.Message)+".", basis+fmt.Sprintf(", and %s that are open.", grouped(f.Open.String())))
}

// title names a record.
func (f *foretelling) title(q *query, row map[string]any) string {
	if name := text(row[q.of.TitleField]); name != "" {
		return escape(name)
	}
	return "the record"
}

// chanceText tells of one record, with what speaks for and against it.
func (f *foretelling) chanceText(q *query, row map[string]any) string {
	var good, bad []string
	because, _ := row["because"].([]any)
	for _, one := range because {
		pull, _ := one.(map[string]any)
		factor := text(pull["odds_factor"])
		words := fmt.Sprintf("%s is %s (odds × %s)", escape(text(pull["title"])), quote(text(pull["value"])), factor)
		if less("1", factor) {
			good = append(good, words)
		} else {
			bad = append(bad, words)
		}
	}
	said := []string{fmt.Sprintf("The chance of **%s** to end well is **%s**.", f.title(q, row), percent(row["chance"]))}
	if len(good) > 0 {
		said = append(said, "For it speaks that "+join(good, "and")+".")
	}
	if len(bad) > 0 {
		said = append(said, "Against it speaks that "+join(bad, "and")+".")
	}
	return strings.Join(said, " ")
}

func (f *foretelling) chancesTable(q *query) string {
	titles := make([]string, len(f.Columns))
	for i, column := range f.Columns {
		titles[i] = capitalized(escape(titleOr(column.Title, column.Name)))
	}
	t := newTable(append(titles, "What weighs most"), len(titles)+1)
	for _, row := range f.Rows {
		var cells []string
		for i, column := range f.Columns {
			t.right[i] = column.Type == "money" || column.Type == "decimal"
			switch {
			case column.Name == "chance":
				cells = append(cells, percent(row["chance"]))
			case isHidden(row, column.Name):
				cells = append(cells, "*hidden*")
			default:
				cells = append(cells, format(row[column.Name], column))
			}
		}
		t.add(append(cells, strongest(row)))
	}
	return t.String()
}

// strongest says what moves a record's odds most.
func strongest(row map[string]any) string {
	because, _ := row["because"].([]any)
	if len(because) == 0 {
		return noValue
	}
	pull, _ := because[0].(map[string]any)
	return fmt.Sprintf("%s %s (× %s)", escape(text(pull["title"])), quote(text(pull["value"])), text(pull["odds_factor"]))
}

func (f *foretelling) chancesBasis(q *query) string {
	return fmt.Sprintf("The likeliest %d of the %s open %s that you may see and that match.", len(f.Rows), grouped(f.Matching.String()), escape(q.of.noun()))
}

// weightText says what counts most over all.
func (f *foretelling) weightText() string {
	const most = 3
	var said []string
	for _, w := range f.Weights[:min(most, len(f.Weights))] {
		words := escape(w.Title)
		if n := len(w.Levels); w.Middle != nil {
			words += fmt.Sprintf(" (from %s to %s: odds × %s)", grouped(w.Middle.From.String()), grouped(w.Middle.To.String()), w.Middle.Factor)
		} else if n > 1 {
			words += fmt.Sprintf(" (%s: odds × %s, %s: × %s)", quote(w.Levels[0].Level), w.Levels[0].Factor, quote(w.Levels[n-1].Level), w.Levels[n-1].Factor)
		}
		said = append(said, words)
	}
	if len(said) == 0 {
		return ""
	}
	return "What weighs most: " + strings.Join(said, "; ") + "."
}

// basisText says what the figures rest on and how good they are.
func (f *foretelling) basisText(q *query) string {
	l := f.Learned
	said := fmt.Sprintf("It rests on the %s that you may see and that are decided", escape(plural(l.Records.String(), q.of.noun())))
	if l.Of != l.Records {
		said = fmt.Sprintf("It rests on the latest %s of the %s that you may see and that are decided", grouped(l.Records.String()), escape(plural(l.Of.String(), q.of.noun())))
	}
	said += fmt.Sprintf("; %s of them ended well.", percent(l.BaseRate))
	if f.Check != nil {
		said += fmt.Sprintf(" On those that it had not seen, the model erred %s less than that rate alone would (log loss, cross-validated).", percent(f.Check.Improvement))
	}
	return said
}

// foretellSum tells what open records will bring, by period.
func (c *conversation) foretellSum(p *prospect, q *query) (string, error) {
	call := forecastCall{Source: q.of.source(), Collection: q.of.Name, Filter: allOf(q.where), Bucket: p.bucket}
	if call.Bucket == "" {
		call.Bucket = bucketWithin(q)
	}
	var f foretelling
	if err := c.desk.call(toolForecast, call, &f); err != nil {
		return "", err
	}
	c.next = []string{"Which deals are most likely to close?", "Value of the pipeline by stage"}
	switch {
	case f.Declined != nil:
		return f.declineText(q), nil
	case f.Counted == "0" || f.Counted == "":
		return paragraphs(fmt.Sprintf("You may see no such open records: no %s.", sayAll(q.of, q.where)), f.basisText(q)), nil
	}
	return paragraphs(f.sumText(q), f.periodTable(call.Bucket), c.overdueText(&f, call.Bucket), f.weightText(), f.basisText(q)), c.drawForecast(call, &f)
}

// bucketWithin is the length of the periods that a period is parted into.
func bucketWithin(q *query) string {
	for _, one := range q.where {
		if w, ok := one.(within); ok && len(w.periods) == 1 {
			switch w.periods[0].unit {
			case "quarter":
				return "month"
			case "month":
				return "week"
			}
		}
	}
	return "quarter"
}

func (f *foretelling) sumText(q *query) string {
	in := ""
	if f.Interval != nil {
		in = " in " + strings.Replace(percent(f.Interval.Coverage), ".0 ", " ", 1) + " of cases"
	}
	said := fmt.Sprintf("Of the %s open %s, about **%s** will end well (%s to %s%s).", grouped(f.Counted.String()), sayAll(q.of, q.where),
		tenths(f.Total["expected_wins"]), text(f.Total["wins_low"]), text(f.Total["wins_high"]), in)
	if expected := f.column("expected"); expected.Type != "" {
		said += fmt.Sprintf(" They bring about **%s** of %s (%s to %s%s).", format(f.Total["expected"], expected), format(f.Total["pipeline"], expected),
			format(f.Total["low"], expected), format(f.Total["high"], expected), in)
	}
	if f.Unvalued != "0" && f.Unvalued != "" {
		said += fmt.Sprintf(" %s of them have no amount that you may see, and count as wins alone.", grouped(f.Unvalued.String()))
	}
	if f.Matching != f.Counted {
		said += fmt.Sprintf(" There are %s that match; only so many are added up: narrow the question.", grouped(f.Matching.String()))
	}
	return said
}

func (f *foretelling) periodTable(bucket string) string {
	if len(f.Rows) == 0 {
		return ""
	}
	titles := make([]string, len(f.Columns))
	for i, column := range f.Columns {
		titles[i] = capitalized(escape(titleOr(column.Title, column.Name)))
	}
	t := newTable(titles, 1)
	for _, row := range f.Rows {
		cells := []string{"(empty or hidden)"}
		if at := text(row[f.Columns[0].Name]); at != "" {
			cells[0] = bucketName(at, bucket)
		}
		for _, column := range f.Columns[1:] {
			if column.Type == "decimal" {
				cells = append(cells, tenths(row[column.Name]))
				continue
			}
			cells = append(cells, format(row[column.Name], column))
		}
		t.add(cells)
	}
	return t.String()
}

// tenths shows a decimal with one place.
func tenths(value any) string {
	rounded, ok := roundHalfEven(text(value), 1)
	if !ok {
		return noValue
	}
	return grouped(rounded)
}

// overdueText says that periods have passed whose records are still open.
func (c *conversation) overdueText(f *foretelling, bucket string) string {
	for _, row := range f.Rows {
		day, err := time.Parse(remit.DateLayout, text(row[f.Columns[0].Name]))
		if err == nil && !addUnits(day, bucket, 1).After(c.calendar.today) {
			return "Periods that have passed hold records that are past their date and still open."
		}
	}
	return ""
}

// drawForecast draws what is expected beside what is in the pipeline.
func (c *conversation) drawForecast(call forecastCall, f *foretelling) error {
	if len(f.Rows) < 2 {
		return nil
	}
	series := []chartSeries{{Column: "expected_wins", Title: "Expected wins"}}
	if f.column("expected").Type != "" {
		series = []chartSeries{{Column: "expected", Title: "Expected"}, {Column: "pipeline", Title: "Pipeline"}}
	}
	return c.draw(toolForecast, call, chartCall{Kind: "bar", Title: "Forecast by " + call.Bucket, X: f.Columns[0].Name, Series: series})
}
