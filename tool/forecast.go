package tool

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/predict"
)

type forecastInput struct {
	target
	Filter  json.RawMessage `json:"filter"`
	Amount  string          `json:"amount"`
	Date    string          `json:"date"`
	Bucket  string          `json:"bucket"`
	Outcome *outcome        `json:"outcome"`
}

// SetDefaults names what the rest of the package and a tool's condition rely on.
func (in *forecastInput) SetDefaults() {
	in.target.SetDefaults()
	if in.Bucket == "" {
		in.Bucket = "quarter"
	}
}

// forecast is what forecast_pipeline answers: a row a period, and the total.
type forecast struct {
	foundation
	Matching int64           `json:"matching"` // open records that match
	Counted  int             `json:"counted"`  // of them, those that the figures rest on
	Unvalued int             `json:"unvalued"` // of these, those without an amount that may be seen: they count as wins alone
	Interval *intervalMeant  `json:"interval,omitempty"`
	Columns  []lens.Column   `json:"columns"`
	Rows     []forecastCells `json:"rows"`
	Total    forecastCells   `json:"total,omitempty"`
}

// forecastCells are the figures of one period, by column.
type forecastCells map[string]remit.Value

type intervalMeant struct {
	Coverage remit.Value `json:"coverage"`
	Method   string      `json:"method"`
}

// intervalMethod says what the intervals are.
const intervalMethod = "wins: the exact Poisson binomial distribution of the chances; amounts: the same, by convolution over steps of 1/4096 of the pipeline. " +
	"Nine of ten times it is no more than the upper end, and nine of ten no less than the lower. Records are taken to end independently, and the chances for right"

// The columns of a forecast, beside the date's.
const (
	openColumn, winsColumn, winsLowColumn, winsUpColumn = "open", "expected_wins", "wins_low", "wins_high"
	pipelineColumn, expectedColumn, lowColumn, upColumn = "pipeline", "expected", "low", "high"
)

// forecast adds up what open records are likely to bring, by period.
func (s seer) forecast(ctx context.Context, actor remit.Actor, in forecastInput) (*Result, error) {
	return s.bounded(ctx, func(ctx context.Context) (*Result, error) {
		from := traced(actor)
		l, err := s.learn(ctx, actor, in.target, in.Outcome, from)
		if err != nil {
			return nil, err
		}
		p, err := l.pipelineOf(in)
		if err != nil {
			return nil, err
		}
		found, err := s.matching(ctx, actor, l, in.Filter, p.fields(), from)
		if err != nil {
			return nil, err
		}
		answer := &forecast{foundation: l.foundation(), Matching: found.total, Columns: p.columns(), Rows: []forecastCells{}}
		if l.model != nil {
			if err := p.fill(answer, found.rows); err != nil {
				return nil, err
			}
		}
		return result(answer, Result{Text: answer.text(), Rows: len(answer.Rows), Untrusted: true, Lineage: from})
	})
}

func (f *forecast) text() string {
	if f.Declined != nil {
		return "no forecast: " + f.Declined.Message
	}
	return fmt.Sprintf("a forecast of %s of %s, learned from %d", plural(f.Counted, "open record"), f.Collection, f.Learned.Records)
}

// pipeline is how open records are added up: by which amount, and by which date.
type pipeline struct {
	*lesson
	amount, date *lens.FieldInfo // nil: none
	bucket       string
}

// pipelineOf settles the amount and the date: those that are asked for, or the first
// of money and the one by which records are timed. Without an amount that the actor
// may see, wins are forecast alone; without a date, there is but the total.
func (l *lesson) pipelineOf(in forecastInput) (*pipeline, error) {
	p := &pipeline{lesson: l, amount: l.money(), date: fieldOf(l.info, l.info.TimeField), bucket: in.Bucket}
	if !slices.Contains(buckets, in.Bucket) {
		e := remit.FieldErrorf("bucket", "is none of %s", list(buckets))
		e.Hint = remit.DidYouMean(in.Bucket, buckets)
		return nil, e
	}
	if in.Amount != "" {
		if p.amount = fieldOf(l.info, in.Amount); p.amount == nil || p.amount.Type != remit.Currency {
			return nil, remit.FieldErrorf("amount", "%q is no field of money of %s that you may see", clip(in.Amount), l.info.Name)
		}
	}
	if in.Date != "" {
		if p.date = fieldOf(l.info, in.Date); p.date == nil || p.date.Type != remit.Date {
			return nil, remit.FieldErrorf("date", "%q is no date of %s that you may see", clip(in.Date), l.info.Name)
		}
	}
	if p.date != nil && p.date.Type != remit.Date {
		p.date = nil
	}
	return p, nil
}

