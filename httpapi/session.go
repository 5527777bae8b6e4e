package httpapi

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/session"
)

// signInBody is what signing in takes.
type signInBody struct {
	Email       string `json:"email"`
	Password    string `json:"password"`
	NewPassword string `json:"new_password,omitempty" doc:"Where the password was set by somebody else (403 at the field new_password): the one to have from now on."`
}

// sessionAnswer says who is signed in and until when; the secret is in the
// cookie alone.
type sessionAnswer struct {
	Person  remit.ID  `json:"person" doc:"Whose session it is."`
	Viewing remit.ID  `json:"viewing,omitempty" doc:"Whom the session views."`
	Expires time.Time `json:"expires"`
}

// signIn opens a session. The answer to an unknown address and to a wrong
// password is the same, made by the use case in the same time.
func (a *API) signIn(w http.ResponseWriter, r *http.Request, _ remit.Actor) error {
	if a.options.Sessions == nil {
		return remit.Errorf(remit.KindUnavailable, "nobody can sign in here: use an API token")
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	in, err := parseSignIn(body)
	if err != nil {
		return err
	}
	address, device := a.address(r), ""
	if cookie, err := r.Cookie(a.deviceCookie()); err == nil && a.options.Sessions.KnowsDevice(in.Email, cookie.Value) {
		device = cookie.Value
	}
	if err := a.limits.signIn(address, device); err != nil {
		return err
	}
	opened, err := a.options.Sessions.SignIn(r.Context(), session.Credentials{
		Email: in.Email, Password: in.Password, NewPassword: in.NewPassword,
		Address: address, Client: r.UserAgent(), Device: device, Request: requestID(w),
	})
	if err != nil {
		return err
	}
	a.endFormer(r)
	return a.sendSession(w, opened)
}

// endFormer ends the session that the browser had before: its cookie is replaced,
// so nobody could end it any more. That it has ended already, or cannot be found, is
// no reason not to sign in.
func (a *API) endFormer(r *http.Request) {
	cookie, err := r.Cookie(a.cookieName())
	if err != nil {
		return
	}
	former, err := a.options.Auth.Authenticate(r.Context(), cookie.Value)
	if err != nil || former.Session == "" {
		return
	}
	former.Channel = remit.ChannelWeb
	if err := a.options.Sessions.SignOut(r.Context(), former); err != nil {
		a.options.Log.LogAttrs(r.Context(), slog.LevelWarn, "a session that another replaced was not ended", slog.Any("error", err))
	}
}

// sendSession puts the session's secret into the cookie, and says whose it is.
func (a *API) sendSession(w http.ResponseWriter, opened *session.Opened) error {
	a.setCookies(w, opened)
	return sendValue(w, http.StatusOK, sessionAnswer{
		Person: opened.Person, Viewing: opened.Viewing, Expires: opened.Expires.UTC(),
	})
}

func parseSignIn(body []byte) (signInBody, error) {
	var in signInBody
	object, err := input.Parse(body)
	if err != nil {
		return in, err
	}
	err = object.Members([]string{"email", "password", "new_password"}, func(name string, v input.Value) (err error) {
		switch name {
		case "email":
			in.Email, err = v.Text()
		case "password":
			in.Password, err = secretText(v)
		case "new_password":
			in.NewPassword, err = secretText(v)
		}
		return err
	})
	switch {
	case err != nil:
		return in, err
	case in.Email == "":
		return in, remit.FieldErrorf("email", "is missing")
	case in.Password == "":
		return in, remit.FieldErrorf("password", "is missing")
	}
	return in, nil
}

// secretText reads a secret. The message of a wrong type would quote what was sent.
func secretText(v input.Value) (string, error) {
	text, err := v.Text()
	if err != nil {
		return "", remit.FieldErrorf(v.Path, "must be a string")
	}
	return text, nil
}

// signOut ends the session of the cookie. It is done when the session is gone,
// whoever ended it.
func (a *API) signOut(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if actor.Session == "" {
		return remit.Errorf(remit.KindInvalid, "the request came with an API token, which has no session: revoke the token instead")
	}
	if err := a.options.Sessions.SignOut(r.Context(), actor); err != nil {
		return err
	}
	a.clearCookie(w)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) me(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	me, err := a.options.Sessions.Me(r.Context(), actor)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, me)
}
