// Package httpapi is the HTTP face: JSON under /api, the MCP server's handler at
// /mcp, the web app at /, and what operators watch at /healthz, /readyz and
// /metrics. It is a thin adapter: it authenticates, reads input strictly, calls
// a use case of package ops and writes the answer or an RFC 9457 problem.
//
// A request passes, from the outside in:
//
//  1. [observer]: request id, access log, metrics, recovery from panics;
//  2. [guard]: Host and Origin, security headers;
//  3. the mux, and for each route of the table in routes.go: authentication,
//     the rate limit of the person, the handler.
//
// The table is also what the OpenAPI document is made from (openapi.go), so that
// a route cannot be served undocumented.
package httpapi

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/conversations"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/ops/session"
)

// Authenticator finds out whom a secret (an API token's or a session's) belongs
// to. An unknown, revoked or expired secret is [remit.KindUnauthenticated].
type Authenticator interface {
	Authenticate(ctx context.Context, secret string) (remit.Actor, error)
}

// Sessions is what the API needs of package ops/session.
type Sessions interface {
	SignIn(ctx context.Context, c session.Credentials) (*session.Opened, error)
	KnowsDevice(email, device string) bool
	SignOut(ctx context.Context, actor remit.Actor) error
	Me(ctx context.Context, actor remit.Actor) (*session.Me, error)
	ViewAs(ctx context.Context, actor remit.Actor, person remit.ID) (*session.Opened, error)
	EndView(ctx context.Context, actor remit.Actor) (*session.Opened, error)
}

// Answers is what the API needs of package ops/answers.
type Answers interface {
	Ask(ctx context.Context, actor remit.Actor, q answers.Question, emit func(agent.Event) error) (*agent.Result, error)
}

// MCP answers MCP requests for an actor. *mcpserver.Server implements it.
type MCP interface {
	ServeActor(w http.ResponseWriter, r *http.Request, actor remit.Actor)
}

// Options are the parts that the API is made of, and its settings.
type Options struct {
	Records       *records.Records             // required
	Auth          Authenticator                // required
	Sessions      Sessions                     // nil: no sign-in
	Views         Views                        // nil: no saved views
	People        People                       // nil: people are not managed
	Profile       Profile                      // nil: nobody changes themselves
	Settings      Settings                     // nil: none
	Importer      Importer                     // nil: no import
	Answers       Answers                      // nil: no AI employees
	Conversations *conversations.Conversations // nil: none
	Policies      Policies                     // nil: no administration of the policy
	Services      Services                     // nil: no administration of model services
	Templates     Templates                    // nil: no company-wide figures
	MCP           MCP                          // nil: no /mcp
	Web           fs.FS                        // files of the web app, index.html at its root; nil: none
	Ready         func(context.Context) error  // whether the stores answer; nil: always

	Log     *slog.Logger         // required
	Metrics *prometheus.Registry // nil: no /metrics
	IDs     *remit.IDSource      // for request ids; required
	Now     func() time.Time     // required
	Version string               // of the binary, for the OpenAPI document

	Hosts   []string       // host names beside loopback's under which the server is reached
	Origins []string       // of the web app where a proxy changes the Host header, e.g. "https://crm.example.com"
	Proxies []netip.Prefix // reverse proxies whose X-Forwarded-For is believed
	Secure  bool           // reached over TLS: cookies are Secure, HSTS is sent
	Rates   Rates
}

// API is the HTTP face as a handler.
type API struct {
	http.Handler
	options Options
	mux     *http.ServeMux
	limits  *limits
	openapi []byte
	buffers buffers
}

