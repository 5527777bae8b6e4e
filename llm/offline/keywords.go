package offline

import "strings"

// keyword is a phrase with a sense of its own, whatever the schema.
type keyword struct {
	phrases []string // parted by "|" in the table below
	sense   sense
}

// keywords are tried longest first; of equal length the first in the table
// wins.
var keywords = makeKeywords([]struct {
	phrases string
	sense   sense
}{
	{"how many different|how many distinct|how many unique|number of different|number of distinct|number of unique|count of distinct|count distinct|distinct count of|different|distinct|unique", aggSense{fn: distinct}},
	{"how many|how many of|the number of|total number of|number of|count of|count|total count of|number", aggSense{fn: count}},
	{"sum of|sum|add up|summed|sum up|sum total of", aggSense{fn: sum}},
	{"total|how much|worth|overall value of|how big|how large|how big is|how large is", aggSense{fn: sum, weak: true}},
	{"average|avg|mean|on average|average of|mean of", aggSense{fn: average}},
	{"minimum|min|minimum of", aggSense{fn: minimum}},
	{"maximum|max|maximum of", aggSense{fn: maximum}},

	{"close rate|closing rate|close rates|closing rates|win rate|win rates|winning rate|won rate|success rate|success rates|close ratio|closing ratio|win ratio|close percentage|win percentage|hit rate|win loss ratio", rateSense{closeRate}},
	{"loss rate|loss rates|lost rate|lose rate|losing rate|loss ratio", rateSense{lossRate}},
	{"conversion rate|conversion rates|conversion|converted rate|conversion ratio", rateSense{convRate}},
	{"share of|percentage of|percent of|proportion of|fraction of|share|percentage|percent|proportion|fraction|rate|ratio", shareSense{}},

	{"list|show|display|find|give|list all|show all|get|see|view|look up|which are|pull up|search|search for", listSense{}},
	{"most recent|latest|newest|recent|most recently|last", rankSense{ranking: ranking{descending: true}, recent: true}},
	{"oldest|earliest|first", rankSense{recent: true}},
	{"top|most|best|leading|strongest", rankSense{ranking: ranking{descending: true}}},
	{"highest|largest|biggest|greatest|most valuable|most expensive", rankSense{ranking: ranking{descending: true}, size: true}},
	{"bottom|least|fewest|worst|weakest", rankSense{}},
	{"lowest|smallest|cheapest|least valuable|least expensive", rankSense{size: true}},

	{"by|per|grouped by|group by|broken down by|break down by|breakdown by|split by|divided by|depending on|according to|across|for all", bySense{}},
	{"for each|in each|of each|by each|from each|at each|for every|in every|of every|each|every|across all", bySense{each: true}},
	{"sorted by|ordered by|sort by|order by|ranked by|rank by", sortSense{}},
	{"descending|desc|from high to low|from highest to lowest|highest first|largest first|newest first|latest first", downSense{descending: true}},
	{"ascending|asc|from low to high|from lowest to highest|lowest first|smallest first|oldest first|earliest first", downSense{}},

	{"day|days|date", bucketSense{unit: "day"}},
	{"week|weeks|calendar week", bucketSense{unit: "week"}},
	{"month|months|calendar month", bucketSense{unit: "month"}},
	{"quarter|quarters|calendar quarter", bucketSense{unit: "quarter"}},
	{"year|years|calendar year", bucketSense{unit: "year"}},
	{"daily|day by day", bucketSense{unit: "day", after: true}},
	{"weekly|week by week", bucketSense{unit: "week", after: true}},
	{"monthly|month by month|over time|trend|trend of|development of|month over month", bucketSense{unit: "month", after: true}},
	{"quarterly|quarter by quarter|quarter over quarter", bucketSense{unit: "quarter", after: true}},
	{"yearly|annually|year by year|annual|year over year", bucketSense{unit: "year", after: true}},

	{"compare|comparison of|comparison between|comparison|vs|versus|compared to|compared with|in comparison to|against|difference between", compareSense{}},
	{"and|&|as well as|plus|along with|together with|but", linkSense{}},
	{"or", linkSense{or: true}},
	{"not|excluding|exclude|except|except for|other than|apart from|but not|non|never", notSense{}},
	{"without|without a|without an|without any|missing|lacking|with no|no|have no|has no|having no|that have no|that has no|not having|with missing", lackSense{}},

	{"my team|my reports|my direct reports|my people|my salespeople|my reps", mineSense{team: true}},
	{"my|mine|of mine|i own|owned by me|assigned to me|do i own|i am owner of|my own", mineSense{}},
	{"owned by|belonging to|belongs to|belong to|assigned to|handled by|sold by|owner is|run by|led by", ownedSense{"owner_id"}},
	{"report to|reports to|reporting to|reported to|managed by|who report to|works for|work for", ownedSense{"manager_id"}},
	{"this list|this page|this view|this board|on my screen|on the screen|on this page|the selected ones|selected ones|the selected|the selection|my selection|i selected|i have selected", themSense{screen: true}},
	{"them|those|these|they|their|it|the same ones|the ones|that one", themSense{}},
	{"what about|how about|same|the same|same for|the same for|instead|also|then|only|just|but only|again|now for|and now|now", againSense{}},

	{"which|what kind of|what kinds of|which of|which one of|which ones of", whichSense{}},
	{"who|whom", whichSense{who: true}},
	{"why|how come|explain|explain that|explain this|how did you get that|how did you calculate that|how did you compute that|how was that calculated|how is that calculated|how was that computed|how is that computed|where does that come from|how so|why so", whySense{}},

	{"revenue|revenues|sales|sales volume|turnover|income|value|bookings|sales revenue|won value|won revenue", moneySense{kind: revenueMoney}},
	{"money|make|made|makes|earn|earned|sell|sells|bring in|brings in|brought in|generate|generates|generated", moneySense{kind: revenueMoney, weak: true}},
	{"deal size|deal sizes|deal value|deal values|size|sizes|order size|contract size|ticket size", moneySense{kind: sizeMoney}},
	{"pipeline|open pipeline", stateSense{state: openState, money: true}},
	{"won|win|wins|winning|closed won|successful|sold|succeeded", stateSense{state: wonState}},
	{"lost|lose|loses|losing|losses|closed lost|unsuccessful", stateSense{state: lostState}},
	{"open|still open|ongoing|in progress|unclosed|not closed|not yet closed|pending|running", stateSense{state: openState}},
	{"closed|close|closes|closing|decided", stateSense{state: closedState}},

	{"chart|charts|plot|graph|draw|diagram|visualize|visualise|pie chart|bar chart|line chart|draw a chart", remarkSense{"I draw charts only where I am given the tool for it; the table has the figures."}},
	{"between|more|less|than|fields|field|columns|column|describe|report|reports", straySense{}},
	{"delete|remove|erase|update|change|edit|create|add|insert|assign|reassign|rename|merge|mark|set|approve|import|export", wontSense{"I only read: I cannot change, create, delete or export records"}},
	{"send|write|draft|mail|post|call up|schedule|remind|email to|translate|summarize|summarise", wontSense{"I only compute figures and list records: I write no texts and send nothing"}},
	{"predict|forecast|forecasts|projection|project|recommend|suggest|should|advise|advice|likely|expect", wontSense{"I only compute figures from records: I predict and recommend nothing"}},
	{"median|percentile|standard deviation|variance|correlation|stddev|quartile|cumulative|running total|moving average|growth|growth rate|weighted|sales cycle|days to close|time to close|how long|how often|how old|when", wontSense{"I cannot compute this: I know counts, sums, averages, minima, maxima and shares"}},
})

