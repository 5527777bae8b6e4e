package agent

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/tool"
)

// Services are the model services; *roster.Set implements it.
type Services interface {
	// Service returns the service called name, the default one for "".
	Service(ctx context.Context, name string) (*roster.Service, error)
}

// Recorder records tool calls that were refused before they reached anything that
// records for itself. *lens.Lens implements it.
type Recorder interface {
	// Refuse returns err, or [remit.KindUnavailable] if it could not be recorded.
	Refuse(ctx context.Context, actor remit.Actor, operation, source, collection string, err error) error
}

// Config is what an [Agent] stands on. Policy, Tools and Services are required.
type Config struct {
	Policy   Policy
	Tools    *tool.Registry // every tool there is
	Services Services
	Approver Approver              // asks people about changes; nil: nobody is there to say yes
	Recorder Recorder              // nil records nothing: for tests of what lies above
	IDs      *remit.IDSource       // nil: the system's randomness
	Clock    func() time.Time      // nil: time.Now
	Location func() *time.Location // where the company's days begin now; nil: UTC
	Limits   Limits
}

// Limits bound a run. A zero limit is its default; what a remit says of steps
// and tokens goes before Steps and Tokens here.
type Limits struct {
	Steps       int           // tool calls; default 40
	Tokens      int64         // in and out, over all turns; default 400,000
	Time        time.Duration // default 5 minutes
	AnswerBytes int           // of one turn's text; default 128 KiB
	ResultBytes int           // of one tool result that is handed to the model; default 200 kB
	Watch       time.Duration // how often it is asked whether permissions still hold; default 300 ms
}

func (l Limits) withDefaults() Limits {
	if l.Steps <= 0 {
		l.Steps = 40
	}
	if l.Tokens <= 0 {
		l.Tokens = 400_000
	}
	if l.Time <= 0 {
		l.Time = 5 * time.Minute
	}
	if l.AnswerBytes <= 0 {
		l.AnswerBytes = 128 << 10
	}
	if l.ResultBytes <= 0 {
		l.ResultBytes = 200_000
	}
	if l.Watch <= 0 {
		l.Watch = 300 * time.Millisecond
	}
	return l
}

// Agent runs AI employees. It is safe for concurrent use.
type Agent struct{ Config }

// New returns an agent.
func New(c Config) *Agent {
	c.Limits = c.Limits.withDefaults()
	if c.IDs == nil {
		c.IDs = remit.NewIDSource(nil)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Location == nil {
		c.Location = func() *time.Location { return time.UTC }
	}
	return &Agent{c}
}

// Request is a question to an AI employee.
type Request struct {
	Actor    remit.Actor // who asks; its Employee and Task may be empty or the same as below
	Employee string      // key of the AI employee
	Task     string      // key of one of its tasks; "" for none
	Question string      // "": the task's own

	// Given returns what the model is given beside the question; nil: nothing. It is
	// asked once the service is known, which the actor then names: what it returns is
	// handed to that service as it is, so it must be within the service's egress limit.
	Given func(ctx context.Context, actor remit.Actor) (Given, error)

	MostTokens int64 // what is left for the day, beside what the limits say; 0 is no bound
}

// Given is what a model is given beside the question.
type Given struct {
	History []Turn  // the conversation so far, oldest first
	Screen  *Screen // what the person who asks has on the screen; nil: not known
	Note    string  // what of the screen is left out, for the model and the person; "": nothing
}

// Turn is an earlier question of the conversation with its answer. Whoever keeps
// conversations must have re-checked it for this person and this service (DESIGN
// law 12): what is given here is shown to the model as it is.
type Turn struct {
	Question    string
	Answer      string
	Calls       []TurnCall // what was called for it; results are not repeated
	Unsupported []string   // Result.Unsupported of that turn
	Screen      *Screen    // of that question
}

// TurnCall is a tool call of an earlier turn.
type TurnCall struct {
	Tool      string
	Arguments json.RawMessage
}

// The bounds on what a run takes in.
const (
	maxQuestion      = 20_000 // bytes
	maxHistory       = 12     // turns: earlier ones are left out
	maxHistoryAnswer = 6_000  // bytes of each earlier answer
	maxHistoryCalls  = 8      // calls shown of each earlier turn
)

// Run answers a question. It tells emit what happens, from one goroutine at a
// time and never after it has returned; nil is nobody.
//
// The error is non-nil only where the run was refused before it began: then
// nothing was emitted and nothing was read. Once begun, a run always yields a
// result, whose End says how it ended.
func (a *Agent) Run(ctx context.Context, req Request, emit func(Event)) (*Result, error) {
	perform, err := a.Prepare(ctx, req)
	if err != nil {
		return nil, err
	}
	return perform(ctx, emit), nil
}

// Prepare does what of Run comes before the run begins, so that a caller can make
// room for the run once it is known that there will be one. It is performed once,
// at once.
func (a *Agent) Prepare(ctx context.Context, req Request) (perform func(ctx context.Context, emit func(Event)) *Result, err error) {
	r, err := a.begin(ctx, req)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, emit func(Event)) *Result {
		if emit == nil {
			emit = func(Event) {}
		}
		r.emit = emit
		return r.perform(ctx)
	}, nil
}

