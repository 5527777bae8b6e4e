package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/people"
	"github.com/remit-crm/remit/ops/profile"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/ops/tokens"
)

// Profile is what the API needs of package ops/profile.
type Profile interface {
	Update(ctx context.Context, actor remit.Actor, c profile.Change) error
	ChangePassword(ctx context.Context, actor remit.Actor, address, current, renewed string) error
	Weakness(ctx context.Context, actor remit.Actor, password string) (weakness string, err error)
	Sessions(ctx context.Context, actor remit.Actor) ([]people.Session, error)
	EndSession(ctx context.Context, actor remit.Actor, session remit.ID) error
	EndSessions(ctx context.Context, actor remit.Actor, others bool) error
	Tokens(ctx context.Context, actor remit.Actor) ([]tokens.Token, error)
	CreateToken(ctx context.Context, actor remit.Actor, name, employee string, ttl time.Duration) (*tokens.Created, error)
	RevokeToken(ctx context.Context, actor remit.Actor, token remit.ID) error
}

type meBody struct {
	Name     string `json:"name,omitempty"`
	Language string `json:"language,omitempty" doc:"BCP 47 tag; empty: as the browser asks."`
	Theme    string `json:"theme,omitempty" enum:",light,dark,auto"`
}

type passwordBody struct {
	Current string `json:"current_password"`
	New     string `json:"new_password"`
}

type candidateBody struct {
	Password string `json:"password"`
}

type weaknessAnswer struct {
	Weakness string `json:"weakness" enum:",text,short,long,common,pattern,personal" doc:"Empty: it would do."`
}

type tokenBody struct {
	Name     string `json:"name" doc:"What it is for."`
	Employee string `json:"employee,omitempty" doc:"The AI employee that it is bound to; empty: none."`
	Days     int    `json:"days,omitempty" minimum:"1" maximum:"366" default:"30" doc:"How long it is good."`
}

func (a *API) profileRoutes() []route {
	const (
		me       = "/api/me"
		sessions = me + "/sessions"
		held     = me + "/tokens"
		rule     = "Needs a session: an API token is not enough. "
	)
	return []route{
		{
			method: http.MethodPatch, path: me, id: "updateMe", tag: "session", summary: "Change your name, language and theme", description: rule,
			handler: a.updateMe, body: meBody{}, status: http.StatusOK, answer: session.Me{},
		},
		{
			method: http.MethodPut, path: me + "/password", id: "changePassword", tag: "session", summary: "Change your password",
			description: rule + "Your other sessions end; your tokens stay good. Attempts are counted with those to sign in.",
			handler:     a.changePassword, body: passwordBody{}, status: http.StatusNoContent,
		},
		{
			method: http.MethodPost, path: me + "/password/check", id: "checkPassword", tag: "session", summary: "Say whether a password would do as yours",
			description: rule + "By the rule that changePassword holds to. Nothing is kept of it.",
			handler:     a.checkPassword, body: candidateBody{}, status: http.StatusOK, answer: weaknessAnswer{},
		},
		{
			method: http.MethodGet, path: sessions, id: "mySessions", tag: "session", summary: "List your sessions", description: rule,
			handler: a.mySessions, status: http.StatusOK, answer: sessionsAnswer{},
		},
		{
			method: http.MethodDelete, path: sessions, id: "signOutEverywhere", tag: "session", summary: "Sign out everywhere", description: rule,
			handler: a.signOutEverywhere, query: []string{"others"}, status: http.StatusNoContent,
		},
		{
			method: http.MethodDelete, path: sessions + "/{sid}", id: "endMySession", tag: "session", summary: "End one of your sessions", description: rule,
			handler: a.endMySession, status: http.StatusNoContent,
		},
		{
			method: http.MethodGet, path: held, id: "myTokens", tag: "session", summary: "List your API tokens", description: rule,
			handler: a.myTokens, status: http.StatusOK, answer: tokensAnswer{},
		},
		{
			method: http.MethodPost, path: held, id: "createToken", tag: "session", summary: "Make an API token",
			description: rule + "The secret is shown this once.",
			handler:     a.createToken, body: tokenBody{}, status: http.StatusCreated, answer: tokens.Created{},
		},
		{
			method: http.MethodDelete, path: held + "/{tid}", id: "revokeMyToken", tag: "session", summary: "Revoke one of your API tokens", description: rule,
			handler: a.revokeMyToken, status: http.StatusNoContent,
		},
	}
}

