package agent

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent/evidence"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

// run is one turn of an AI employee. It belongs to one goroutine.
type run struct {
	agent    *Agent
	actor    remit.Actor
	employee *policy.Employee
	task     *policy.Task // nil for none
	service  *roster.Service
	tools    *tool.Registry // what this run may use
	standing Standing
	limits   Limits
	capped   bool // by what is left for the day
	question string
	given    Given
	emit     func(Event)

	messages  []llm.Message
	turn      int   // turns of the model so far
	spent     int64 // tokens, estimated where the service does not count
	tainted   bool  // has read text that anybody may have written
	closing   bool  // the budget of steps is used up: the next turn is the last
	guard     guard
	read      evidence.Evidence
	followUps []string // of the last turn
	result    Result
}

var (
	errRevoked = errors.New("permissions changed")
	errTime    = errors.New("the run took too long")
)

// perform lets the model work until the run ends.
func (r *run) perform(parent context.Context) *Result {
	r.result = Result{
		Run: r.actor.Run, Employee: r.employee.Name, Task: r.actor.Task, Calls: []Call{},
		Service: r.service.Name, Model: r.model(), Offline: r.service.Local(),
	}
	r.emit(Started{r.actor.Run, r.actor.Conversation, r.employee.Name, r.actor.Task, r.service.Name, r.result.Model, r.result.Offline})
	ctx, stop := r.watched(parent)
	for r.result.End == "" {
		r.step(ctx)
	}
	r.confirm(ctx)
	stop()
	r.emit(Ended{r.result.End, r.result.Message()})
	return &r.result
}

// model is the name of the model that is asked for.
func (r *run) model() string {
	if r.employee.Model != "" && !r.service.Local() {
		return r.employee.Model
	}
	return r.service.Model
}

// step is one turn of the model, with the calls that it asks for.
func (r *run) step(ctx context.Context) {
	if r.spent >= r.limits.Tokens {
		r.end(OutOfTokens, nil)
		if r.capped {
			r.result.Answer = outOfDay
		}
		return
	}
	r.turn++
	res, text, err := r.think(ctx)
	if err != nil {
		r.fail(ctx, err)
		return
	}
	switch {
	case res.Stop == llm.Refused:
		r.end(Declined, nil)
	case res.Stop == llm.TooLong:
		r.answer(text, Cut)
	case len(res.Calls) > 0 && !r.closing:
		r.act(ctx, res, text)
	case strings.TrimSpace(text) != "":
		r.answer(text, r.howAnswered())
	default:
		r.empty()
	}
}

func (r *run) howAnswered() End {
	if r.closing {
		return OutOfSteps
	}
	return Answered
}

// empty asks once more where the model has said nothing, and then gives up.
func (r *run) empty() {
	if r.closing {
		r.end(OutOfSteps, nil)
		return
	}
	if r.guard.empty++; r.guard.empty > 1 {
		r.end(Empty, nil)
		return
	}
	r.messages = append(r.messages, llm.Message{Role: llm.System, Text: "Your last answer was empty. Answer the person's question now, or say why you cannot."})
}

// fail ends the run because the model, or the watch over it, failed.
func (r *run) fail(ctx context.Context, err error) {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errRevoked):
		r.end(Revoked, cause)
	case errors.Is(cause, errTime):
		r.end(OutOfTime, cause)
	case cause != nil:
		r.end(Canceled, cause)
	case errors.Is(err, errTooMuch):
		r.end(Cut, err)
	default:
		r.end(ServiceError, err)
		r.result.Answer = messages[ServiceError] + " " + capitalized(remit.PublicText(err)) + "."
	}
}

// confirm looks once more whether the permissions hold by which the answer was
// made, and withholds it if not, or if that cannot be found out.
func (r *run) confirm(ctx context.Context) {
	if r.result.End == Canceled || r.result.End == Revoked {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), confirmTime)
	defer cancel()
	err := r.stands(ctx)
	if err == nil {
		return
	}
	r.result.Unsupported, r.result.Charts, r.result.FollowUps = nil, nil, nil
	r.end(Revoked, err)
	if !errors.Is(err, errRevoked) {
		r.result.Answer = "I could not check whether your permissions still hold, so the answer is withheld. Try again."
	}
}

// confirmTime bounds the last look at permissions.
const confirmTime = 2 * time.Second

// end ends the run without an answer of the model.
func (r *run) end(why End, cause error) {
	r.result.End, r.result.Cause = why, cause
	r.result.Answer = messages[why]
}

// answer ends the run with an answer, and with a note where it holds figures
// that nothing supports.
func (r *run) answer(text string, how End) {
	r.result.End = how
	r.result.Unsupported = r.read.Unsupported(text)
	var notes []string
	if how != Answered {
		notes = append(notes, messages[how])
	}
	if r.given.Note != "" {
		notes = append(notes, "Note: "+r.given.Note)
	}
	if n := len(r.result.Unsupported); n > 0 {
		notes = append(notes, "Note: these figures were not in the data that was read, so do not rely on them: "+strings.Join(r.result.Unsupported, "; ")+".")
	}
	if r.result.FollowUps = r.followUps; r.followUps != nil {
		text = strings.TrimRight(text, " \n") // the block stood after it
	}
	if len(notes) > 0 {
		note := "\n\n" + strings.Join(notes, "\n\n")
		r.emit(TextDelta{r.turn, note})
		text = strings.TrimRight(text, " \n") + note
	}
	r.result.Answer = text
}

// messages are what people are told of each end but the plain one.
var messages = map[End]string{
	OutOfSteps:   "I have used up the number of tool calls that one question may take, so this may not be all. Ask for less at a time, or ask an administrator for a higher limit.",
	OutOfTokens:  "I could not finish: the number of tokens that one question may take is used up. Ask for less at a time.",
	OutOfTime:    "I could not finish in time. Ask for less at a time, or try again later.",
	Cut:          "The answer was cut off because it became too long. Ask for less at a time.",
	Declined:     "The model service declined to answer this question.",
	Empty:        "The model gave no answer. Try to ask in other words.",
	Looping:      "I stopped because the model made the same calls again and again without getting on. Try to ask in other words.",
	Stuck:        "I stopped because one tool call after the other failed; the calls above say why. Try to ask in other words.",
	ServiceError: "I could not answer, and what I may have begun to say is not to be relied on.",
	Canceled:     "Stopped.",
	Revoked:      "I stopped because your permissions changed while I was working. Ask again to get an answer by those that hold now.",
}

// outOfDay is the message of OutOfTokens where it was the day's budget.
const outOfDay = "I could not finish: the tokens that I may use for you in a day are used up. Ask again tomorrow, or ask an administrator for a larger budget."

func capitalized(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
