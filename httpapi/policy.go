package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/policies"
	"github.com/remit-crm/remit/policy"
)

// Policies is what the API needs of package ops/policies.
type Policies interface {
	Held(ctx context.Context, actor remit.Actor) (*policies.Held, error)
	CheckDocument(ctx context.Context, actor remit.Actor, doc *policy.Document) ([]policies.Problem, error)
	DiffDocument(ctx context.Context, actor remit.Actor, doc *policy.Document, o policies.DiffOptions) (*policies.Diff, error)
	Replace(ctx context.Context, actor remit.Actor, doc *policy.Document, epoch int64) (*policies.Replaced, error)
	CheckExpression(ctx context.Context, actor remit.Actor, x policies.Expression) (*policies.Checked, error)
	Vocabulary(ctx context.Context, actor remit.Actor, source, collection string) (*policies.Vocabulary, error)
	Catalog(ctx context.Context, actor remit.Actor) (*policies.Catalog, error)
	Preview(ctx context.Context, actor remit.Actor, q policies.Preview) (*lens.Previewed, error)
	Explain(ctx context.Context, actor remit.Actor, q policies.Inquiry) (*policy.Verdict, error)
	Model(ctx context.Context, actor remit.Actor) (*policies.Model, error)
	ChangeField(ctx context.Context, actor remit.Actor, c policies.FieldChange, epoch int64) (*policies.FieldChanged, error)
	DiffModel(ctx context.Context, actor remit.Actor, changes []policies.FieldChange, o policies.DiffOptions) (*policies.Diff, error)
	Suggestions(ctx context.Context, actor remit.Actor) ([]policies.Suggestion, error)
}

func (a *API) policyRoutes() []route {
	const base = "/api/policy"
	return []route{
		{
			method: http.MethodGet, path: base, id: "getPolicy", tag: "policy", summary: "The policy that holds, with its epoch",
			handler: a.policyHeld, status: http.StatusOK, answer: policies.Held{},
		},
		{
			method: http.MethodPut, path: base, id: "replacePolicy", tag: "policy", summary: "Put a policy in place of the one that holds",
			description: "All of it, or nothing: 400 with the problems where something is wrong, 409 where the epoch has moved since you read it, 403 where no administrator would be left.",
			handler:     a.policyReplace, body: policyBody{}, status: http.StatusOK, answer: policies.Replaced{},
		},
		{
			method: http.MethodPost, path: base + "/check", id: "checkPolicy", tag: "policy", summary: "Say what is wrong with a policy",
			handler: a.policyCheck, body: policyDraft{}, status: http.StatusOK, answer: problemsAnswer{},
		},
		{
			method: http.MethodPost, path: base + "/diff", id: "diffPolicy", tag: "policy", summary: "Say what a policy would change, and for whom",
			description: "People are looked at for ten seconds; where more is true, ask again with after to go on. Records are counted if asked, and only where you may see all of them yourself.",
			handler:     a.policyDiff, body: policyDiffBody{}, status: http.StatusOK, answer: policies.Diff{},
		},
		{
			method: http.MethodPost, path: base + "/preview", id: "previewPolicy", tag: "policy", summary: "Show which records a person would see, as far as you may see them",
			description: "By a scope of the collection, an expression, or else all that the person's roles grant; under a document, or the policy that holds. A record of which you may not see every cell that decides is left out and not counted.",
			handler:     a.policyPreview, body: policyPreviewBody{}, status: http.StatusOK, answer: previewAnswer{},
		},
		{
			method: http.MethodPost, path: base + "/expression", id: "checkExpression", tag: "policy", summary: "Check a row scope or a condition",
			handler: a.policyExpression, body: policies.Expression{}, status: http.StatusOK, answer: policies.Checked{},
		},
		{
			method: http.MethodGet, path: base + "/vocabulary", id: "policyVocabulary", tag: "policy", summary: "What a row scope of a collection may say",
			handler: a.policyVocabulary, query: []string{"collection", "data_source"}, status: http.StatusOK, answer: policies.Vocabulary{},
		},
		{
			method: http.MethodGet, path: base + "/catalog", id: "policyCatalog", tag: "policy", summary: "What a policy may name: tools, pages, places, capabilities, avatars",
			handler: a.policyCatalog, status: http.StatusOK, answer: policies.Catalog{},
		},
	}
}

type policyDraft struct {
	Document policy.Document `json:"document"`
}

type policyBody struct {
	Document policy.Document `json:"document"`
	Epoch    int64           `json:"epoch" doc:"As you read it."`
}

type policyDiffBody struct {
	Document policy.Document `json:"document"`
	Counts   bool            `json:"counts,omitempty" doc:"Count records, which takes longer."`
	After    remit.ID        `json:"after,omitempty" doc:"next of the answer before."`
}

type policyPreviewBody struct {
	Person     remit.ID         `json:"person"`
	DataSource string           `json:"data_source,omitempty" default:"main"`
	Collection string           `json:"collection"`
	Scope      string           `json:"scope,omitempty" doc:"Name of a scope of the collection."`
	Expression string           `json:"expression,omitempty"`
	Document   *policy.Document `json:"document,omitempty" doc:"Left out: the policy that holds."`
	Limit      int              `json:"limit,omitempty" minimum:"1" maximum:"200" default:"50"`
}

