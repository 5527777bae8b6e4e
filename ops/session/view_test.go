package session_test

import (
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/ops/tokens"
	"github.com/remit-crm/remit/policy"
)

// house is a company in which people sign in.
type house struct {
	*opstest.Company
	ops *session.Sessions
}

func newHouse(t *testing.T) *house {
	t.Helper()
	c := opstest.New(t)
	return &house{c, session.New(c.Directory, c.Access, c.Policies)}
}

// signIn returns the person in a session of their own.
func (h *house) signIn(t *testing.T, name string) remit.Actor {
	t.Helper()
	if err := h.Directory.SetPassword(t.Context(), h.Operator, h.People[name], opstest.Password); err != nil {
		t.Fatal(err)
	}
	opened, err := h.ops.SignIn(t.Context(), session.Credentials{Email: h.Email(name), Password: opstest.Password})
	if err != nil {
		t.Fatal(err)
	}
	return h.actor(t, opened.Secret)
}

func (h *house) actor(t *testing.T, secret string) remit.Actor {
	t.Helper()
	actor, err := h.Directory.Authenticate(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	actor.Channel = remit.ChannelWeb
	return actor
}

func (h *house) view(t *testing.T, by remit.Actor, name string) remit.Actor {
	t.Helper()
	opened, err := h.ops.ViewAs(t.Context(), by, h.People[name])
	if err != nil {
		t.Fatal(err)
	}
	return h.actor(t, opened.Secret)
}

func wantKind(t *testing.T, what string, err error, kind remit.Kind) {
	t.Helper()
	if err == nil || remit.KindOf(err) != kind {
		t.Errorf("%s: %v, want %s", what, err, kind)
	}
}

// TestViewSeesWhatThePersonSees reads as Ann and as Adam who views as Ann: the same
// records, AI employees and fields, and Ann's actions are gone.
func TestViewSeesWhatThePersonSees(t *testing.T) {
	h := newHouse(t)
	h.Deal(t, "Ann", "Ann's")
	h.Deal(t, "Bob", "Bob's")
	ann, viewer := h.Actor("Ann"), h.view(t, h.signIn(t, "Adam"), "Ann")
	query := lens.Query{Collection: "opportunities"}
	own, err := h.Lens.Query(t.Context(), ann, query)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := h.Lens.Query(t.Context(), viewer, query)
	if err != nil {
		t.Fatal(err)
	}
	ownText, _ := json.Marshal(own)
	seenText, _ := json.Marshal(seen)
	if len(seen.Records) != 1 || string(ownText) != string(seenText) {
		t.Errorf("the viewer sees\n%s, Ann sees\n%s", seenText, ownText)
	}
	me, err := h.ops.Me(t.Context(), viewer)
	if err != nil {
		t.Fatal(err)
	}
	annsMe, err := h.ops.Me(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	if me.Viewing == nil || me.Viewing.ID != h.People["Ann"] || me.Operator == nil || me.Operator.Name != "Adam" || me.ID != h.People["Ann"] {
		t.Errorf("me: %+v", me)
	}
	if len(me.Capabilities) != 0 || len(me.Employees) != len(annsMe.Employees) || annsMe.Viewing != nil {
		t.Errorf("me: %+v, Ann's: %+v", me, annsMe)
	}
	info, err := h.Lens.Describe(t.Context(), viewer, "", "opportunities")
	if err != nil || len(info.Actions) != 1 || info.Actions[0] != string(policy.View) {
		t.Errorf("may %v: %v", info, err)
	}
	records, err := h.Audit.Tail(t.Context(), audit.Filter{Limit: 1})
	if err != nil || len(records) != 1 || records[0].Actor.Operator != string(h.People["Adam"]) || records[0].Actor.Person != h.People["Ann"] {
		t.Errorf("the log ends with %+v, %v", records, err)
	}
}

// TestViewChangesNothing tries every way to change something, below the faces.
func TestViewChangesNothing(t *testing.T) {
	h := newHouse(t)
	deal := h.Deal(t, "Ann", "Ann's")
	viewer := h.view(t, h.signIn(t, "Adam"), "Ann")
	ctx, ann := t.Context(), h.People["Ann"]
	values := map[string]json.RawMessage{"name": json.RawMessage(`"changed"`)}
	page, err := h.Lens.Get(ctx, viewer, "", "opportunities", deal, nil)
	if err != nil {
		t.Fatal(err)
	}
	asked := answers.New(nil, h.Access)
	for what, try := range map[string]func() error{
		"create": func() error {
			_, err := h.Lens.Create(ctx, viewer, lens.Change{Collection: "opportunities", Values: values})
			return err
		},
		"update": func() error {
			_, err := h.Lens.Update(ctx, viewer, lens.Change{Collection: "opportunities", ID: deal, Version: page.Records[0].Version, Values: values})
			return err
		},
		"delete": func() error { return h.Lens.Delete(ctx, viewer, lens.Removal{Collection: "opportunities", ID: deal}) },
		"batch": func() error {
			return h.Lens.Batch(ctx, viewer, "", "opportunities", func(*lens.Batch) error { return errors.New("the batch began") })
		},
		"export": func() error {
			_, err := h.Lens.Export(ctx, viewer, lens.ExportQuery{Collection: "opportunities"}, io.Discard)
			return err
		},
		"password": func() error { return h.Directory.SetPassword(ctx, viewer, ann, opstest.Password+" 2") },
		"token": func() error {
			_, err := tokens.New(h.Directory, h.Access).Create(ctx, viewer, tokens.Request{Email: h.Email("Ann"), Name: "x", TTL: 1e12})
			return err
		},
		"person":  func() error { return h.Directory.UpdatePerson(ctx, viewer, ann, directory.PersonChange{}) },
		"policy":  func() error { return h.Policies.Apply(ctx, viewer, &policy.Document{}, nil) },
		"require": func() error { _, err := h.Access.Require(ctx, viewer, policy.ReadAudit); return err },
		"ask":     func() error { _, err := asked.Ask(ctx, viewer, answers.Question{Question: "hi"}, nil); return err },
	} {
		wantKind(t, what, try(), remit.KindDenied)
	}
	as := viewer
	as.Employee = "viz"
	_, err = h.Lens.Query(ctx, as, lens.Query{Collection: "opportunities"})
	wantKind(t, "an AI employee in a view", err, remit.KindUnauthenticated)
	if now, err := h.Lens.Get(ctx, viewer, "", "opportunities", deal, nil); err != nil || now.Records[0].Version != page.Records[0].Version {
		t.Errorf("the deal changed: %+v, %v", now, err)
	}
}

// TestWhoMayView refuses those without the right, and views of those who may more.
func TestWhoMayView(t *testing.T) {
	h := newHouse(t)
	adam := h.signIn(t, "Adam")
	_, err := h.ops.ViewAs(t.Context(), h.signIn(t, "Ann"), h.People["Bob"])
	wantKind(t, "a rep", err, remit.KindDenied)
	_, err = h.ops.ViewAs(t.Context(), h.Actor("Adam"), h.People["Bob"])
	wantKind(t, "without a session", err, remit.KindInvalid)
	_, err = h.ops.ViewAs(t.Context(), adam, directory.OperatorID)
	wantKind(t, "as the operator", err, remit.KindNotFound)
	_, err = h.ops.ViewAs(t.Context(), adam, adam.Person)
	wantKind(t, "as oneself", err, remit.KindInvalid)

	viewer := h.view(t, adam, "Ann")
	_, err = h.ops.ViewAs(t.Context(), viewer, h.People["Bob"])
	wantKind(t, "in a view", err, remit.KindInvalid)
	query := lens.Query{Collection: "opportunities"}
	if _, err := h.Lens.Query(t.Context(), viewer, query); err != nil {
		t.Fatal(err)
	}
	// What allowed the view goes while it runs.
	doc, err := h.Policies.Document(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc.Roles {
		if doc.Roles[i].Name == "sales-rep" {
			doc.Roles[i].Capabilities = []string{policy.ManageSettings}
		}
		if doc.Roles[i].Name == "administrator" {
			doc.Roles[i].Capabilities = []string{policy.ManagePeople, policy.ManagePolicy, policy.ViewAs}
		}
	}
	if err := h.Policies.Apply(t.Context(), h.Operator, doc, nil); err != nil {
		t.Fatal(err)
	}
	_, err = h.Lens.Query(t.Context(), viewer, query)
	wantKind(t, "of somebody who has come to be able to do more", err, remit.KindDenied)
	_, err = h.ops.Me(t.Context(), viewer)
	wantKind(t, "me of such a view", err, remit.KindDenied)
	opened, err := h.ops.EndView(t.Context(), viewer)
	if err != nil {
		t.Fatal(err)
	}
	if me, err := h.ops.Me(t.Context(), h.actor(t, opened.Secret)); err != nil || me.Name != "Adam" || me.Viewing != nil {
		t.Errorf("after the view: %+v, %v", me, err)
	}
}

// TestSignOutOfView ends the operator's session, not the person's.
func TestSignOutOfView(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn(t, "Ann")
	viewer := h.view(t, h.signIn(t, "Adam"), "Ann")
	if err := h.ops.SignOut(t.Context(), viewer); err != nil {
		t.Fatal(err)
	}
	_, err := h.ops.Me(t.Context(), viewer)
	wantKind(t, "the view after signing out", err, remit.KindUnauthenticated)
	if _, err := h.ops.Me(t.Context(), ann); err != nil {
		t.Errorf("Ann's own session: %v", err)
	}
}
