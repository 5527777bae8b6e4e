package conversations

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
)

const (
	batch   = 100 * time.Millisecond // events are written together for so long
	renewal = time.Second            // how often a silent run says that it lives
)

type performer = func(ctx context.Context, emit func(agent.Event)) *agent.Result

// run is a turn that this server answers. It belongs to no request.
type run struct {
	owner        *Conversations
	conversation *derived.Conversation
	turn         *derived.Turn
	actor        remit.Actor // who asks, by the AI employee and task
	context      context.Context
	stop         context.CancelFunc
	news         *news

	mu      sync.Mutex
	pending derived.Progress
	events  int
	calls   int
	merge   bool // pieces of text that come together are kept together
	wake    chan struct{}
}

// news tells those who follow a turn on this server that there is more to read.
type news struct {
	mu   sync.Mutex
	more chan struct{}
}

func (n *news) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.more
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.more)
	n.more = make(chan struct{})
}

// enter makes room for a run, unless the server is closing.
func (c *Conversations) enter(actor remit.Actor, of *derived.Conversation, t *derived.Turn) (*run, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return nil, remit.Errorf(remit.KindUnavailable, "the server is being restarted: ask again in a moment")
	}
	r := &run{owner: c, conversation: of, turn: t, actor: actor, wake: make(chan struct{}, 1), news: &news{more: make(chan struct{})}}
	r.context, r.stop = context.WithCancel(context.Background())
	c.running[t.ID] = r
	c.ended.Add(1)
	return r, nil
}

func (c *Conversations) leave(r *run) {
	r.stop()
	c.mu.Lock()
	delete(c.running, r.turn.ID)
	c.mu.Unlock()
	c.ended.Done()
}

// cancel stops the runs of this server that are meant.
func (c *Conversations) cancel(meant func(*run) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.running {
		if meant(r) {
			r.stop()
		}
	}
}

// local returns the run of a turn if it is on this server, else nil.
func (c *Conversations) local(turn remit.ID) *run {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running[turn]
}

// Start ends the runs that lost their servers: call it when a server starts.
func (c *Conversations) Start(ctx context.Context) error { return c.store.Reap(ctx) }

// Close ends the runs of this server, each with a word on why, and waits for them.
func (c *Conversations) Close() {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.cancel(func(*run) bool { return true })
	c.ended.Wait()
}

func (c *Conversations) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// perform answers and keeps what happens.
func (r *run) perform(answer performer) {
	defer r.owner.leave(r)
	written := make(chan struct{})
	answered := make(chan struct{})
	go func() {
		defer close(written)
		r.write(answered)
	}()
	result := answer(r.context, r.heard)
	close(answered)
	<-written
	r.finish(result)
}

// heard takes an event. It waits for nothing but a look at who the person is.
func (r *run) heard(e agent.Event) {
	event := derived.Event{Name: e.Name()}
	var body any = e
	var call *derived.Call
	switch e := e.(type) {
	case agent.Started:
		r.merge = !e.Offline // what the planner says must not depend on time
	case agent.ToolFinished:
		call = r.keep(e.Call)
		body = step{e.Step}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		r.complain("an event cannot be kept", err)
		return
	}
	event.Body = raw
	r.mu.Lock()
	defer r.mu.Unlock()
	if call != nil {
		call.Position = r.calls
		r.calls++
		r.pending.Calls = append(r.pending.Calls, *call)
	}
	event.Calls = r.calls
	if !r.merge || !r.joins(event) {
		r.events++
		event.Position = r.events
		r.pending.Events = append(r.pending.Events, event)
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// step is what is left of a finished call's event: the call itself is kept apart.
type step struct {
	Step int `json:"step"`
}

// joins puts a piece of text behind the one before, if that is not written yet.
func (r *run) joins(e derived.Event) bool {
	n := len(r.pending.Events)
	if n == 0 || e.Name != "text" || r.pending.Events[n-1].Name != "text" {
		return false
	}
	var before, now agent.TextDelta
	if json.Unmarshal(r.pending.Events[n-1].Body, &before) != nil || json.Unmarshal(e.Body, &now) != nil || before.Step != now.Step {
		return false
	}
	before.Text += now.Text
	raw, err := json.Marshal(before)
	if err != nil {
		return false
	}
	r.pending.Events[n-1].Body = raw
	return true
}

// keep returns a call as it is stored. What a refusal says of names comes from what
// the person knows of the data model.
func (r *run) keep(call agent.Call) *derived.Call {
	raw, err := json.Marshal(call)
	if err != nil {
		r.complain("a call cannot be kept", err)
		return nil
	}
	kept := &derived.Call{Tool: call.Tool, Body: raw, Lineage: call.Lineage}
	if call.Lineage == nil && call.Result == nil {
		actor := r.actor
		actor.Tool = call.Tool
		if kept.Lineage, err = r.owner.lens.Refused(r.context, actor); err != nil {
			kept.Lineage = nil // and nobody sees it again
		}
	}
	return kept
}

// write writes what is pending, in batches, until the answer is there.
func (r *run) write(answered <-chan struct{}) {
	renew := time.NewTicker(renewal)
	defer renew.Stop()
	for {
		select {
		case <-answered:
			return
		case <-r.wake:
		case <-renew.C:
		}
		r.advance("", derived.Said{})
		select {
		case <-answered:
			return
		case <-time.After(batch):
		}
	}
}

// advance writes what is pending and reports whether that was done. A run that is
// not this server's any more is stopped.
func (r *run) advance(ended string, said derived.Said) bool {
	r.mu.Lock()
	p := r.pending
	r.pending = derived.Progress{}
	r.mu.Unlock()
	p.Ended, p.Said = ended, said
	ctx, cancel := context.WithTimeout(context.Background(), 3*derived.Lease)
	defer cancel()
	stopping, err := r.owner.store.Advance(ctx, r.conversation, r.turn.ID, p)
	switch {
	case errors.Is(err, derived.ErrLost):
		r.stop()
		return true
	case err != nil:
		r.complain("a run's progress could not be written", err)
		r.mu.Lock()
		r.pending.Events = append(p.Events, r.pending.Events...)
		r.pending.Calls = append(p.Calls, r.pending.Calls...)
		r.mu.Unlock()
		return false
	}
	if stopping {
		r.stop()
	}
	r.news.tell()
	return true
}

// finish stores the answer. If that cannot be done, the lease runs out and the turn
// counts as interrupted.
func (r *run) finish(result *agent.Result) {
	said := r.turn.Said
	said.Answer, said.FollowUps, said.Unsupported = result.Answer, result.FollowUps, result.Unsupported
	said.Service, said.Model, said.Offline = result.Service, result.Model, result.Offline
	ended := string(result.End)
	if result.End != agent.Answered {
		said.Message = result.Message()
	}
	if said.Message == said.Answer {
		said.Answer = "" // there is none: the message says why
	}
	if result.End == agent.Canceled && r.owner.isClosing() {
		ended = derived.Interrupted
	}
	var err error
	if said.Usage, err = json.Marshal(result.Usage); err == nil && len(result.Charts) > 0 {
		said.Charts, err = json.Marshal(result.Charts)
	}
	if err != nil {
		r.complain("a result cannot be kept", err)
	}
	if result.Cause != nil {
		r.complain("run ended early", result.Cause)
	}
	for range 5 {
		if r.advance(ended, said) {
			return
		}
		time.Sleep(2 * batch)
	}
}

func (r *run) complain(what string, err error) {
	r.owner.log.Warn(what, slog.String("run", string(r.turn.ID)), slog.Any("error", err))
}
