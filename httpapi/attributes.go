package httpapi

import (
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/people"
)

type attributeBody struct {
	Type   string `json:"type" enum:"text,integer,decimal,money,boolean,date,timestamp"`
	List   bool   `json:"list,omitempty" doc:"It takes several values. Not for booleans."`
	People int    `json:"people,omitempty" doc:"Where another type takes values away: from how many people, as the list tells it."`
}

type attributesAnswer struct {
	Attributes []people.Attribute `json:"attributes" nullable:"false"`
}

func (a *API) attributeRoutes() []route {
	const (
		many = "/api/attributes"
		one  = many + "/{name}"
		rule = "Needs the capability policy.manage. "
	)
	return []route{
		{
			method: http.MethodGet, path: many, id: "listAttributes", tag: "people", summary: "The attributes that people may have, by name",
			description: "Needs the capability people.manage or policy.manage.",
			handler:     a.listAttributes, status: http.StatusOK, answer: attributesAnswer{},
		},
		{
			method: http.MethodPut, path: one, id: "defineAttribute", tag: "people", summary: "Add an attribute that people may have, or change its type",
			description: rule + "Another type is refused while the policy names the attribute. It takes the values that people have, whose number confirms it.",
			handler:     a.defineAttribute, body: attributeBody{}, status: http.StatusOK, answer: people.Attribute{},
		},
		{
			method: http.MethodDelete, path: one, id: "removeAttribute", tag: "people", summary: "Remove an attribute with every value of it",
			description: rule + "It is refused while the policy names the attribute. How many people lose values must be said where there are any.",
			handler:     a.removeAttribute, query: []string{"people"}, status: http.StatusNoContent,
		},
	}
}

func (a *API) listAttributes(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	staff, err := unasked(r, a.staff)
	if err != nil {
		return err
	}
	all, err := staff.Attributes(r.Context(), actor)
	return sendResult(w, http.StatusOK)(attributesAnswer{all}, err)
}

func (a *API) defineAttribute(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	d := people.Definition{Name: r.PathValue("name")}
	err := members(w, r, []string{"type", "list", "people"}, func(name string, v input.Value) (err error) {
		switch name {
		case "type":
			var text string
			text, err = v.Text()
			d.Type = remit.FieldType(text)
		case "list":
			d.List, err = v.Bool()
		case "people":
			d.People, err = v.Int()
		}
		return err
	})
	if err != nil {
		return err
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(staff.DefineAttribute(r.Context(), actor, d))
}

func (a *API) removeAttribute(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "people")
	if err != nil {
		return err
	}
	losing, err := whole(v, "people")
	if err != nil {
		return err
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return done(w)(staff.RemoveAttribute(r.Context(), actor, r.PathValue("name"), losing))
}
