// Package conversations holds the use cases of talking with AI employees: begin,
// ask, follow, stop, retry, rate, share, read again, delete.
//
// A conversation is private to its owner. For anybody else it does not exist,
// unless the owner shared it; and for an AI (a token that is bound to an AI
// employee, MCP) or an operator in a person's place none exists at all.
//
// Nothing of a conversation is shown as it is stored. Each result is re-checked for
// the reader by where it came from (judge.go), the owner included: a permission
// that was lost hides what it gave. A model's words rest on everything that the
// model had read by then, earlier turns included, and are withheld whole if the
// reader may not see one piece of it (DESIGN law 12).
//
// A run belongs to the server and not to the request that began it (run.go): it
// goes on when the client is lost, and whoever may read the conversation can follow
// its stored events from any server (stream.go).
package conversations

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/access"
)

// Runner is what the use cases need of *agent.Agent.
type Runner interface {
	Prepare(ctx context.Context, req agent.Request) (perform func(ctx context.Context, emit func(agent.Event)) *agent.Result, err error)
}

// Resolver is what the use cases need of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
}

// Lens is what the use cases need of *lens.Lens.
type Lens interface {
	Recheck(ctx context.Context, actor remit.Actor, operation string, checks []lens.Check, details any) ([]bool, error)
	Refused(ctx context.Context, actor remit.Actor) (*lens.Lineage, error)
	Refuse(ctx context.Context, actor remit.Actor, operation, source, collection string, err error) error
	Query(ctx context.Context, actor remit.Actor, q lens.Query) (*lens.Page, error)
	Count(ctx context.Context, actor remit.Actor, q lens.CountQuery) (int64, error)
	Check(ctx context.Context, actor remit.Actor, collection string, shape lens.ViewShape) error
}

// People is what the use cases need of *directory.Directory.
type People interface {
	Person(ctx context.Context, id remit.ID) (*directory.Person, error)
}

// Conversations carries out the use cases. It is safe for concurrent use.
type Conversations struct {
	store    *derived.Store
	lens     Lens
	runner   Runner
	resolver Resolver
	people   People
	log      *slog.Logger

	mu      sync.Mutex
	running map[remit.ID]*run // by turn
	closing bool
	ended   sync.WaitGroup
}

// New returns the use cases. Close ends the runs that are under way.
func New(store *derived.Store, l Lens, runner Runner, resolver Resolver, people People, log *slog.Logger) *Conversations {
	return &Conversations{store: store, lens: l, runner: runner, resolver: resolver, people: people, log: log, running: map[remit.ID]*run{}}
}

// Person names somebody.
type Person struct {
	ID   remit.ID `json:"id"`
	Name string   `json:"name"`
}

// Conversation is a conversation as its reader sees it.
type Conversation struct {
	ID        remit.ID   `json:"id"`
	Title     string     `json:"title" doc:"Empty before the first question, and where it is withheld."`
	Employee  string     `json:"employee"`
	Task      string     `json:"task,omitempty"`
	Owner     Person     `json:"owner"`
	Shared    bool       `json:"shared,omitempty" doc:"It is somebody else's, who shared it with you."`
	Shares    []remit.ID `json:"shares,omitempty" doc:"The people that you share it with. Only where one conversation is read."`
	Withheld  *Withheld  `json:"withheld,omitempty" doc:"Why the title is not shown."`
	CreatedAt time.Time  `json:"created_at"`
	ChangedAt time.Time  `json:"changed_at"`
	Turns     []Turn     `json:"turns,omitempty" doc:"Only where one conversation is read."`
}

// errNone is the answer for what is absent and for what is somebody else's.
func errNone() error { return remit.Errorf(remit.KindNotFound, "there is no such conversation") }

// forPeople refuses whoever is not a person in her own right: for an AI, and for an
// operator who stands in for somebody there are no conversations.
func forPeople(actor remit.Actor) bool {
	return actor.Person != "" && !actor.AI() && actor.Operator == ""
}

// find returns a conversation that the actor may read.
func (c *Conversations) find(ctx context.Context, actor remit.Actor, id remit.ID) (*derived.Conversation, error) {
	if !forPeople(actor) || !id.Valid() {
		return nil, errNone()
	}
	return c.store.Find(ctx, actor.Person, id)
}

// own returns a conversation that the actor owns. One that was shared with the
// actor is refused: that it exists is known.
func (c *Conversations) own(ctx context.Context, actor remit.Actor, id remit.ID) (*derived.Conversation, error) {
	found, err := c.find(ctx, actor, id)
	if err == nil && found.Owner != actor.Person {
		return nil, remit.Errorf(remit.KindDenied, "this conversation is somebody else's: you may read it, and begin one of your own")
	}
	return found, err
}

// Start is what a conversation begins with.
type Start struct {
	Employee string `json:"employee" doc:"Name of an AI employee that is available to you."`
	Task     string `json:"task,omitempty" doc:"Name of one of its tasks, whose constraints then hold."`
	Title    string `json:"title,omitempty" doc:"Left out: made from the first question."`
}

