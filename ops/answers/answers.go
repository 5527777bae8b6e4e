// Package answers holds the use case of asking an AI employee: a question goes
// in, events come out while the AI employee works, and an answer at the end.
package answers

import (
	"encoding/json"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
)

// Question is what a person asks.
type Question struct {
	Employee     string   `json:"employee,omitempty" doc:"Name of the AI employee; the first that the person may use if left out."`
	Task         string   `json:"task,omitempty" doc:"Name of one of the AI employee's tasks, whose constraints then hold."`
	Question     string   `json:"question,omitempty" doc:"What to answer; a task may bring its own."`
	Conversation remit.ID `json:"conversation,omitempty" doc:"Id of the conversation to go on with."`
}

var questionNames = []string{"employee", "task", "question", "conversation"}

// Parse reads the JSON form of a question strictly.
func Parse(body []byte) (Question, error) {
	var q Question
	object, err := input.Parse(body)
	if err != nil {
		return q, err
	}
	err = object.Members(questionNames, func(name string, v input.Value) error {
		text, err := v.Text()
		switch name {
		case "employee":
			q.Employee = text
		case "task":
			q.Task = text
		case "question":
			q.Question = text
		case "conversation":
			q.Conversation = remit.ID(text)
			if err == nil && text != "" && !q.Conversation.Valid() {
				err = remit.FieldErrorf(v.Path, "is not an id (26 characters a-z, 2-7)")
			}
		}
		return err
	})
	if err == nil && q.Question == "" && q.Task == "" {
		err = remit.FieldErrorf("question", "say what to answer, or name a task that brings its question")
	}
	return q, err
}

// Event is something that happens while an AI employee works: one of [Started],
// [Text], [Called], [Returned] and [Finished].
type Event interface {
	// Name is the event's type, as Server-Sent Events name it.
	Name() string
	event()
}

// Started is the first event of a run.
type Started struct {
	Run          remit.ID `json:"run"`
	Conversation remit.ID `json:"conversation,omitempty"`
	Employee     string   `json:"employee"`
	Model        string   `json:"model,omitempty" doc:"What answers: a model's name, or offline."`
}

// Text is a piece of the answer.
type Text struct {
	Text string `json:"text"`
}

// Called says that a tool is being called.
type Called struct {
	ID        string          `json:"id"`
	Tool      string          `json:"tool"`
	Arguments json.RawMessage `json:"arguments"`
}

// Returned says what became of a tool call.
type Returned struct {
	ID     string          `json:"id"`
	Tool   string          `json:"tool"`
	Text   string          `json:"text" doc:"One line for people: what was found, or why it was refused."`
	Rows   int             `json:"rows"`
	Failed bool            `json:"failed"`
	Result json.RawMessage `json:"result,omitempty" doc:"As the data routes answer it."`
}

// Finished is the last event of a run that was not broken off.
type Finished struct {
	Answer Answer `json:"answer"`
}

// Answer is what an AI employee answers.
type Answer struct {
	Run          remit.ID   `json:"run"`
	Conversation remit.ID   `json:"conversation,omitempty"`
	Employee     string     `json:"employee"`
	Model        string     `json:"model,omitempty"`
	Text         string     `json:"text"`
	Calls        []Returned `json:"calls" doc:"The tool calls that the answer rests on, in order."`
}

// Name implements [Event].
func (Started) Name() string { return "started" }

// Name implements [Event].
func (Text) Name() string { return "text" }

// Name implements [Event].
func (Called) Name() string { return "tool_call" }

// Name implements [Event].
func (Returned) Name() string { return "tool_result" }

// Name implements [Event].
func (Finished) Name() string { return "answer" }

func (Started) event()  {}
func (Text) event()     {}
func (Called) event()   {}
func (Returned) event() {}
func (Finished) event() {}
