package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/remit-crm/remit"
)

// watched returns the context of the run: it ends with the parent, when the time
// is up, and when permissions change.
func (r *run) watched(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	timer := time.AfterFunc(r.limits.Time, func() { cancel(errTime) })
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.watch(ctx, cancel)
	}()
	return ctx, func() {
		timer.Stop()
		cancel(context.Canceled)
		<-over
	}
}

// mayFail is how often in a row the watch may fail to find out before the run
// ends: what cannot be checked does not go on for long.
const mayFail = 2

func (r *run) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(r.limits.Watch)
	defer ticker.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := r.stands(ctx)
		switch {
		case err == nil:
			failures = 0
		case errors.Is(err, errRevoked):
			cancel(err)
			return
		default:
			if failures++; failures > mayFail {
				cancel(fmt.Errorf("%w: %w", errRevoked, err))
				return
			}
		}
	}
}

// stands reports whether everything is as it was when the run began: an error
// that is errRevoked if not, another if that cannot be found out.
func (r *run) stands(ctx context.Context) error {
	now, err := r.agent.Policy.Standing(ctx, r.actor)
	if err == nil && now.Mark == r.standing.Mark {
		_, err = r.agent.Policy.MayUse(ctx, r.actor)
	} else if err == nil {
		return errRevoked
	}
	if err == nil {
		return nil
	}
	switch remit.KindOf(err) { //nolint:exhaustive // the others are failures to find out
	case remit.KindDenied, remit.KindUnauthenticated, remit.KindNotFound:
		return fmt.Errorf("%w: %w", errRevoked, err)
	}
	return err
}
