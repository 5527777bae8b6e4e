package offline

import (
	"regexp"
	"strconv"
	"strings"
)

// The tools that foretell.
const (
	toolPredict  = "predict_outcome"
	toolForecast = "forecast_pipeline"
)

// prospect is what a question wants foretold. Exactly one of deal, ranks and adds is
// set.
type prospect struct {
	deal   bool   // the chance of one deal, or of those of one name
	name   string // which; "" is what is on the screen
	ranks  bool   // which records are the likeliest
	adds   bool   // what the pipeline will bring
	rest   string // what else is said: which records
	limit  int    // how many; 0: not said
	bucket string // into which periods; "" where none is said
}

// tool is the one that can tell.
func (p *prospect) tool() string {
	if p.adds {
		return toolForecast
	}
	return toolPredict
}

const (
	endsWell  = `(?:win(?:ning)?|won|clos(?:e|es|ing)|closed|get(?:ting)?|land(?:ing)?|succeed(?:ing)?|convert(?:ed|ing)?|accepted)`
	leadsIn   = `^\s*(?:please\s+)?(?:what(?:'s|’s|\s+is|\s+are)|how\s+(?:good|high|big|large)\s+(?:is|are)|tell\s+me|show(?:\s+me)?|give\s+me)?\s*(?:the\s+|our\s+|my\s+)?`
	leadsOut  = `[\s?.!]*$`
	theChance = `(?:chances?|odds|probability|likelihood)`
)

// chanceAsks are how people ask for the chance of one deal, whose name is the last
// group.
var chanceAsks = []*regexp.Regexp{
	regexp.MustCompile(`(?i)` + leadsIn + theChance + `\s+(?:(?:to|of|that|for)\s+)?(?:(?:us|we|will)\s+)*` + endsWell + `\s+(.+?)` + leadsOut),
	regexp.MustCompile(`(?i)` + leadsIn + `(?:win(?:ning)?|clos(?:e|ing)|success)\s+` + theChance + `\s+(?:of|for)\s+(.+?)` + leadsOut),
	regexp.MustCompile(`(?i)` + leadsIn + theChance + `\s+(?:of|for|that)\s+(.+?)\s+(?:(?:to|will|is|being|be)\s+)*` + endsWell + leadsOut),
	regexp.MustCompile(`(?i)^\s*how\s+likely\s+(?:is\s+it\s+that\s+we|are\s+we\s+to|will\s+we)\s+` + endsWell + `\s+(.+?)` + leadsOut),
	regexp.MustCompile(`(?i)^\s*how\s+likely\s+is\s+(.+?)\s+(?:to\s+)?(?:be\s+)?` + endsWell + leadsOut),
	regexp.MustCompile(`(?i)^\s*(?:will|can)\s+we\s+(?:win|close|get|land)\s+(.+?)` + leadsOut),
}

