package policies

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/policy"
)

// Inquiry is what is to be explained: person × AI employee × task × tool × input ×
// collection × action. What is left out is not asked about.
type Inquiry struct {
	Person     remit.ID        `json:"person,omitempty" doc:"Id of the person; or give email."`
	Email      string          `json:"email,omitempty"`
	Employee   string          `json:"employee,omitempty" doc:"AI employee; left out, the person alone."`
	Task       string          `json:"task,omitempty"`
	Tool       string          `json:"tool,omitempty"`
	Input      json.RawMessage `json:"input,omitempty" doc:"Arguments of the tool."`
	Source     string          `json:"data_source,omitempty"`
	Collection string          `json:"collection,omitempty"`
	Action     policy.Action   `json:"action,omitempty" doc:"view if left out" enum:"view,create,update,delete,export"`
}

var inquiryNames = []string{"person", "email", "employee", "task", "tool", "input", "data_source", "collection", "action"}

// ParseInquiry reads the JSON form of a question strictly.
func ParseInquiry(body []byte) (Inquiry, error) {
	var q Inquiry
	object, err := input.Parse(body)
	if err != nil {
		return q, err
	}
	err = object.Members(inquiryNames, func(name string, v input.Value) (err error) {
		if name == "input" {
			q.Input, err = v.Raw(), nil
			return err
		}
		text, err := v.Text()
		switch name {
		case "person":
			q.Person = remit.ID(text)
		case "email":
			q.Email = text
		case "employee":
			q.Employee = text
		case "task":
			q.Task = text
		case "tool":
			q.Tool = text
		case "data_source":
			q.Source = text
		case "collection":
			q.Collection = text
		case "action":
			q.Action = policy.Action(text)
		}
		return err
	})
	return q, err
}

// Explain says what each of the four layers makes of the question, and why. It is
// for those who manage the policy or read the audit log.
func (p *Policies) Explain(ctx context.Context, actor remit.Actor, q Inquiry) (*policy.Verdict, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	person, err := p.asked(ctx, q)
	if err != nil {
		return nil, err
	}
	return p.account(standing.Policy, person, q)
}

// asked returns the person whom a question is about.
func (p *Policies) asked(ctx context.Context, q Inquiry) (*directory.Person, error) {
	switch {
	case q.Person != "" && q.Email != "":
		return nil, remit.FieldErrorf("email", "name the person by id or by e-mail address, not both")
	case q.Person != "":
		return p.people.Person(ctx, q.Person)
	case q.Email != "":
		return p.people.PersonByEmail(ctx, q.Email)
	}
	return nil, remit.FieldErrorf("person", "say whom the question is about")
}

func (p *Policies) account(of *policy.Policy, person *directory.Person, q Inquiry) (*policy.Verdict, error) {
	if err := q.check(of); err != nil {
		return nil, err
	}
	user, _ := person.At(p.now())
	slices.Sort(user.Roles)
	w := policy.Wish{User: &user, Employee: q.Employee, Task: q.Task, Tool: q.Tool, Source: q.Source, Collection: q.Collection, Action: q.Action}
	if len(q.Input) > 0 {
		in, err := plainInput(q.Input)
		if err != nil {
			return nil, err
		}
		w.Input = in
	}
	return of.Judge(w, p.now()), nil
}

// check refuses a question that could not be meant.
func (q *Inquiry) check(of *policy.Policy) error {
	if q.Collection != "" && of.Model().Collection(q.Source, q.Collection) == nil {
		return unknownCollection(of.Model(), q.Source, q.Collection)
	}
	known := []string{""}
	for _, a := range policy.Actions {
		known = append(known, string(a))
	}
	switch {
	case !slices.Contains(known, string(q.Action)):
		e := remit.FieldErrorf("action", "there is no action %q", q.Action)
		e.Hint = remit.DidYouMean(string(q.Action), known[1:])
		return e
	case q.Task != "" && q.Employee == "":
		return remit.FieldErrorf("employee", "name the AI employee whose task it is")
	case q.Employee == "" && q.Tool == "" && q.Collection == "":
		return remit.FieldErrorf("collection", "ask about an AI employee, a tool or a collection")
	}
	return nil
}

// plainInput reads a tool's arguments as conditions see them: whole numbers are
// int64, others float64.
func plainInput(raw json.RawMessage) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var in map[string]any
	if err := dec.Decode(&in); err != nil {
		return nil, remit.FieldErrorf("input", "must be one JSON object, e.g. {\"collection\": \"orders\"}")
	}
	for name, v := range in {
		if n, ok := v.(json.Number); ok {
			whole, err := n.Int64()
			if in[name] = whole; err != nil {
				in[name], _ = n.Float64() // out of range is infinite, which meets no bound
			}
		}
	}
	return in, nil
}
