package twoworlds

import "github.com/remit-crm/remit"

// Predictions are asked for over MCP alone. Most worlds hold too few records to learn
// from, and how many there are is told then; that no hidden cell reaches a model is
// shown on larger ones, by the tests of e2e/predictions.

// predict asks for the chances of one record, or of those that match.
func (q *curious) predict() *call {
	c := q.foretelling("predict")
	switch {
	case q.chance(30):
		c.id = q.id(c.coll)
	case q.chance(60):
		c.args["filter"] = q.filter(q.s.model.Collection("", c.coll), 2)
	}
	if q.chance(30) {
		c.args["limit"] = pick(q.dice, 1, 3, 50)
	}
	return c
}

// forecast asks what records will bring.
func (q *curious) forecast() *call {
	c := q.foretelling("forecast")
	of := q.s.model.Collection("", c.coll)
	if q.chance(60) {
		c.args["filter"] = q.filter(of, 2)
	}
	if q.chance(40) {
		c.args["bucket"] = pick(q.dice, "week", "month", "quarter", "year")
	}
	if q.bold(20) {
		c.args["amount"] = q.path(of, 0).text
	}
	if q.bold(20) {
		c.args["date"] = q.path(of, 0).text
	}
	return c
}

// foretelling is about a collection whose records end, mostly.
func (q *curious) foretelling(op string) *call {
	c := &call{op: op, coll: pick(q.dice, "opportunities", "opportunities", "leads", "quotes"), args: map[string]any{}}
	if q.bold(20) {
		c.coll = q.collection()
	}
	of := q.s.model.Collection("", c.coll)
	if of == nil || !q.chance(25) {
		return c
	}
	for i := range of.Fields {
		if f := &of.Fields[i]; f.Type == remit.Enum && len(f.Options) > 2 {
			c.args["outcome"] = map[string]any{"field": f.Name, "won": f.Options[:1], "lost": f.Options[1:2]}
		}
	}
	return c
}
