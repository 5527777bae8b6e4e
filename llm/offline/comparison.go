package offline

// comparison bounds a number: "more than 1000", "between 5 and 10".
type comparison struct {
	op        string // filter operator: $gt, $gte, $lt, $lte, $eq; "$between" has both bounds
	low, high decimal
}

// comparisonWords lead a number; longer phrases first.
var comparisonWords = []struct {
	words []string
	op    string
}{
	{[]string{"no", "less", "than"}, "$gte"},
	{[]string{"no", "fewer", "than"}, "$gte"},
	{[]string{"not", "less", "than"}, "$gte"},
	{[]string{"no", "more", "than"}, "$lte"},
	{[]string{"not", "more", "than"}, "$lte"},
	{[]string{"more", "than"}, "$gt"},
	{[]string{"greater", "than"}, "$gt"},
	{[]string{"larger", "than"}, "$gt"},
	{[]string{"bigger", "than"}, "$gt"},
	{[]string{"higher", "than"}, "$gt"},
	{[]string{"less", "than"}, "$lt"},
	{[]string{"fewer", "than"}, "$lt"},
	{[]string{"smaller", "than"}, "$lt"},
	{[]string{"lower", "than"}, "$lt"},
	{[]string{"at", "least"}, "$gte"},
	{[]string{"minimum", "of"}, "$gte"},
	{[]string{"at", "most"}, "$lte"},
	{[]string{"up", "to"}, "$lte"},
	{[]string{"maximum", "of"}, "$lte"},
	{[]string{"equal", "to"}, "$eq"},
	{[]string{"over"}, "$gt"},
	{[]string{"above"}, "$gt"},
	{[]string{"exceeding"}, "$gt"},
	{[]string{"exceeds"}, "$gt"},
	{[]string{"exceed"}, "$gt"},
	{[]string{"under"}, "$lt"},
	{[]string{"below"}, "$lt"},
	{[]string{"exactly"}, "$eq"},
	{[]string{"equals"}, "$eq"},
	{[]string{">"}, "$gt"},
	{[]string{">="}, "$gte"},
	{[]string{"<"}, "$lt"},
	{[]string{"<="}, "$lte"},
	{[]string{"="}, "$eq"},
}

// scanComparison reads a comparison at the start of the tokens and returns how
// many it took, 0 for none.
func scanComparison(tokens []token) (comparison, int) {
	if c, n := scanRange(tokens); n > 0 {
		return c, n
	}
	for _, lead := range comparisonWords {
		n := len(lead.words)
		if beginsWith(tokens, lead.words) && numberAt(tokens, n) {
			return comparison{op: lead.op, low: tokens[n].number}, n + 1
		}
	}
	return scanTrailing(tokens)
}

func numberAt(tokens []token, i int) bool {
	return i < len(tokens) && tokens[i].kind == numberToken
}

// scanRange reads "between 5 and 10" and "from 5 to 10". Two plain years are
// left to the calendar.
func scanRange(tokens []token) (comparison, int) {
	lead, link := wordAt(tokens, 0), wordAt(tokens, 2)
	if pair := lead + " " + link; pair != "between and" && pair != "from to" {
		return comparison{}, 0
	}
	if !numberAt(tokens, 1) || !numberAt(tokens, 3) || (yearAt(tokens, 1) > 0 && yearAt(tokens, 3) > 0) {
		return comparison{}, 0
	}
	return comparison{op: "$between", low: tokens[1].number, high: tokens[3].number}, 4
}

// scanTrailing reads "5000 or more", "5000+".
func scanTrailing(tokens []token) (comparison, int) {
	if !numberAt(tokens, 0) {
		return comparison{}, 0
	}
	low := tokens[0].number
	if markAt(tokens, 1, "+") {
		return comparison{op: "$gte", low: low}, 2
	}
	if w := wordAt(tokens, 1); w != "or" && w != "and" {
		return comparison{}, 0
	}
	switch wordAt(tokens, 2) {
	case "more", "above", "higher", "greater":
		return comparison{op: "$gte", low: low}, 3
	case "less", "below", "fewer", "lower":
		return comparison{op: "$lte", low: low}, 3
	}
	return comparison{}, 0
}

// bound returns the number as a value of the field: 10 % is 0.1 of a decimal
// share and 10 of a whole number of percent.
func (d decimal) bound(f *field) string {
	if d.percent && f != nil && f.Type == "decimal" {
		return shiftPoint(d.text, -2)
	}
	return d.text
}

// shown writes the bound for people.
func (d decimal) shown(f *field) string {
	if d.percent && f == nil {
		return grouped(d.text) + " %"
	}
	if f != nil && f.shownType() == yearType {
		return d.text
	}
	return grouped(d.bound(f))
}