var buckets = []string{"week", "month", "quarter", "year"}

// fields are those that the pipeline is added up by.
func (p *pipeline) fields() []string {
	var names []string
	for _, f := range []*lens.FieldInfo{p.amount, p.date} {
		if f != nil {
			names = append(names, f.Name)
		}
	}
	return names
}

func (p *pipeline) columns() []lens.Column {
	columns := []lens.Column{}
	if p.date != nil {
		columns = append(columns, lens.Column{Name: p.date.Name, Type: remit.Date, Title: p.date.Title})
	}
	columns = append(columns,
		lens.Column{Name: openColumn, Type: remit.Integer, Title: "Open"},
		lens.Column{Name: winsColumn, Type: remit.Decimal, Title: "Expected wins"},
		lens.Column{Name: winsLowColumn, Type: remit.Integer, Title: "Wins, lower end"},
		lens.Column{Name: winsUpColumn, Type: remit.Integer, Title: "Wins, upper end"})
	if p.amount == nil {
		return columns
	}
	for _, c := range []struct{ name, title string }{{pipelineColumn, "Pipeline"}, {expectedColumn, "Expected"}, {lowColumn, "Lower end"}, {upColumn, "Upper end"}} {
		columns = append(columns, lens.Column{Name: c.name, Type: remit.Currency, Title: c.title, Currency: p.amount.Currency})
	}
	return columns
}

// undated is the period of records without a date that may be seen: it comes last.
const undated = int64(1<<63 - 1)

// fill scores the records and adds them up by period.
func (p *pipeline) fill(answer *forecast, found []row) error {
	periods, all := map[int64][]predict.Bet{}, make([]predict.Bet, 0, len(found))
	for _, r := range found {
		bet := predict.Bet{Chance: predict.Millionths(p.model.Score(p.record(r)).Chance)}
		if p.amount != nil {
			v, state := r.value(p.amount.Name)
			if bet.Amount = v.Int(); state != predict.Given {
				answer.Unvalued++
			}
		}
		at := p.period(r)
		periods[at], all = append(periods[at], bet), append(all, bet)
	}
	answer.Counted = len(all)
	answer.Interval = &intervalMeant{share(predict.Coverage), intervalMethod}
	var err error
	if answer.Total, err = p.cells(all); err != nil || p.date == nil {
		return err
	}
	for _, at := range slices.Sorted(maps.Keys(periods)) {
		cells, err := p.cells(periods[at])
		if err != nil {
			return err
		}
		if cells[p.date.Name] = remit.Null; at != undated {
			cells[p.date.Name] = remit.DateValue(at)
		}
		answer.Rows = append(answer.Rows, cells)
	}
	return nil
}

// period is the first day of the bucket that a record falls into.
func (p *pipeline) period(r row) int64 {
	if p.date == nil {
		return undated
	}
	v, state := r.value(p.date.Name)
	if state != predict.Given {
		return undated
	}
	return startOf(v.Time(), p.bucket).Unix() / 86400
}

// startOf returns the first day of the bucket that a day falls into. Weeks are those
// of ISO 8601: they begin on Monday.
func startOf(day time.Time, bucket string) time.Time {
	y, m, d := day.Date()
	switch bucket {
	case "week":
		d -= (int(day.Weekday()) + 6) % 7
	case "month":
		d = 1
	case "quarter":
		m, d = (m-1)/3*3+1, 1
	default:
		m, d = 1, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func (p *pipeline) cells(bets []predict.Bet) (forecastCells, error) {
	o, err := predict.Forecast(bets)
	if err != nil {
		return nil, &remit.Error{Kind: remit.KindLimited, Message: "the amounts are too large to be added up: narrow the filter", Cause: err}
	}
	cells := forecastCells{
		openColumn: remit.IntegerValue(int64(o.Records)), winsColumn: remit.DecimalValue(o.Wins),
		winsLowColumn: remit.IntegerValue(int64(o.WinsLow)), winsUpColumn: remit.IntegerValue(int64(o.WinsUp)),
	}
	if p.amount != nil {
		for name, minor := range map[string]int64{pipelineColumn: o.Pipeline, expectedColumn: o.Expected, lowColumn: o.Low, upColumn: o.Up} {
			cells[name] = remit.MoneyValue(minor, p.amount.Currency)
		}
	}
	return cells, nil
}
