// Package offline answers plain English questions about the data without a
// language model, a key or a network: it is what an AI employee thinks with
// where no model service is configured, and it says so.
//
// It is a planner, not a model. A question goes through five steps, each in
// files of its own:
//
//  1. lex: text to tokens (lex.go, decimal.go).
//  2. scan: tokens to spans, each with what it may mean: a keyword, a period, a
//     comparison, something of the schema, or a name (scan.go, keywords.go,
//     period.go, index.go). The schema is what list_collections answers, so a
//     collection or field that the actor may not see does not exist here.
//  3. read: spans to a typed [query] on one collection (read*.go). Whatever
//     stays unread is reported; a question is answered whole or not at all.
//  4. resolve: names ("medical", "Anna Snelling") to values, by looking them up
//     with tool calls (resolve.go, candidates.go).
//  5. answer: the query's own tool calls, and Markdown made of their results
//     alone (plan.go, answer.go, table.go, format.go).
//
// The planner keeps no state. Every turn runs the steps anew over the messages;
// a tool result that is not there yet ends the turn with the call that asks for
// it (desk.go). So the same messages always yield the same turn.
//
// Tool results are data. Nothing in them is ever read as a question, a keyword
// or an instruction, and what of them is shown is escaped.
package offline

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// Name is how the planner names itself in every answer.
const Name = "Remit's offline planner (no language model is configured)"

// Options configure a [Planner]. The zero value is usable.
type Options struct {
	// Now tells the time where no system message says which day it is; nil is
	// time.Now.
	Now func() time.Time
	// Location is the company's time zone, in which days begin; nil is UTC.
	Location *time.Location
}

// Planner implements [llm.Model]. It is safe for concurrent use.
type Planner struct {
	now      func() time.Time
	location *time.Location
}

var _ llm.Model = (*Planner)(nil)

// New returns a planner.
func New(o Options) *Planner {
	p := &Planner{now: o.Now, location: o.Location}
	if p.now == nil {
		p.now = time.Now
	}
	if p.location == nil {
		p.location = time.UTC
	}
	return p
}

// Complete implements [llm.Model]. It never fails but for a request without a
// question ([remit.KindInvalid]) and a context that has ended
// ([remit.KindCanceled]); it reports no usage and ignores MaxTokens, because its
// answers are short by construction.
func (p *Planner) Complete(ctx context.Context, req llm.Request, onText func(string)) (*llm.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, &remit.Error{Kind: remit.KindCanceled, Message: "the request was canceled", Cause: err}
	}
	talk, err := listen(req.Messages)
	if err != nil {
		return nil, err
	}
	desk := newDesk(req.Tools, talk)
	text, next, err := p.reply(talk, desk)
	if errors.Is(err, errWaiting) {
		return &llm.Response{Calls: desk.wanted, Stop: llm.WantsTool}, nil
	}
	if err != nil {
		text = refusalText(err)
	}
	text = signed(text)
	if talk.proposes {
		text = withFollowUps(text, next)
	}
	if onText != nil {
		onText(text)
	}
	return &llm.Response{Text: text, Stop: llm.Finished}, nil
}

// signed adds the line that says who answered.
func signed(text string) string { return text + "\n\n— " + Name }

// reply answers the last question of the talk, and says what might be asked next.
// The error is errWaiting where results are awaited, otherwise one that refusalText
// explains.
func (p *Planner) reply(t *talk, d *desk) (text string, next []string, err error) {
	question := t.questions[len(t.questions)-1]
	if isHelp(question) && !d.offers(toolCollections) {
		return helpText(nil), nil, nil
	}
	if call, unread, ok := accessQuestion(question); ok && d.offers(toolExplain) {
		if unread != "" {
			return accessUnread(unread), nil, nil
		}
		text, err = accessText(d, call)
		return text, nil, err
	}
	if call, words, ok := overallQuestion(question); ok && d.offers(toolOverall) {
		text, err = overallText(d, call, words)
		return text, nil, err
	}
	schema, err := d.schema()
	if err != nil {
		return "", nil, err
	}
	if to, ok := draftWish(question); ok && d.offers(toolQuery) {
		w := drafter{desk: d, schema: schema, screen: t.screens[len(t.screens)-1], who: t.who, in: p.location}
		text, err = w.draft(to)
		return text, nil, err
	}
	ix := newIndex(schema)
	earlier := lastParts(t.questions[:len(t.questions)-1])
	one := func(question string) (string, []string, error) {
		return p.replyTo(t, d, ix, append(slices.Clone(earlier), question))
	}
	if parts := partsOf(question); len(parts) > 1 {
		return p.answerParts(parts, one)
	}
	return one(question)
}

// replyTo answers the last of the questions.
func (p *Planner) replyTo(t *talk, d *desk, ix *index, questions []string) (text string, next []string, err error) {
	if text, ok := smallTalk(questions[len(questions)-1], ix); ok {
		examples := examplesFor(ix)
		return text, examples[:min(len(examples), 3)], nil
	}
	c := &conversation{
		index:    ix,
		desk:     d,
		calendar: p.calendar(t),
		who:      t.who,
		screens:  t.screens,
	}
	questions, c.marks = markWishes(questions)
	if d.offers(toolChart) {
		questions, c.chart = chartWishes(questions)
	}
	if wanted, ok := c.prospect(questions[len(questions)-1]); ok {
		text, err = c.foretell(wanted)
	} else {
		text, err = c.answer(questions)
	}
	if err != nil {
		return "", nil, err
	}
	return paragraphs(text, c.unmarked()), c.next, nil
}

// calendar starts from the day that a system message names, or the clock's.
func (p *Planner) calendar(t *talk) calendar {
	today := t.today
	if today.IsZero() {
		y, m, d := p.now().In(p.location).Date()
		today = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return calendar{today: today, location: p.location}
}