func makeKeywords(table []struct {
	phrases string
	sense   sense
},
) []keyword {
	var all []keyword
	for _, row := range table {
		for _, phrase := range strings.Split(row.phrases, "|") {
			all = append(all, keyword{phrases: strings.Fields(phrase), sense: row.sense})
		}
	}
	return all
}

// longestKeyword returns the sense of the longest keyword that the tokens begin
// with, and its length; 0 if none.
func longestKeyword(tokens []token) (sense, int) {
	var found sense
	longest := 0
	for _, k := range keywords {
		if len(k.phrases) > longest && beginsWith(tokens, k.phrases) {
			found, longest = k.sense, len(k.phrases)
		}
	}
	return found, longest
}

func beginsWith(tokens []token, words []string) bool {
	if len(tokens) < len(words) {
		return false
	}
	for i, w := range words {
		t := tokens[i]
		if t.kind == quotedToken || t.word != w || (i > 0 && t.broken) {
			return false
		}
	}
	return true
}

// fillers carry nothing that the planner could get wrong by passing over them.
// Words that narrow, negate or ask for something else are not among them.
var fillers = wordSet(`
	a an the of for in on at to from with within into about as than over among because
	is are was were be been being am do does did have has had having get gets got
	there here that this its his her our ours we us you your i me
	please can could would will may might tell know want need like let
	what how many much any all some whose where
	so far yet already currently ever still overall altogether actually really right
	record records entry entries row rows item items one ones
	data figures figure detail details result results information info
	located based situated called named titled
	breakdown overview
	went go came come happened happen occurred happening
	hi hello hey thanks thank ok okay well kindly
	exist exists respectively corresponding related associated
	involving regarding concerning too up table
`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// namingWords may stand between a collection and the name of one of its records:
// "the account called Cancity".
var namingWords = wordSet("called named titled is")
