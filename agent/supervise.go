package agent

import (
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// patience is how long a model or a tool may go on after its context has ended
// before it is left to itself.
const patience = 400 * time.Millisecond

// outcome is what a supervised call came to.
type outcome[T any] struct {
	value T
	err   error
}

// check returns the error, or one for a nil answer without an error.
func (o outcome[T]) check() error {
	if res, ok := any(o.value).(*llm.Response); ok && res == nil && o.err == nil {
		return remit.Errorf(remit.KindInternal, "the model returned nothing")
	}
	return o.err
}

// supervise runs fn aside. A panic in it is an error of the run, not the end of
// the server.
func supervise[T any](fn func() (T, error)) <-chan outcome[T] {
	done := make(chan outcome[T], 1)
	go func() {
		var o outcome[T]
		defer func() {
			if p := recover(); p != nil {
				o = outcome[T]{err: remit.Errorf(remit.KindInternal, "panic: %v", p)}
			}
			done <- o
		}()
		o.value, o.err = fn()
	}()
	return done
}

// await gives a call whose context has ended a moment to come back.
func await[T any](done <-chan outcome[T]) (value T, err error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case o := <-done:
		return o.value, o.err
	case <-timer.C:
		return value, errStopped()
	}
}

func errStopped() error { return &remit.Error{Kind: remit.KindCanceled, Message: "stopped"} }
