package httpapi

import (
	"context"
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/views"
)

// Views is what the API needs of package ops/views.
type Views interface {
	List(ctx context.Context, actor remit.Actor, collection string) ([]views.View, error)
	Create(ctx context.Context, actor remit.Actor, collection string, d views.Draft) (*views.View, error)
	Update(ctx context.Context, actor remit.Actor, id remit.ID, d views.Draft) (*views.View, error)
	Delete(ctx context.Context, actor remit.Actor, id remit.ID) error
	Roles(ctx context.Context, actor remit.Actor) ([]views.ShareRole, error)
}

type viewsAnswer struct {
	Views []views.View `json:"views" nullable:"false"`
}

type viewRolesAnswer struct {
	Roles []views.ShareRole `json:"roles" nullable:"false"`
}

// SavedViewBody is what a saved view is changed by. It is exported so that the
// document shows it where it is embedded.
type SavedViewBody struct {
	Name    string         `json:"name,omitempty" maxLength:"100" doc:"Unique among your views of the collection."`
	Kind    string         `json:"kind,omitempty" enum:"table,board,calendar" default:"table"`
	Shared  string         `json:"shared,omitempty" enum:"private,everyone,roles" default:"private"`
	Roles   []string       `json:"roles,omitempty" nullable:"false" doc:"With which it is shared: those that listViewRoles tells."`
	Columns []string       `json:"columns,omitempty" nullable:"false"`
	Sort    []string       `json:"sort,omitempty" nullable:"false"`
	Filter  *filterObject  `json:"filter,omitempty"`
	Group   string         `json:"group,omitempty" doc:"Of a board: the field whose values are its columns."`
	Date    string         `json:"date_field,omitempty" doc:"Of a calendar."`
	Sum     string         `json:"sum_field,omitempty"`
	Widths  map[string]int `json:"widths,omitempty"`
	Default bool           `json:"default,omitempty" doc:"Make it what you see first of the collection. Everybody who may use the view may set this."`
}

type newSavedViewBody struct {
	Collection string `json:"collection"`
	SavedViewBody
}

func (a *API) savedViewRoutes() []route {
	const base, one = "/api/views", "/api/views/{id}"
	return []route{
		{
			method: http.MethodGet, path: base, id: "listViews", tag: "views", summary: "The saved views of a collection: yours, and those shared with you",
			description: "Columns that you do not know are left out. A view that depends on something you may not see is not usable: it says which part of it does, and does not say on what.",
			handler:     a.views, viewing: true, query: []string{"collection"}, status: http.StatusOK, answer: viewsAnswer{},
		},
		{
			method: http.MethodPost, path: base, id: "createView", tag: "views", summary: "Save a view",
			handler: a.createView, body: newSavedViewBody{}, status: http.StatusCreated, answer: views.View{},
		},
		{
			method: http.MethodGet, path: base + "/roles", id: "listViewRoles", tag: "views", summary: "The roles that you can share a view with",
			handler: a.viewRoles, status: http.StatusOK, answer: viewRolesAnswer{},
		},
		{
			method: http.MethodPatch, path: one, id: "updateView", tag: "views", summary: "Change a view",
			handler: a.updateView, body: SavedViewBody{}, status: http.StatusOK, answer: views.View{},
		},
		{
			method: http.MethodDelete, path: one, id: "deleteView", tag: "views", summary: "Delete a view",
			handler: a.deleteView, status: http.StatusNoContent,
		},
	}
}

func (a *API) savedViews() (Views, error) {
	if a.options.Views == nil {
		return nil, remit.Errorf(remit.KindUnavailable, "this server keeps no views")
	}
	return a.options.Views, nil
}

func (a *API) views(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "collection")
	if err != nil {
		return err
	}
	if v["collection"] == "" {
		return remit.FieldErrorf("collection", "name the collection")
	}
	saved, err := a.savedViews()
	if err != nil {
		return err
	}
	all, err := saved.List(r.Context(), actor, v["collection"])
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, viewsAnswer{Views: all})
}

func (a *API) viewRoles(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	saved, err := a.savedViews()
	if err != nil {
		return err
	}
	roles, err := saved.Roles(r.Context(), actor)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, viewRolesAnswer{Roles: roles})
}

func (a *API) createView(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	collection, draft, err := views.ParseCreate(body)
	if err != nil {
		return err
	}
	saved, err := a.savedViews()
	if err != nil {
		return err
	}
	made, err := saved.Create(r.Context(), actor, collection, draft)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/views/"+string(made.ID))
	return sendValue(w, http.StatusCreated, made)
}

func (a *API) updateView(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	draft, err := views.ParseUpdate(body)
	if err != nil {
		return err
	}
	saved, err := a.savedViews()
	if err != nil {
		return err
	}
	changed, err := saved.Update(r.Context(), actor, remit.ID(r.PathValue("id")), draft)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, changed)
}

func (a *API) deleteView(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	saved, err := a.savedViews()
	if err == nil {
		err = saved.Delete(r.Context(), actor, remit.ID(r.PathValue("id")))
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
