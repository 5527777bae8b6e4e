package analytics

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// Parameter is what a caller may choose of a template. What may be chosen is
// always a short list or the grid of a calendar: between two free dates or numbers
// one record could be fenced in.
type Parameter struct {
	Name    string   `json:"name"`
	Title   string   `json:"title,omitempty"`
	Type    string   `json:"type" enum:"choice,month,quarter,year" doc:"choice: one of values. month, quarter, year: the first day of one, as 2026-01-01."`
	Values  []string `json:"values,omitempty" nullable:"false" doc:"What may be chosen; for choice alone."`
	Default string   `json:"default,omitempty" doc:"Taken where none is given. For a period a number of periods from the one that runs, e.g. -12; none: it must be given."`
}

// The types of parameters.
const (
	Choice  = "choice"
	Month   = "month"
	Quarter = "quarter"
	Year    = "year"
)

const (
	maxParameters = 8
	maxValues     = 100
	maxSteps      = 600 // periods from now on, either way
)

func (p *Parameter) dated() bool { return p.Type != Choice }

func (p *Parameter) check(place string) error {
	switch {
	case !validName(p.Name, '_'):
		return remit.FieldErrorf(place+".name", "must be lower-case letters, digits and _")
	case !slices.Contains([]string{Choice, Month, Quarter, Year}, p.Type):
		return remit.FieldErrorf(place+".type", "must be choice, month, quarter or year")
	case p.dated() && len(p.Values) > 0:
		return remit.FieldErrorf(place+".values", "are for a choice: a %s has its calendar", p.Type)
	case !p.dated() && (len(p.Values) == 0 || len(p.Values) > maxValues):
		return remit.FieldErrorf(place+".values", "list 1 to %d values that may be chosen", maxValues)
	case p.Default == "":
		return nil
	case p.dated():
		_, err := p.from(p.Default, time.Unix(0, 0).UTC())
		return within(place+".default", err)
	case !slices.Contains(p.Values, p.Default):
		return remit.FieldErrorf(place+".default", "must be one of the values")
	}
	return nil
}

func within(place string, err error) error {
	if err == nil {
		return nil
	}
	return remit.FieldErrorf(place, "%s", remit.PublicText(err))
}

// take returns the value that a caller gave ("" for none), in its one spelling.
func (p *Parameter) take(given string, now time.Time) (string, error) {
	place := "parameters." + p.Name
	switch {
	case given == "" && p.Default == "":
		return "", remit.FieldErrorf(place, "is missing: %s", p.allowed())
	case given == "" && p.dated():
		return p.from(p.Default, now)
	case given == "":
		return p.Default, nil
	case p.dated():
		day, err := time.Parse(remit.DateLayout, given)
		if err != nil || !day.Equal(p.start(day)) || day.Year() < 1900 || day.Year() > 2200 {
			return "", remit.FieldErrorf(place, "give %s", p.allowed())
		}
		return given, nil
	case !slices.Contains(p.Values, given):
		e := remit.FieldErrorf(place, "give %s", p.allowed())
		e.Hint = remit.DidYouMean(given, p.Values)
		return "", e
	}
	return given, nil
}

// allowed says in words what may be given.
func (p *Parameter) allowed() string {
	if p.dated() {
		return "the first day of a " + p.Type + ", e.g. 2026-01-01"
	}
	return "one of: " + strings.Join(p.Values, ", ")
}

// from returns the period that begins so many periods from the one that runs.
func (p *Parameter) from(steps string, now time.Time) (string, error) {
	n, err := strconv.Atoi(steps)
	if err != nil || n < -maxSteps || n > maxSteps {
		return "", remit.Errorf(remit.KindInvalid, "must be a number of periods, e.g. -12")
	}
	start := p.start(now)
	months := map[string]int{Month: 1, Quarter: 3, Year: 12}[p.Type]
	return start.AddDate(0, n*months, 0).Format(remit.DateLayout), nil
}

// start returns the first day of the period that holds the day.
func (p *Parameter) start(day time.Time) time.Time {
	y, m, _ := day.Date()
	switch p.Type {
	case Quarter:
		m = (m-1)/3*3 + 1
	case Year:
		m = 1
	}
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}

// validName reports whether a name is made of lower-case letters, digits and the
// separator, beginning with a letter.
func validName(name string, separator rune) bool {
	for i, c := range name {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != separator) {
			return false
		}
	}
	return name != "" && len(name) <= 60
}