// begin asks the layers above the data and puts a run together.
func (a *Agent) begin(ctx context.Context, req Request) (*run, error) {
	actor, err := a.identify(req)
	if err != nil {
		return nil, err
	}
	r := &run{agent: a, actor: actor, limits: a.Limits}
	if r.employee, err = a.Policy.MayUse(ctx, actor); err != nil {
		return nil, err
	}
	if actor.Task != "" {
		if r.task, err = a.Policy.MayRunTask(ctx, actor); err != nil {
			return nil, err
		}
	}
	if r.question, err = r.ask(req.Question); err != nil {
		return nil, err
	}
	if r.service, err = a.Services.Service(ctx, r.employee.Service); err != nil {
		return nil, err
	}
	r.actor.Service = r.service.Name // from here on, what is read is read for this service
	if err := r.equip(ctx); err != nil {
		return nil, err
	}
	if req.MostTokens > 0 && req.MostTokens < r.limits.Tokens {
		r.limits.Tokens, r.capped = req.MostTokens, true
	}
	if r.standing, err = a.Policy.Standing(ctx, r.actor); err != nil {
		return nil, err
	}
	if req.Given != nil { // after the standing: who loses a permission from here on ends the run
		if r.given, err = req.Given(ctx, r.actor); err != nil {
			return nil, err
		}
	}
	r.prepare()
	return r, nil
}

// identify returns the actor with the AI employee and the task. Names that
// authentication has established (a token bound to an AI employee) cannot be
// changed by a request.
func (a *Agent) identify(req Request) (remit.Actor, error) {
	actor := req.Actor
	if actor.Person == "" {
		return actor, remit.Errorf(remit.KindUnauthenticated, "sign in, or send a valid token")
	}
	if actor.Employee == "" {
		actor.Employee = req.Employee
	}
	if actor.Task == "" {
		actor.Task = req.Task
	}
	switch {
	case actor.Employee == "":
		return actor, remit.FieldErrorf("employee", "name the AI employee to ask")
	case req.Employee != "" && req.Employee != actor.Employee:
		return actor, denied("employee", "this access is bound to the AI employee %q", actor.Employee)
	case req.Task != "" && req.Task != actor.Task:
		return actor, denied("task", "this access is bound to the task %q", actor.Task)
	}
	if actor.Run == "" {
		actor.Run = a.IDs.New()
	}
	return actor, nil
}

func denied(field, format string, args ...any) error {
	e := remit.Errorf(remit.KindDenied, format, args...)
	e.Field = field
	return e
}

// ask returns the question: the person's, or else the task's own.
func (r *run) ask(question string) (string, error) {
	question = strings.TrimSpace(question)
	if question == "" && r.task != nil {
		question = strings.TrimSpace(r.task.Question)
	}
	switch {
	case question == "":
		return "", remit.FieldErrorf("question", "say what to answer")
	case len(question) > maxQuestion:
		e := remit.Errorf(remit.KindLimited, "has %d bytes; at most %d are read", len(question), maxQuestion)
		e.Field = "question"
		return "", e
	case !utf8.ValidString(question):
		return "", remit.FieldErrorf("question", "is not valid UTF-8")
	}
	return question, nil
}

// equip gives the run the tools that the AI employee, the task and the person's
// roles leave.
func (r *run) equip(ctx context.Context) error {
	var usable []string
	for _, name := range r.agent.Tools.Names() {
		actor := r.actor
		actor.Tool = name
		has, err := r.agent.Policy.HasTool(ctx, actor)
		if err != nil {
			return err
		}
		if has {
			usable = append(usable, name)
		}
	}
	r.tools = r.agent.Tools.Only(usable)
	actor := r.actor
	actor.Tool = DrawChart
	draws, err := r.agent.Policy.HasTool(ctx, actor)
	if err != nil {
		return err
	}
	if draws {
		if r.tools, err = r.tools.With(chartTool()); err != nil {
			return err
		}
	}
	if n := r.employee.Remit.Steps; n > 0 {
		r.limits.Steps = n
	}
	if n := r.employee.Remit.Tokens; n > 0 {
		r.limits.Tokens = int64(n)
	}
	return nil
}

// clip shortens a text to so many bytes.
func clip(s string, most int) string {
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
