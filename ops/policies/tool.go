package policies

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

// OpExplain is the operation under which an explanation to an AI employee is recorded.
const OpExplain = "policy.explain"

// Recorder keeps the audit log. *lens.Lens is one.
type Recorder interface {
	Note(ctx context.Context, actor remit.Actor, operation string, details map[string]any) error
	Refuse(ctx context.Context, actor remit.Actor, operation, source, collection string, err error) error
}

const explainSchema = `{"type": "object", "additionalProperties": false, "properties": {
	"person": {"type": "string", "description": "E-mail address of the person asked about; left out, the person you work for. Only administrators and auditors may ask about others."},
	"employee": {"type": "string", "description": "AI employee that acts for that person, e.g. \"viz\"; left out, the person alone."},
	"task": {"type": "string", "description": "Task of the AI employee."},
	"tool": {"type": "string", "description": "Tool that is called, e.g. \"query_records\"."},
	"collection": {"type": "string", "description": "Collection that is read or changed, e.g. \"opportunities\"."},
	"action": {"type": "string", "enum": ["view", "create", "update", "delete", "export"], "description": "view if left out"}
}}`

type explainInput struct {
	Person     string `json:"person"`
	Employee   string `json:"employee"`
	Task       string `json:"task"`
	Tool       string `json:"tool"`
	Collection string `json:"collection"`
	Action     string `json:"action"`
}

// ExplainTool returns the tool explain_access: an AI employee's way to the composed
// explanation. For those whose person manages the policy or reads the audit log it
// explains everybody; for others only the person herself, in what she may know.
func (p *Policies) ExplainTool(recorder Recorder) *tool.Tool {
	spec := tool.Spec{
		Name: "explain_access", Title: "Explain access", Schema: json.RawMessage(explainSchema), Effect: tool.Reads,
		Description: "Explain what a person may see or do, and why: which of the four layers (AI employee, task, tool, data) lets a call through or stops it, by which rule, and what alone would change that. It reads the policy and no records.",
	}
	return tool.New(spec, func(ctx context.Context, actor remit.Actor, in explainInput) (*tool.Result, error) {
		verdict, err := p.explainFor(ctx, actor, in)
		if err != nil {
			return nil, recorder.Refuse(context.WithoutCancel(ctx), actor, OpExplain, "", "", err)
		}
		details := map[string]any{"person": in.Person, "employee": in.Employee, "task": in.Task, "tool": in.Tool, "collection": in.Collection, "action": in.Action}
		if err := recorder.Note(ctx, actor, OpExplain, details); err != nil {
			return nil, err
		}
		raw, err := json.Marshal(verdict)
		if err != nil {
			return nil, err
		}
		text := "allowed"
		if !verdict.Allowed {
			text = "refused"
		}
		return &tool.Result{JSON: raw, Text: text, Rows: len(verdict.Layers)}, nil
	})
}

// explainFor answers by what the asking person may know.
func (p *Policies) explainFor(ctx context.Context, actor remit.Actor, in explainInput) (*policy.Verdict, error) {
	standing, err := p.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	q := Inquiry{Employee: in.Employee, Task: in.Task, Tool: in.Tool, Collection: in.Collection, Action: policy.Action(in.Action)}
	own := in.Person == "" || strings.EqualFold(in.Person, standing.User.Email)
	if standing.Policy.Can(standing.User.Roles, policy.ManagePolicy) || standing.Policy.Can(standing.User.Roles, policy.ReadAudit) {
		if q.Email = in.Person; own {
			q.Email = standing.User.Email
		}
		person, err := p.asked(ctx, q)
		if err != nil {
			return nil, err
		}
		return p.account(standing.Policy, person, q)
	}
	if !own {
		e := remit.Errorf(remit.KindDenied, "you may have your own access explained only: administrators and auditors see that of others")
		e.Field = "person"
		return nil, e
	}
	person, err := p.people.Person(ctx, standing.User.ID)
	if err != nil {
		return nil, err
	}
	return p.ownVerdict(standing, person, q)
}

// ownVerdict is what a person who manages nothing may know of her own access: what she
// has, never what she does not have. What is not hers and what does not exist are the
// same (DESIGN law 5).
func (p *Policies) ownVerdict(standing *access.Standing, person *directory.Person, q Inquiry) (*policy.Verdict, error) {
	of, roles := standing.Policy, standing.User.Roles
	if q.Employee != "" {
		if err := standing.MayUse(q.Employee); err != nil {
			return nil, err
		}
	}
	if q.Task != "" {
		if err := standing.MayRunTask(q.Employee, q.Task); err != nil {
			return nil, err
		}
	}
	herself := of.Permit(policy.Subject{Roles: roles}, q.Source, q.Collection, policy.View, standing.Now)
	if q.Collection != "" && !herself.Allowed() {
		e := remit.Errorf(remit.KindNotFound, "there is no collection %q that you may see", q.Collection)
		e.Field = "collection"
		return nil, e
	}
	v, err := p.account(of, person, q)
	if err != nil {
		return nil, err
	}
	v.Remedy = ""
	for i := range v.Layers {
		l := &v.Layers[i]
		l.Remedy, l.Reasons = "", []policy.Reason{{Layer: l.Layer, Name: l.Name, Effect: map[bool]string{true: "gives", false: "refuses"}[l.Allowed], Message: ownWords(l)}}
	}
	if v.Data != nil {
		v.Data = ownData(v.Data, herself)
	}
	return v, nil
}

func ownWords(l *policy.Layer) string {
	if l.Allowed {
		return fmt.Sprintf("the %s layer lets this through", l.Layer)
	}
	return fmt.Sprintf("the %s layer stops this; an administrator sees by which rule", l.Layer)
}

// ownData leaves of an explanation the fields that the person knows, and scopes by
// their names: their expressions may speak of fields that she does not know.
func ownData(e *policy.Explanation, herself *policy.Permit) *policy.Explanation {
	out := &policy.Explanation{
		Collection: e.Collection, Action: e.Action, Allowed: e.Allowed, RowLimit: e.RowLimit, RowsPerDay: e.RowsPerDay, LastDays: e.LastDays, NotAfter: e.NotAfter,
		Reasons: []policy.Reason{},
	}
	if !e.Allowed {
		out.Refusal = "nothing is granted to you"
	}
	for _, rows := range e.Rows {
		rows.Scope, _, _ = strings.Cut(rows.Scope, " (")
		rows.After, _, _ = strings.Cut(rows.After, " (")
		out.Rows = append(out.Rows, rows)
	}
	for _, w := range e.Withheld {
		if i := herself.Collection.FieldIndex(w.Field); i >= 0 && herself.Knows(i) {
			out.Withheld = append(out.Withheld, policy.Withheld{Field: w.Field})
		}
	}
	return out
}
