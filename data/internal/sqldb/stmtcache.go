package sqldb

// stmtCache keeps the prepared statements of one connection by text, at most
// twice its capacity. It has two generations instead of an order of use: a hit
// costs one map look-up, and what was not used while a whole generation filled
// is dropped. Not safe for concurrent use.
type stmtCache[S any] struct {
	capacity   int
	young, old map[string]S
	drop       func(S) // releases a statement that is dropped
}

func newStmtCache[S any](capacity int, drop func(S)) *stmtCache[S] {
	return &stmtCache[S]{capacity: capacity, young: map[string]S{}, old: map[string]S{}, drop: drop}
}

func (c *stmtCache[S]) get(text string) (S, bool) {
	if s, ok := c.young[text]; ok {
		return s, true
	}
	s, ok := c.old[text]
	if ok {
		delete(c.old, text)
		c.put(text, s)
	}
	return s, ok
}

func (c *stmtCache[S]) put(text string, s S) {
	if len(c.young) >= c.capacity {
		for _, dropped := range c.old {
			c.drop(dropped)
		}
		c.old = c.young
		c.young = make(map[string]S, c.capacity)
	}
	c.young[text] = s
}

func (c *stmtCache[S]) remove(text string) {
	for _, generation := range []map[string]S{c.young, c.old} {
		if s, ok := generation[text]; ok {
			delete(generation, text)
			c.drop(s)
		}
	}
}

func (c *stmtCache[S]) clear() {
	for _, generation := range []map[string]S{c.young, c.old} {
		for _, s := range generation {
			c.drop(s)
		}
		clear(generation)
	}
}