// New returns the API of the options.
func New(o Options) (*API, error) {
	if o.Records == nil || o.Auth == nil || o.Log == nil || o.IDs == nil || o.Now == nil {
		return nil, errors.New("httpapi: Records, Auth, Log, IDs and Now are required")
	}
	if o.Policies == nil {
		o.Policies = noPolicies{}
	}
	if o.Services == nil {
		o.Services = noServices{}
	}
	a := &API{options: o, mux: http.NewServeMux(), limits: newLimits(o.Rates, o.Now)}
	table := a.routes()
	var err error
	if a.openapi, err = describe(table, o.Version); err != nil {
		return nil, err
	}
	for _, r := range table {
		a.mux.Handle(r.method+" "+r.path, a.endpoint(r))
	}
	a.mux.HandleFunc("/api/", a.noRoute)
	a.operations()
	if o.MCP != nil {
		a.mux.HandleFunc("/mcp", a.mcp)
	}
	if err := a.web(); err != nil {
		return nil, err
	}
	if a.Handler, err = newObserver(&a.options, newGuard(&a.options, a.mux)); err != nil {
		return nil, err
	}
	return a, nil
}

// handler answers a request for an actor, who is the zero actor on routes that
// need no one signed in. What it returns is sent as a problem.
type handler func(w http.ResponseWriter, r *http.Request, actor remit.Actor) error

// endpoint turns a route into a handler of the mux.
func (a *API) endpoint(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.serve(w, r, route); err != nil {
			a.fail(w, r, err)
		}
	})
}

func (a *API) serve(w http.ResponseWriter, r *http.Request, route route) error {
	if route.open {
		return route.handler(w, r, remit.Actor{Channel: remit.ChannelWeb, Request: requestID(w)})
	}
	actor, err := a.authenticate(r)
	if err != nil {
		return err
	}
	actor.Request = requestID(w)
	if route.channel != "" {
		actor.Channel = route.channel
	}
	note(w, actor)
	if err := a.limits.person(actor); err != nil {
		return err
	}
	err = viewable(route, actor)
	if err == nil {
		err = route.handler(w, r, actor)
	}
	if err != nil && route.operation != "" {
		return a.refused(r, actor, route.operation, err)
	}
	return err
}

// viewable refuses somebody who views as the person where the route is not made for
// it. What lies below refuses every change by itself; this keeps what is private to
// the person, such as conversations, out of sight too.
func viewable(route route, actor remit.Actor) error {
	if route.viewing || !actor.Viewing() {
		return nil
	}
	return remit.Errorf(remit.KindDenied, "you are viewing as somebody else: this is not part of the view")
}

// refused has a data call recorded that failed before it reached the lens: that
// somebody tried is worth knowing, too.
func (a *API) refused(r *http.Request, actor remit.Actor, operation string, err error) error {
	var status *statusError
	answer := a.options.Records.Refuse(r.Context(), actor, operation, place(r, r.URL.Query().Get("data_source")), err)
	if errors.As(err, &status) && remit.KindOf(answer) == remit.KindOf(err) {
		return err // with the status that the handler chose
	}
	return answer
}

// mcp hands a request with an API token to the MCP server. A session cookie is
// not taken: what a browser sends by itself must not drive an agent's tools.
func (a *API) mcp(w http.ResponseWriter, r *http.Request) {
	r.Header.Del("Cookie")
	route := route{channel: remit.ChannelMCP, handler: func(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
		if err := a.countBatch(w, r, actor); err != nil {
			return err
		}
		a.options.MCP.ServeActor(w, r, actor)
		return nil
	}}
	if err := a.serve(w, r, route); err != nil {
		a.fail(w, r, err)
	}
}

// noRoute answers what no route of the API takes: 405 where the path is right
// and the method wrong (RFC 9110, section 15.5.6), else 404.
func (a *API) noRoute(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(probe); pattern != "/api/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		a.fail(w, r, &statusError{http.StatusNotFound, &remit.Error{
			Kind: remit.KindNotFound, Message: "there is no such route", Hint: "GET /api/openapi.json lists them",
		}})
		return
	}
	for _, method := range allowed {
		w.Header().Add("Allow", method)
	}
	a.fail(w, r, &statusError{http.StatusMethodNotAllowed, remit.Errorf(remit.KindInvalid, "this route does not take %s", r.Method)})
}