type previewAnswer struct {
	Page   pageAnswer `json:"page" doc:"total counts the records that both the person and you may see."`
	Fields []string   `json:"fields" nullable:"false" doc:"That the person would know."`
}

type problemsAnswer struct {
	Problems []policies.Problem `json:"problems" nullable:"false"`
}

// diffPatience is how long one request may look at people.
const diffPatience = 10 * time.Second

// members reads a body that is an object of the known members.
func members(w http.ResponseWriter, r *http.Request, known []string, each func(name string, v input.Value) error) error {
	if _, err := values(r); err != nil {
		return err
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	object, err := input.Parse(body)
	if err != nil {
		return err
	}
	return object.Members(known, each)
}

func (a *API) policyHeld(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	held, err := a.options.Policies.Held(r.Context(), actor)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, held)
}

func (a *API) policyReplace(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var doc *policy.Document
	var epoch *int
	err := members(w, r, []string{"document", "epoch"}, func(name string, v input.Value) (err error) {
		switch name {
		case "document":
			doc, err = policies.ReadDocument(v)
		case "epoch":
			epoch, err = v.Int()
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case doc == nil:
		return remit.FieldErrorf("document", "is missing")
	case epoch == nil:
		return remit.FieldErrorf("epoch", "is missing: send the one that you read the policy with")
	}
	done, err := a.options.Policies.Replace(r.Context(), actor, doc, int64(*epoch))
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, done)
}

func (a *API) policyCheck(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	doc, _, problems, err := draft(w, r, "document")
	if err == nil && len(problems) == 0 {
		problems, err = a.options.Policies.CheckDocument(r.Context(), actor, doc)
	} else if err == nil {
		_, err = a.options.Policies.CheckDocument(r.Context(), actor, &policy.Document{}) // may the actor ask at all?
	}
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, problemsAnswer{problems})
}

// draft reads a body with a document, whose own problems are an answer and no
// error, and further members.
func draft(w http.ResponseWriter, r *http.Request, known ...string) (doc *policy.Document, rest map[string]input.Value, problems []policies.Problem, err error) {
	rest = map[string]input.Value{}
	err = members(w, r, known, func(name string, v input.Value) error {
		if name != "document" {
			rest[name] = v
			return nil
		}
		read, err := policies.ReadDocument(v)
		problems, err = policies.Problems(err)
		doc = read
		return err
	})
	if err == nil && doc == nil && len(problems) == 0 {
		err = remit.FieldErrorf("document", "is missing")
	}
	return doc, rest, problems, err
}

func (a *API) policyDiff(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var doc *policy.Document
	o := policies.DiffOptions{Within: diffPatience}
	err := members(w, r, []string{"document", "counts", "after"}, func(name string, v input.Value) (err error) {
		switch name {
		case "document":
			doc, err = policies.ReadDocument(v)
		case "counts":
			o.Counts, err = v.Bool()
		case "after":
			o.After, err = id(v)
		}
		return err
	})
	if err != nil {
		return err
	}
	if doc == nil {
		return remit.FieldErrorf("document", "is missing")
	}
	diff, err := a.options.Policies.DiffDocument(r.Context(), actor, doc, o)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, diff)
}

// id reads the id of something; null is none.
func id(v input.Value) (remit.ID, error) {
	text, err := v.Text()
	if err == nil && text != "" && !remit.ID(text).Valid() {
		err = remit.FieldErrorf(v.Path, "is no id")
	}
	return remit.ID(text), err
}

func (a *API) policyExpression(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var x policies.Expression
	err := members(w, r, []string{"data_source", "collection", "tools", "expression"}, func(name string, v input.Value) (err error) {
		switch name {
		case "data_source":
			x.Source, err = v.Text()
		case "collection":
			x.Collection, err = v.Text()
		case "tools":
			x.Tools, err = v.Texts()
		case "expression":
			x.Expression, err = v.Text()
		}
		return err
	})
	if err != nil {
		return err
	}
	checked, err := a.options.Policies.CheckExpression(r.Context(), actor, x)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, checked)
}

func (a *API) policyVocabulary(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "collection", "data_source")
	if err != nil {
		return err
	}
	vocabulary, err := a.options.Policies.Vocabulary(r.Context(), actor, v["data_source"], v["collection"])
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, vocabulary)
}

func (a *API) policyCatalog(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	catalog, err := a.options.Policies.Catalog(r.Context(), actor)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, catalog)
}

func (a *API) policyPreview(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var q policies.Preview
	known := []string{"person", "data_source", "collection", "scope", "expression", "document", "limit"}
	err := members(w, r, known, func(name string, v input.Value) (err error) {
		switch name {
		case "person":
			q.Person, err = id(v)
		case "data_source":
			q.Source, err = v.Text()
		case "collection":
			q.Collection, err = v.Text()
		case "scope":
			q.Scope, err = v.Text()
		case "expression":
			q.Expression, err = v.Text()
		case "document":
			if !v.IsNull() {
				q.Document, err = policies.ReadDocument(v)
			}
		case "limit":
			q.Limit, err = v.Int()
		}
		return err
	})
	if err != nil {
		return err
	}
	shown, err := a.options.Policies.Preview(r.Context(), actor, q)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, struct {
		Page   *lens.Page `json:"page"`
		Fields []string   `json:"fields"`
	}{shown.Page, shown.Fields})
}