var (
	dealOnScreen = regexp.MustCompile(`(?i)^(?:(?:this|the|that|my)\s+)?(?:(?:selected|open|current)\s+)?(?:deal|opportunity|quote|lead|it|one|this)$`)
	dealBefore   = regexp.MustCompile(`(?i)^(?:the\s+(?:deal|opportunity)|(?:deal|opportunity)\s+(?:called|named|with|for|of))\s+(?:called\s+|named\s+|with\s+|for\s+|of\s+)?`)
	dealBehind   = regexp.MustCompile(`(?i)\s+(?:deal|opportunity)$`)

	likeliest  = regexp.MustCompile(`(?i)\b(?:most\s+likely|likeliest)\b`)
	toEndWell  = regexp.MustCompile(`(?i)\bto\s+(?:be\s+)?` + endsWell + `\b`)
	byChance   = regexp.MustCompile(`(?i)\b(?:sorted\s+|ranked\s+|ordered\s+)?by\s+(?:the\s+|their\s+)?(?:chances?|likelihood)(?:\s+(?:to|of)\s+(?:be\s+)?` + endsWell + `)?\b`)
	topSo      = regexp.MustCompile(`(?i)\btop\s+([0-9]{1,2})\b`)
	forecasts  = regexp.MustCompile(`(?i)\b(?:forecasts?|forecasting|projections?)\b`)
	willBring  = regexp.MustCompile(`(?i)\b(?:how\s+much|how\s+many\s+deals|what)\s+(?:\S+\s+)?(?:will|shall|can)\s+(?:we|i|the\s+team|my\s+team)\s+(?:probably\s+|likely\s+)?(?:sell|win|close|make|earn|bring\s+in)\b`)
	expectedIn = regexp.MustCompile(`(?i)\bexpected\s+(?:revenue|sales|wins|income|bookings)\b`)
	foretold   = regexp.MustCompile(`(?i)^\s*(?:please\s+)?(?:predict|project)\b`)
	pipelines  = regexp.MustCompile(`(?i)\b(?:(?:sales|open)\s+)?pipeline\b|\b(?:revenues?|sales|bookings|turnover|income|wins)\b`)
	byPeriod   = regexp.MustCompile(`(?i)\b(?:by|per|each|every)\s+(week|month|quarter|year)\b`)
	periodly   = regexp.MustCompile(`(?i)\b(week|month|quarter|year)ly\b`)
	ofPeriod   = regexp.MustCompile(`(?i)\b(week|month|quarter|year)['’]s\b`)
	askingFor  = regexp.MustCompile(`(?i)^\s*(?:please\s+)?(?:(?:can|could|would)\s+you\s+)?(?:what(?:'s|’s|\s+is|\s+will\s+be)|give\s+me|show(?:\s+me)?|make(?:\s+me)?|create|draw|tell\s+me)\b`)
)

// prospectOf reads a question that wants something foretold. noun is what records are
// called that are won or lost; a forecast is of them where it names no others.
func prospectOf(question, noun string) (*prospect, bool) {
	if len(question) > maxQuestion {
		return nil, false
	}
	for _, ask := range chanceAsks {
		if m := ask.FindStringSubmatch(question); m != nil {
			return &prospect{deal: true, name: dealName(m[len(m)-1])}, true
		}
	}
	switch {
	case likeliest.MatchString(question), byChance.MatchString(question):
		return rankingOf(question), true
	case forecasts.MatchString(question), willBring.MatchString(question), expectedIn.MatchString(question), foretold.MatchString(question):
		return addingOf(question, noun), true
	}
	return nil, false
}

// dealName is what a deal is called; "" for the one on the screen.
func dealName(said string) string {
	said = strings.TrimSpace(said)
	if dealOnScreen.MatchString(said) {
		return ""
	}
	said = dealBehind.ReplaceAllString(dealBefore.ReplaceAllString(said, ""), "")
	said = strings.TrimPrefix(strings.TrimPrefix(said, "the "), "The ")
	return strings.Trim(said, `"'“”‘’ `)
}

func rankingOf(question string) *prospect {
	p := &prospect{ranks: true}
	rest := toEndWell.ReplaceAllString(likeliest.ReplaceAllString(byChance.ReplaceAllString(question, " "), " "), " ")
	if m := topSo.FindStringSubmatch(rest); m != nil {
		p.limit, _ = strconv.Atoi(m[1]) // two digits: it is a number
		rest = topSo.ReplaceAllString(rest, " ")
	}
	p.rest = "list " + rest
	return p
}

func addingOf(question, noun string) *prospect {
	p := &prospect{adds: true}
	rest := askingFor.ReplaceAllString(foretold.ReplaceAllString(question, " "), " ")
	for _, words := range []*regexp.Regexp{forecasts, willBring, expectedIn} {
		rest = words.ReplaceAllString(rest, " ")
	}
	for _, words := range []*regexp.Regexp{byPeriod, periodly} {
		if m := words.FindStringSubmatch(rest); m != nil {
			p.bucket = strings.ToLower(m[1])
			rest = words.ReplaceAllString(rest, " ")
		}
	}
	rest = ofPeriod.ReplaceAllString(rest, "$1")
	p.rest = "list " + pipelines.ReplaceAllString(rest, noun)
	return p
}
