package agent

import (
	"errors"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/tool"
)

// The bounds on a model that does not get on.
const (
	maxRepeats  = 3 // calls that were made before
	maxFailures = 6 // failed calls in a row
)

// guard notices a model that does not get on. The zero value is ready.
type guard struct {
	made     map[string]memory
	repeats  int
	failures int // in a row
	empty    int // empty answers
}

// memory is what became of a call.
type memory struct {
	effect tool.Effect
	failed string // why; "" if it succeeded
}

// seen returns an error if the call was made before and would yield the same. A
// change is never made twice.
func (g *guard) seen(key string) error {
	before, ok := g.made[key]
	if !ok {
		return nil
	}
	g.repeats++
	if before.failed != "" {
		return remit.Errorf(remit.KindInvalid, "you made this very call before, and it failed: %s. Change it, or answer with what you have", strings.TrimSuffix(before.failed, "."))
	}
	return remit.Errorf(remit.KindInvalid, "you made this very call before; its result stands above. Use it, or change the call")
}

// remember keeps what became of a call that was refused, and returns err.
func (g *guard) remember(key string, err error) error {
	if again := g.seen(key); again != nil {
		return again
	}
	return g.rememberAs(key, tool.Reads, err)
}

// rememberAs keeps what became of a call, unless it may go another way next
// time, and returns err.
func (g *guard) rememberAs(key string, effect tool.Effect, err error) error {
	switch {
	case err == nil:
	case remit.KindOf(err) == remit.KindUnavailable, remit.KindOf(err) == remit.KindCanceled, remit.KindOf(err) == remit.KindLimited:
		return err
	}
	if g.made == nil {
		g.made = map[string]memory{}
	}
	m := memory{effect: effect}
	if err != nil {
		m.failed = remit.PublicText(err)
	}
	g.made[key] = m
	return err
}

// forgetReads lets everything be read again.
func (g *guard) forgetReads() {
	for key, m := range g.made {
		if m.effect == tool.Reads {
			delete(g.made, key)
		}
	}
}

func asError(err error) *remit.Error {
	var e *remit.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
