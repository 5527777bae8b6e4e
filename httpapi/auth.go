package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/session"
)

// authenticate finds out whom a request is for: by a bearer token (RFC 6750,
// section 2.1) or else by the session cookie. A token that is sent and not
// accepted is an error, whatever the cookie says.
func (a *API) authenticate(r *http.Request) (remit.Actor, error) {
	secret, channel, err := a.credentials(r)
	if err != nil {
		return remit.Actor{}, err
	}
	actor, err := a.options.Auth.Authenticate(r.Context(), secret)
	if err != nil {
		if asError(err).Kind == remit.KindUnauthenticated {
			return remit.Actor{}, a.unknown(r, err)
		}
		return remit.Actor{}, err
	}
	// A secret counts only where it belongs: a session's in its cookie, which
	// scripts cannot read, and a token's in the header, which no browser sends by
	// itself.
	if (channel == remit.ChannelWeb) != (actor.Session != "") {
		return remit.Actor{}, a.unknown(r, unauthenticated("this secret is not valid here"))
	}
	actor.Channel = channel
	return actor, nil
}

func (a *API) credentials(r *http.Request) (secret string, channel remit.Channel, err error) {
	switch headers := r.Header.Values("Authorization"); {
	case len(headers) > 1:
		return "", "", remit.Errorf(remit.KindInvalid, "there is more than one Authorization header")
	case len(headers) == 1:
		secret, ok := bearer(headers[0])
		if !ok {
			return "", "", a.unknown(r, unauthenticated("the Authorization header is not of the form: Bearer TOKEN"))
		}
		return secret, remit.ChannelAPI, nil
	}
	cookie, err := r.Cookie(a.cookieName())
	if err != nil || cookie.Value == "" {
		return "", "", a.unknown(r, unauthenticated("nobody is signed in"))
	}
	return cookie.Value, remit.ChannelWeb, nil
}

// unknown counts a request without accepted credentials against its address and
// returns the error to answer with.
func (a *API) unknown(r *http.Request, err error) error {
	if limited := a.limits.rejected(a.address(r)); limited != nil {
		return limited
	}
	return err
}

func unauthenticated(message string) error {
	return &remit.Error{
		Kind: remit.KindUnauthenticated, Message: message,
		Hint: "send Authorization: Bearer TOKEN, or sign in with POST /api/session",
	}
}

func bearer(header string) (secret string, ok bool) {
	scheme, secret, found := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	return secret, found && strings.EqualFold(scheme, "Bearer") && secret != "" && !strings.Contains(secret, " ")
}

// cookieName is the session cookie's name. Over TLS it has the prefix that
// browsers accept only from the host itself (RFC 6265bis, section 4.1.3.2).
func (a *API) cookieName() string {
	if a.options.Secure {
		return "__Host-remit_session"
	}
	return "remit_session"
}

// deviceCookie is the name of the cookie that says of a browser that somebody has
// signed in on it. It outlives the session, and opens nothing.
func (a *API) deviceCookie() string {
	return strings.TrimSuffix(a.cookieName(), "session") + "device"
}

func (a *API) setCookies(w http.ResponseWriter, opened *session.Opened) {
	a.cookie(w, a.cookieName(), opened.Secret, opened.Expires)
	if opened.Device != "" {
		a.cookie(w, a.deviceCookie(), opened.Device, opened.DeviceExpires)
	}
}

func (a *API) clearCookie(w http.ResponseWriter) {
	a.cookie(w, a.cookieName(), "", time.Unix(1, 0))
}

func (a *API) cookie(w http.ResponseWriter, name, value string, expires time.Time) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // browsers drop a Secure cookie that comes over plain HTTP
		Name: name, Value: value, Path: "/", Expires: expires,
		HttpOnly: true, Secure: a.options.Secure, SameSite: http.SameSiteStrictMode,
	})
}