// Create begins a conversation.
func (c *Conversations) Create(ctx context.Context, actor remit.Actor, s Start) (*Conversation, error) {
	if !forPeople(actor) {
		return nil, remit.Errorf(remit.KindDenied, "conversations are for people: sign in, or use a token that is bound to no AI employee")
	}
	standing, err := c.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if s.Employee == "" {
		return nil, remit.FieldErrorf("employee", "name the AI employee to talk with")
	}
	if err := standing.MayUse(s.Employee); err != nil {
		return nil, c.lens.Refuse(ctx, actor, string(derived.OpCreate), "", "", err)
	}
	if err := mayRun(standing, s.Employee, s.Task); err != nil {
		return nil, c.lens.Refuse(ctx, actor, string(derived.OpCreate), "", "", err)
	}
	title, err := checkTitle(s.Title)
	if err != nil {
		return nil, err
	}
	made, err := c.store.Create(ctx, actor, s.Employee, s.Task, title)
	if err != nil {
		return nil, err
	}
	return c.describe(ctx, actor, made)
}

func mayRun(standing *access.Standing, employee, task string) error {
	if task == "" {
		return nil
	}
	for _, t := range standing.Tasks(employee) {
		if t.Name == task {
			return nil
		}
	}
	e := remit.Errorf(remit.KindDenied, "the task %q is not available to you", clip(task, 60))
	e.Field = "task"
	return e
}

func checkTitle(title string) (string, error) {
	title = strings.TrimSpace(title)
	switch {
	case len(title) > derived.MaxTitle:
		return "", remit.FieldErrorf("title", "has %d bytes; at most %d are kept", len(title), derived.MaxTitle)
	case !utf8.ValidString(title) || strings.ContainsFunc(title, unicode.IsControl):
		return "", remit.FieldErrorf("title", "must be one line of text")
	}
	return title, nil
}

// describe returns the owner's view of a conversation, or what a reader may know
// without its content.
func (c *Conversations) describe(ctx context.Context, actor remit.Actor, of *derived.Conversation) (*Conversation, error) {
	owner, err := c.people.Person(ctx, of.Owner)
	if err != nil {
		return nil, err
	}
	return &Conversation{
		ID: of.ID, Title: of.Title, Employee: of.Employee, Task: of.Task, Owner: Person{of.Owner, owner.User.Name},
		Shared: of.Owner != actor.Person, CreatedAt: of.Created, ChangedAt: of.Changed,
	}, nil
}

// Rename gives a conversation another title.
func (c *Conversations) Rename(ctx context.Context, actor remit.Actor, id remit.ID, title string) (*Conversation, error) {
	of, err := c.own(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	title, err = checkTitle(title)
	if err == nil && title == "" {
		err = remit.FieldErrorf("title", "may not be empty")
	}
	if err != nil {
		return nil, err
	}
	if err := c.store.Rename(ctx, actor, of, title); err != nil {
		return nil, err
	}
	of.Title = title
	return c.describe(ctx, actor, of)
}

// Delete takes a conversation away, with all that it left but the audit.
func (c *Conversations) Delete(ctx context.Context, actor remit.Actor, id remit.ID) error {
	if _, err := c.own(ctx, actor, id); err != nil {
		return err
	}
	if err := c.store.Delete(ctx, actor, id); err != nil {
		return err
	}
	c.cancel(func(r *run) bool { return r.conversation.ID == id })
	return nil
}

// Shares returns the people that a conversation is shared with.
func (c *Conversations) Shares(ctx context.Context, actor remit.Actor, id remit.ID) ([]remit.ID, error) {
	of, err := c.own(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return c.store.Shares(ctx, of)
}

// Share sets whom a conversation is shared with. Each reads of it what she may see
// herself.
func (c *Conversations) Share(ctx context.Context, actor remit.Actor, id remit.ID, people []remit.ID) ([]remit.ID, error) {
	of, err := c.own(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	people = slices.Clone(people)
	slices.Sort(people)
	people = slices.Compact(people)
	if len(people) > derived.MaxShares {
		return nil, remit.Errorf(remit.KindLimited, "%d people are named: share with at most %d", len(people), derived.MaxShares)
	}
	for _, person := range people {
		p, err := c.people.Person(ctx, person)
		if err != nil && remit.KindOf(err) != remit.KindNotFound {
			return nil, err
		}
		if err != nil || !p.Active || p.System || person == actor.Person {
			return nil, remit.FieldErrorf("people", "%q is nobody else who works here", clip(string(person), 40))
		}
	}
	if err := c.store.Share(ctx, actor, of, people); err != nil {
		return nil, err
	}
	return c.store.Shares(ctx, of)
}

// Rate keeps what the owner thinks of an answer: "up", "down", or "" to take it
// back.
func (c *Conversations) Rate(ctx context.Context, actor remit.Actor, id, turn remit.ID, rating, comment string) error {
	of, err := c.own(ctx, actor, id)
	if err != nil {
		return err
	}
	switch {
	case rating != "up" && rating != "down" && rating != "":
		return remit.FieldErrorf("rating", `must be "up", "down" or ""`)
	case len(comment) > derived.MaxComment:
		return remit.FieldErrorf("comment", "has %d bytes; at most %d are kept", len(comment), derived.MaxComment)
	}
	return c.store.Rate(ctx, actor, of, turn, rating, comment)
}

// Stop ends a run, whichever server it is on.
func (c *Conversations) Stop(ctx context.Context, actor remit.Actor, id, turn remit.ID) error {
	of, err := c.own(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := c.store.Stop(ctx, actor, of, turn); err != nil {
		return err
	}
	c.cancel(func(r *run) bool { return r.turn.ID == turn && r.conversation.ID == id })
	return nil
}

// clip shortens what a message or a title quotes.
func clip(s string, most int) string {
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
