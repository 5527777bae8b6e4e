package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/templates"
)

// Templates is what the API needs of package ops/templates.
type Templates interface {
	List(ctx context.Context, actor remit.Actor, collection string) ([]templates.Offer, error)
	Run(ctx context.Context, actor remit.Actor, r templates.Request) (*templates.Figures, error)
	Versions(ctx context.Context, actor remit.Actor, name string) ([]templates.Version, error)
	Draft(ctx context.Context, actor remit.Actor, t analytics.Template) (*templates.Version, error)
	Review(ctx context.Context, actor remit.Actor, name string, r templates.Review) (*templates.Version, error)
	Publish(ctx context.Context, actor remit.Actor, name string, version int64) (*templates.Version, error)
	Withdraw(ctx context.Context, actor remit.Actor, name, why string) error
}

type offersAnswer struct {
	Templates []templates.Offer `json:"templates" nullable:"false"`
}

type versionsAnswer struct {
	Versions []templates.Version `json:"versions" nullable:"false"`
}

type runTemplateBody struct {
	Parameters map[string]string `json:"parameters,omitempty" doc:"By name; what is left out takes its default."`
}

type publishTemplateBody struct {
	Version int64 `json:"version"`
}

type withdrawTemplateBody struct {
	Why string `json:"why"`
}

func (a *API) templateRoutes() []route {
	const (
		offers   = "/api/analytics"
		versions = "/api/templates"
		one      = versions + "/{name}"
	)
	return []route{
		{
			method: http.MethodGet, path: offers, id: "listAnalyses", tag: "analytics", operation: templates.OpList, summary: "The templates of company-wide figures that you may ask",
			description: "Needs the grant of the tool overall_analytics.",
			handler:     a.analyses, query: []string{"collection"}, status: http.StatusOK, answer: offersAnswer{},
		},
		{
			method: http.MethodPost, path: offers + "/{name}/run", id: "runAnalysis", tag: "analytics", operation: templates.OpRun, summary: "Company-wide figures by a reviewed template",
			description: "The same figures for everybody who has the tool overall_analytics, whatever records they may see. Small groups are shown together; what would tell of too few records, with what you were told before, is refused.",
			handler:     a.runAnalysis, body: runTemplateBody{}, status: http.StatusOK, answer: templates.Figures{},
		},
		{
			method: http.MethodGet, path: versions, id: "listTemplates", tag: "analytics", summary: "Every version of every template",
			description: "Needs the capability templates.write or templates.review.",
			handler:     a.templateVersions, status: http.StatusOK, answer: versionsAnswer{},
		},
		{
			method: http.MethodGet, path: one, id: "getTemplate", tag: "analytics", summary: "The versions of a template",
			description: "Needs the capability templates.write or templates.review.",
			handler:     a.templateVersions, status: http.StatusOK, answer: versionsAnswer{},
		},
		{
			method: http.MethodPost, path: versions, id: "draftTemplate", tag: "analytics", summary: "Write a version of a template",
			description: "Needs the capability templates.write. What is in force stays until the version is reviewed by somebody else and published.",
			handler:     a.draftTemplate, body: analytics.Template{}, status: http.StatusCreated, answer: templates.Version{},
		},
		{
			method: http.MethodPost, path: one + "/review", id: "reviewTemplate", tag: "analytics", summary: "Answer for a draft",
			description: "Needs the capability templates.review, and to have written nothing of the draft.",
			handler:     a.reviewTemplate, body: templates.Review{}, status: http.StatusOK, answer: templates.Version{},
		},
		{
			method: http.MethodPost, path: one + "/publish", id: "publishTemplate", tag: "analytics", summary: "Put a reviewed version in force",
			handler: a.publishTemplate, body: publishTemplateBody{}, status: http.StatusOK, answer: templates.Version{},
		},
		{
			method: http.MethodPost, path: one + "/withdraw", id: "withdrawTemplate", tag: "analytics", summary: "Take a template out of force",
			handler: a.withdrawTemplate, body: withdrawTemplateBody{}, status: http.StatusNoContent,
		},
	}
}

func (a *API) templates() (Templates, error) {
	if a.options.Templates == nil {
		return nil, unserved("the analysis of the whole company")
	}
	return a.options.Templates, nil
}

func (a *API) analyses(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "collection")
	if err != nil {
		return err
	}
	t, err := a.templates()
	if err != nil {
		return err
	}
	all, err := t.List(r.Context(), actor, v["collection"])
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, offersAnswer{all})
}

func (a *API) runAnalysis(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	given := map[string]json.RawMessage{}
	err := members(w, r, []string{"parameters"}, func(_ string, v input.Value) error {
		if v.IsNull() {
			return nil
		}
		return v.Members(nil, func(name string, value input.Value) error {
			given[name] = value.Raw()
			return nil
		})
	})
	if err != nil {
		return err
	}
	asked, err := templates.Given(given)
	if err != nil {
		return err
	}
	t, err := a.templates()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(t.Run(r.Context(), actor, templates.Request{Template: r.PathValue("name"), Parameters: asked}))
}

func (a *API) templateVersions(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	t, err := a.templates()
	if err != nil {
		return err
	}
	all, err := t.Versions(r.Context(), actor, r.PathValue("name"))
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, versionsAnswer{all})
}

func (a *API) draftTemplate(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var draft analytics.Template
	if err := decode(w, r, &draft); err != nil {
		return err
	}
	t, err := a.templates()
	if err != nil {
		return err
	}
	v, err := t.Draft(r.Context(), actor, draft)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/templates/"+v.Name)
	return sendValue(w, http.StatusCreated, v)
}

func (a *API) reviewTemplate(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var review templates.Review
	if err := decode(w, r, &review); err != nil {
		return err
	}
	t, err := a.templates()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(t.Review(r.Context(), actor, r.PathValue("name"), review))
}

func (a *API) publishTemplate(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var body publishTemplateBody
	if err := decode(w, r, &body); err != nil {
		return err
	}
	t, err := a.templates()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(t.Publish(r.Context(), actor, r.PathValue("name"), body.Version))
}

func (a *API) withdrawTemplate(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var body withdrawTemplateBody
	if err := decode(w, r, &body); err != nil {
		return err
	}
	t, err := a.templates()
	if err != nil {
		return err
	}
	if err := t.Withdraw(r.Context(), actor, r.PathValue("name"), body.Why); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
