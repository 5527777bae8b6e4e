package offline

// What people say for what the data model calls otherwise. A set applies where
// one of its members is a name or title that the actor may see; a word that is
// itself a name or title in the schema keeps that meaning first.

var collectionSynonyms = makeSynonyms([][]string{
	{"opportunity", "deal", "opp", "sales opportunity", "sales pipeline"},
	{"account", "customer", "client", "company", "organisation", "organization", "business", "firm"},
	{"people", "rep", "sales rep", "salesperson", "salespeople", "sales people", "seller", "sales agent", "agent", "colleague", "user", "representative", "sales representative", "account manager", "team member", "coworker"},
	{"activity", "interaction", "touchpoint"},
	{"order", "purchase", "purchase order"},
	{"quote", "offer", "quotation"},
	{"lead", "inquiry", "enquiry"},
	{"contact", "contact person"},
	{"department", "team", "office", "regional office"},
})

var fieldSynonyms = makeSynonyms([][]string{
	{"industry", "sector", "vertical", "branch", "line of business", "industry sector"},
	{"owner", "rep", "sales rep", "salesperson", "salespeople", "sales people", "seller", "sales agent", "agent", "account manager", "responsible", "representative", "sales representative", "account owner", "deal owner"},
	{"country", "nation", "office location"},
	{"employees", "employee", "headcount", "number of employees", "staff", "workforce", "company size"},
	{"amount", "close value", "deal amount", "contract value"},
	{"annual revenue", "yearly revenue", "yearly turnover", "annual turnover"},
	{"stage", "phase", "deal stage", "pipeline stage"},
	{"status", "state"},
	{"source", "channel", "origin", "lead source"},
	{"family", "series", "product family", "product line"},
	{"list price", "price", "sales price"},
	{"manager", "boss", "supervisor", "sales manager"},
	{"parent", "parent company", "parent account", "subsidiary of"},
	{"title", "job title", "job"},
	{"kind", "type", "activity type"},
	{"founded year", "year established", "year founded", "founding year", "founded", "established"},
	{"created at", "created", "added", "creation date", "created on", "date created"},
	{"updated at", "updated", "modified", "last updated", "last changed"},
	{"engage date", "engaged", "engagement date", "start date", "started"},
	{"close date", "closing date", "date closed"},
	{"due at", "due", "due date"},
	{"done at", "completed", "completion date"},
	{"issued on", "issued", "issue date"},
	{"ordered on", "ordered", "order date", "placed"},
	{"paid on", "payment date", "date paid"},
	{"loss reason", "reason", "lost reason", "reason for loss"},
	{"email", "e-mail", "mail address", "email address"},
	{"phone", "telephone", "phone number"},
	{"probability", "likelihood"},
	{"estimated value", "expected value"},
})

// synonyms finds what people say for a name, by the name's phrase key.
type synonyms map[string][][]string

// makeSynonyms files the members of each set under each of them.
func makeSynonyms(sets [][]string) synonyms {
	s := synonyms{}
	for _, set := range sets {
		members := make([][]string, len(set))
		for i, m := range set {
			members[i] = nameWords(m)
		}
		for _, m := range members {
			key := phraseKey(m)
			s[key] = append(s[key], members...)
		}
	}
	return s
}
