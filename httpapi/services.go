package httpapi

import (
	"context"
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/modelservices"
)

// Services is what the API needs of package ops/modelservices.
type Services interface {
	List(ctx context.Context, actor remit.Actor) ([]modelservices.Service, error)
	Add(ctx context.Context, actor remit.Actor, name string, c modelservices.Change) (*modelservices.Service, error)
	Update(ctx context.Context, actor remit.Actor, name string, c modelservices.Change) (*modelservices.Service, error)
	Remove(ctx context.Context, actor remit.Actor, name string) error
	Test(ctx context.Context, actor remit.Actor, name, model string) (*modelservices.Tried, error)
	Usage(ctx context.Context, actor remit.Actor, q modelservices.UsageQuery) (*modelservices.Usage, error)
	Budgets(ctx context.Context, actor remit.Actor) (*modelservices.Budgets, error)
}

func (a *API) serviceRoutes() []route {
	const many, one = "/api/services", "/api/services/{name}"
	return []route{
		{
			method: http.MethodGet, path: many, id: "listServices", tag: "services", summary: "List the model services, the default first",
			description: "For services.manage and policy.manage. Keys are never shown.",
			handler:     a.serviceList, status: http.StatusOK, answer: servicesAnswer{},
		},
		{
			method: http.MethodPost, path: many, id: "addService", tag: "services", summary: "Keep a model service",
			description: "It is used from the next run on, on every server. A base URL is https, or http to this machine; others need insecure.",
			handler:     a.serviceAdd, body: serviceBody{}, status: http.StatusCreated, answer: modelservices.Service{},
		},
		{
			method: http.MethodPatch, path: one, id: "updateService", tag: "services", summary: "Change a model service that is kept here",
			description: "What is left out stays as it is. Whoever moves a service to another address sends its key again.",
			handler:     a.serviceUpdate, body: modelservices.Change{}, status: http.StatusOK, answer: modelservices.Service{},
		},
		{
			method: http.MethodDelete, path: one, id: "removeService", tag: "services", summary: "Forget a model service that is kept here, with its key",
			handler: a.serviceRemove, status: http.StatusNoContent,
		},
		{
			method: http.MethodPost, path: one + "/test", id: "testService", tag: "services", summary: "Try a model service",
			description: "Asks it to say one word, and reports what went wrong. It takes twenty seconds at most and costs a few tokens.",
			handler:     a.serviceTest, body: serviceTestBody{}, status: http.StatusOK, answer: modelservices.Tried{},
		},
		{
			method: http.MethodGet, path: "/api/usage", id: "usage", tag: "services", summary: "What was used of model services, and what it cost",
			description: "Your own; everybody's with services.manage or audit.read.",
			handler:     a.usage, query: usageParameters, status: http.StatusOK, answer: modelservices.Usage{},
		},
		{
			method: http.MethodGet, path: "/api/usage/budgets", id: "budgets", tag: "services", summary: "What of the AI employees' budgets was used today",
			description: "Your own, of the AI employees that you may use; everybody's with services.manage or audit.read.",
			handler:     a.budgets, status: http.StatusOK, answer: modelservices.Budgets{},
		},
	}
}

type serviceBody struct {
	Name string `json:"name" doc:"Lower-case words joined by -."`
	modelservices.Change
}

type serviceTestBody struct {
	Model string `json:"model,omitempty" doc:"Left out: the service's usual one."`
}

type servicesAnswer struct {
	Services []modelservices.Service `json:"services" nullable:"false"`
}

// decode reads a body into the struct that target points to.
func decode(w http.ResponseWriter, r *http.Request, target any) error {
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
	return object.Decode(target)
}

func (a *API) serviceList(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	all, err := a.options.Services.List(r.Context(), actor)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, servicesAnswer{all})
}

func (a *API) serviceAdd(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var in serviceBody
	if err := decode(w, r, &in); err != nil {
		return err
	}
	added, err := a.options.Services.Add(r.Context(), actor, in.Name, in.Change)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusCreated, added)
}

func (a *API) serviceUpdate(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var c modelservices.Change
	if err := decode(w, r, &c); err != nil {
		return err
	}
	changed, err := a.options.Services.Update(r.Context(), actor, r.PathValue("name"), c)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, changed)
}

func (a *API) serviceRemove(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	if err := a.options.Services.Remove(r.Context(), actor, r.PathValue("name")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) serviceTest(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var in serviceTestBody
	if err := decode(w, r, &in); err != nil {
		return err
	}
	tried, err := a.options.Services.Test(r.Context(), actor, r.PathValue("name"), in.Model)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, tried)
}

var usageParameters = []string{"from", "to", "by", "person", "employee", "service"}

func (a *API) usage(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, usageParameters...)
	if err != nil {
		return err
	}
	q := modelservices.UsageQuery{From: v["from"], To: v["to"], By: v["by"], Person: remit.ID(v["person"]), Employee: v["employee"], Service: v["service"]}
	used, err := a.options.Services.Usage(r.Context(), actor, q)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, used)
}

func (a *API) budgets(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	told, err := a.options.Services.Budgets(r.Context(), actor)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, told)
}