func (a *API) self() (Profile, error) {
	if a.options.Profile == nil {
		return nil, noSessions()
	}
	return a.options.Profile, nil
}

func (a *API) updateMe(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var c profile.Change
	err := members(w, r, []string{"name", "language", "theme"}, func(name string, v input.Value) (err error) {
		switch name {
		case "name":
			c.Name, err = textPointer(v)
		case "language":
			c.Language, err = textPointer(v)
		case "theme":
			c.Theme, err = textPointer(v)
		}
		return err
	})
	if err != nil {
		return err
	}
	self, err := a.self()
	if err != nil {
		return err
	}
	if err := self.Update(r.Context(), actor, c); err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(a.options.Sessions.Me(r.Context(), actor))
}

func (a *API) changePassword(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var in passwordBody
	err := members(w, r, []string{"current_password", "new_password"}, func(name string, v input.Value) (err error) {
		if name == "current_password" {
			in.Current, err = secretText(v)
			return err
		}
		in.New, err = secretText(v)
		return err
	})
	switch {
	case err != nil:
		return err
	case in.Current == "":
		return remit.FieldErrorf("current_password", "is missing")
	case in.New == "":
		return remit.FieldErrorf("new_password", "is missing")
	}
	self, err := a.self()
	if err != nil {
		return err
	}
	return done(w)(self.ChangePassword(r.Context(), actor, a.address(r), in.Current, in.New))
}

func (a *API) checkPassword(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var password string
	err := members(w, r, []string{"password"}, func(_ string, v input.Value) (err error) {
		password, err = secretText(v)
		return err
	})
	if err != nil {
		return err
	}
	self, err := a.self()
	if err != nil {
		return err
	}
	weakness, err := self.Weakness(r.Context(), actor, password)
	return sendResult(w, http.StatusOK)(weaknessAnswer{weakness}, err)
}

func (a *API) mySessions(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	self, err := unasked(r, a.self)
	if err != nil {
		return err
	}
	all, err := self.Sessions(r.Context(), actor)
	return sendResult(w, http.StatusOK)(sessionsAnswer{all}, err)
}

func (a *API) signOutEverywhere(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "others")
	if err != nil {
		return err
	}
	others, err := boolean(v, "others")
	if err != nil {
		return err
	}
	self, err := a.self()
	if err != nil {
		return err
	}
	if err := self.EndSessions(r.Context(), actor, others); err != nil {
		return err
	}
	if !others {
		a.clearCookie(w)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) endMySession(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	self, err := a.self()
	if err != nil {
		return err
	}
	return done(w)(self.EndSession(r.Context(), actor, remit.ID(r.PathValue("sid"))))
}

func (a *API) myTokens(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	self, err := unasked(r, a.self)
	if err != nil {
		return err
	}
	all, err := self.Tokens(r.Context(), actor)
	return sendResult(w, http.StatusOK)(tokensAnswer{all}, err)
}

func (a *API) createToken(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	in := tokenBody{Days: 30}
	err := members(w, r, []string{"name", "employee", "days"}, func(name string, v input.Value) (err error) {
		switch name {
		case "name":
			in.Name, err = v.Text()
		case "employee":
			in.Employee, err = v.Text()
		case "days":
			var n *int
			if n, err = v.Int(); n != nil {
				in.Days = *n
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	const most = 366
	if in.Days < 1 || in.Days > most {
		return remit.FieldErrorf("days", "must be between 1 and %d", most)
	}
	self, err := a.self()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusCreated)(self.CreateToken(r.Context(), actor, in.Name, in.Employee, time.Duration(in.Days)*24*time.Hour))
}

func (a *API) revokeMyToken(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	self, err := a.self()
	if err != nil {
		return err
	}
	return done(w)(self.RevokeToken(r.Context(), actor, remit.ID(r.PathValue("tid"))))
}
