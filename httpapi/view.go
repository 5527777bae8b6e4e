package httpapi

import (
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
)

// viewBody names whom to view as.
type viewBody struct {
	Person remit.ID `json:"person"`
}

func (a *API) viewRoutes() []route {
	const path = "/api/session/view-as"
	return []route{
		{
			method: http.MethodPost, path: path, id: "viewAs", tag: "session", summary: "View as somebody else, read-only",
			description: "Needs the capability people.view_as and a session. From now on the session, under a new cookie, sees what the person sees: records, lists, search, the AI employees available to them, and nothing private to them. Nothing can be changed or exported and no AI employee asked; every entry of the audit log names both. Nobody is viewed who has a capability that you lack.",
			handler:     a.viewAs, body: viewBody{}, status: http.StatusOK, answer: sessionAnswer{},
		},
		{
			method: http.MethodDelete, path: path, id: "endView", tag: "session", summary: "End the view",
			description: "The session is yours again, under a new cookie.",
			handler:     a.endView, viewing: true, status: http.StatusOK, answer: sessionAnswer{},
		},
	}
}

func (a *API) viewAs(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if a.options.Sessions == nil {
		return noSessions()
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	person, err := parseView(body)
	if err != nil {
		return err
	}
	opened, err := a.options.Sessions.ViewAs(r.Context(), actor, person)
	if err != nil {
		return err
	}
	return a.sendSession(w, opened)
}

func parseView(body []byte) (person remit.ID, err error) {
	object, err := input.Parse(body)
	if err != nil {
		return "", err
	}
	err = object.Members([]string{"person"}, func(_ string, v input.Value) error {
		text, err := v.Text()
		person = remit.ID(text)
		return err
	})
	if err == nil && person == "" {
		err = remit.FieldErrorf("person", "is missing")
	}
	return person, err
}

func (a *API) endView(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if a.options.Sessions == nil {
		return noSessions()
	}
	opened, err := a.options.Sessions.EndView(r.Context(), actor)
	if err != nil {
		return err
	}
	return a.sendSession(w, opened)
}

func noSessions() error {
	return remit.Errorf(remit.KindUnavailable, "nobody can sign in here: use an API token")
}
