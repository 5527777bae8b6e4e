package agent

import (
	"encoding/json"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/llm"
)

// Event is something that happens during a run, for whoever watches: one of
// [Started], [TextDelta], [ToolStarted], [ToolFinished], [ChartDrawn],
// [UsageCounted] and [Ended]. The first is Started, the last Ended. They come one after the other.
type Event interface {
	// Name is the event's type, as server-sent events and logs name it.
	Name() string
	event()
}

// Started says who answers.
type Started struct {
	Run          remit.ID `json:"run"`
	Conversation remit.ID `json:"conversation,omitempty"`
	Employee     string   `json:"employee"`
	Task         string   `json:"task,omitempty"`
	Service      string   `json:"service"`
	Model        string   `json:"model"`
	Offline      bool     `json:"offline,omitempty"` // no language model answers, and nothing leaves
}

// TextDelta is a piece of text. The answer is the text of the last step; what
// earlier steps said is talk on the way.
type TextDelta struct {
	Step int    `json:"step"`
	Text string `json:"text"`
}

// ToolStarted says that the model asked for a tool. The call may still be
// refused.
type ToolStarted struct {
	Step      int             `json:"step"`
	ID        string          `json:"id"`
	Tool      string          `json:"tool"`
	Arguments json.RawMessage `json:"arguments"` // a JSON text where the model's were no JSON
}

// ToolFinished says what became of a call: a result or a refusal.
type ToolFinished struct {
	Step int `json:"step"`
	Call
}

// ChartDrawn says that a chart is there. It comes within the call of draw_chart, and
// after the result that it draws.
type ChartDrawn struct {
	Step int `json:"step"`
	Chart
}

// UsageCounted gives the tokens used so far.
type UsageCounted struct {
	llm.Usage
}

// Ended is the last event.
type Ended struct {
	Reason  End    `json:"reason"`
	Message string `json:"message,omitempty"` // what people are told where the run did not simply answer
}

// Name implements [Event].
func (Started) Name() string { return "started" }

// Name implements [Event].
func (TextDelta) Name() string { return "text" }

// Name implements [Event].
func (ToolStarted) Name() string { return "tool_call" }

// Name implements [Event].
func (ToolFinished) Name() string { return "tool_result" }

// Name implements [Event].
func (ChartDrawn) Name() string { return "chart" }

// Name implements [Event].
func (UsageCounted) Name() string { return "usage" }

// Name implements [Event].
func (Ended) Name() string { return "end" }

func (Started) event()      {}
func (TextDelta) event()    {}
func (ToolStarted) event()  {}
func (ToolFinished) event() {}
func (ChartDrawn) event()   {}
func (UsageCounted) event() {}
func (Ended) event()        {}

// End says why a run ended.
type End string

// The reasons.
const (
	Answered     End = "answered"      // the model finished
	OutOfSteps   End = "steps"         // the budget of tool calls was used up; there may be an answer from what was read
	OutOfTokens  End = "tokens"        // the budget of tokens was used up
	OutOfTime    End = "time"          // the run took too long
	Cut          End = "length"        // the answer was longer than it may be
	Declined     End = "declined"      // the model service declined to answer
	Empty        End = "empty"         // the model had nothing to say, twice
	Looping      End = "loop"          // the model made the same call again and again
	Stuck        End = "stuck"         // call after call failed
	ServiceError End = "service_error" // the model service failed or broke off
	Canceled     End = "canceled"      // the person stopped it or went away
	Revoked      End = "revoked"       // permissions changed while it ran
)

// Call is a tool call with what became of it.
type Call struct {
	ID        string          `json:"id"`
	Tool      string          `json:"tool"`
	Arguments json.RawMessage `json:"arguments"`
	Result    json.RawMessage `json:"result,omitempty"` // as the HTTP API answers it; none where it was refused
	Text      string          `json:"text"`             // one line for people: what was found, or why not
	Rows      int             `json:"rows"`
	Refusal   *Refusal        `json:"refusal,omitempty"`
	Took      time.Duration   `json:"took"` // nanoseconds
	Lineage   *lens.Lineage   `json:"-"`    // what Result came from, in a conversation; nil: nobody knows
}

// Refusal says why a call yielded nothing. It is a failure as well: to a model
// they are the same.
type Refusal struct {
	Kind    string `json:"kind"` // of the remit.Error
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

// Result is what a run came to.
type Result struct {
	Run         remit.ID  `json:"run"`
	Employee    string    `json:"employee"`
	Task        string    `json:"task,omitempty"`
	Answer      string    `json:"answer"` // never empty: where there is none, it says why
	Calls       []Call    `json:"calls"`
	Charts      []Chart   `json:"charts,omitempty"`     // how results of calls are drawn
	FollowUps   []string  `json:"follow_ups,omitempty"` // what the person might ask next: text of a model
	Usage       llm.Usage `json:"usage"`
	End         End       `json:"end"`
	Steps       int       `json:"steps"` // tool calls made or refused
	Service     string    `json:"service"`
	Model       string    `json:"model"` // as the service itself names it, if it does
	Offline     bool      `json:"offline,omitempty"`
	Unsupported []string  `json:"unsupported,omitempty"` // figures of the answer that were in nothing that was read
	Cause       error     `json:"-"`                     // for the log: what lies behind an end that is not Answered
}

// Message is what people are told of the end where the run did not simply answer.
func (r *Result) Message() string {
	switch r.End { //nolint:exhaustive // the others have no answer but the message
	case Answered:
		return ""
	case OutOfSteps, Cut:
		return messages[r.End]
	}
	return r.Answer
}
