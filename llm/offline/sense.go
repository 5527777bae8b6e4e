package offline

// span is a stretch of the question with what it may stand for.
type span struct {
	text     string    // as written
	sense    sense     // what it is as a keyword; schemaSense if it is none
	meanings []meaning // what it may be in the schema
	used     bool      // it had its effect on the query; what stays unused is reported
	broken   bool      // a mark that ends a phrase stands before it
	plural   bool      // its last word looks like a plural
	upper    bool      // it is written with a capital inside a sentence
}

// sense is the sealed sum of what a span may be.
type sense interface{ isSense() }

type (
	fillerSense struct{ word string } // carries nothing: "the", "of"
	aggSense    struct {
		fn   function
		weak bool
	} // "average"; weak: "total" may also be a field
	rateSense  struct{ kind rateKind } // "close rate"
	shareSense struct{}                // "percentage of"
	listSense  struct{}                // "list", "show"
	rankSense  struct {
		ranking
		recent, size bool
	} // "top 5"; recent: "latest"; size: "largest", of the thing itself
	bySense     struct{ each bool }       // "by", "per", "in each"
	sortSense   struct{}                  // "sorted by"
	downSense   struct{ descending bool } // "descending"
	bucketSense struct {
		unit  string
		after bool
	} // "quarter"; after: "quarterly" needs no "by" before it
	compareSense struct{}               // "compare", "vs"
	periodSense  struct{ period }       // "in Q2 2017"
	numberSense  struct{ comparison }   // "more than 1000"
	countSense   struct{ n int }        // "20" in "list 20 deals"
	linkSense    struct{ or bool }      // "and", ",", "or"
	notSense     struct{}               // "not", "excluding"
	lackSense    struct{}               // "without", "missing"
	mineSense    struct{ team bool }    // "my", "my team"
	ownedSense   struct{ field string } // "owned by": the relation that it is about
	themSense    struct{ screen bool }  // "them", "those"; or "the selected ones"
	againSense   struct{}               // "what about", "instead"
	whichSense   struct{ who bool }     // "which", "who"
	moneySense   struct {
		kind moneyKind
		weak bool
	} // "revenue", "deal size"; weak: "made" counts only where nothing else is measured
	remarkSense struct{ text string } // what is passed over, with a word about it
	stateSense  struct {
		state dealState
		money bool
	} // "open", "closed"; money: "pipeline" is an amount, too
	whySense    struct{}              // "why"
	schemaSense struct{}              // nothing but its meanings
	nameSense   struct{ quoted bool } // a word or words to be looked up
	straySense  struct{}              // "between" without its numbers: a word that says nothing alone
	wontSense   struct{ why string }  // what the planner never does: why says the reason
)

func (fillerSense) isSense()  {}
func (aggSense) isSense()     {}
func (rateSense) isSense()    {}
func (shareSense) isSense()   {}
func (listSense) isSense()    {}
func (rankSense) isSense()    {}
func (bySense) isSense()      {}
func (sortSense) isSense()    {}
func (downSense) isSense()    {}
func (bucketSense) isSense()  {}
func (compareSense) isSense() {}
func (periodSense) isSense()  {}
func (numberSense) isSense()  {}
func (countSense) isSense()   {}
func (linkSense) isSense()    {}
func (notSense) isSense()     {}
func (lackSense) isSense()    {}
func (mineSense) isSense()    {}
func (ownedSense) isSense()   {}
func (themSense) isSense()    {}
func (againSense) isSense()   {}
func (whichSense) isSense()   {}
func (moneySense) isSense()   {}
func (stateSense) isSense()   {}
func (whySense) isSense()     {}
func (schemaSense) isSense()  {}
func (nameSense) isSense()    {}
func (wontSense) isSense()    {}
func (straySense) isSense()   {}
func (remarkSense) isSense()  {}

// is reports whether a span is a keyword of the type.
func is[S sense](s span) bool {
	_, ok := s.sense.(S)
	return ok
}

// rateKind names a rate.
type rateKind uint8

const (
	closeRate rateKind = iota + 1 // won ÷ (won + lost)
	lossRate                      // lost ÷ (won + lost)
	convRate                      // converted ÷ all
)

// moneyKind is what people call money without naming a field.
type moneyKind uint8

const (
	revenueMoney moneyKind = iota + 1 // "sales", "revenue", "value": of won deals
	sizeMoney                         // "deal size": of won deals, averaged
)

// dealState is a state that an outcome field implies.
type dealState uint8

const (
	wonState dealState = iota + 1
	lostState
	openState   // neither won nor lost
	closedState // won or lost
)

// ranking is an order by the measure, and how many come first.
type ranking struct {
	descending bool
	n          int // 0: not said
}
