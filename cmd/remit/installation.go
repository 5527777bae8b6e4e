package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/auditing"
	"github.com/remit-crm/remit/ops/conversations"
	"github.com/remit-crm/remit/ops/importing"
	"github.com/remit-crm/remit/ops/modelservices"
	"github.com/remit-crm/remit/ops/people"
	"github.com/remit-crm/remit/ops/policies"
	"github.com/remit-crm/remit/ops/profile"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/ops/settings"
	"github.com/remit-crm/remit/ops/templates"
	"github.com/remit-crm/remit/ops/tokens"
	"github.com/remit-crm/remit/ops/tools"
	"github.com/remit-crm/remit/ops/views"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

// installation is an open vault with every use case over it: the one place where
// the parts are put together.
type installation struct {
	store    *data.Store
	ids      *remit.IDSource
	access   *access.Access
	records  *records.Records
	views    *views.Views
	sessions *session.Sessions
	people   *people.People
	profile  *profile.Profile
	settings *settings.Settings
	tokens   *tokens.Tokens
	tools    *tools.Tools
	auditing *auditing.Auditing
	policies *policies.Policies
	services *modelservices.Services
	overall  *templates.Templates
	importer *importing.Importer
	answers  *answers.Answers
	talks    *conversations.Conversations
}

func newInstallation(store *data.Store, live *modelservices.Live, log *slog.Logger) (*installation, error) {
	who := access.New(store.Directory, store.Policies)
	simulate := func(p *policy.Policy) (policies.Counter, error) { return store.Under(p) }
	rules := policies.New(store.Policies, store.Directory, who, simulate, time.Now)
	rules.PreviewThrough(store.Lens)
	overall := templates.New(store.Templates, store.Lens, store.Directory, who, time.Now)
	registry, err := tool.NewRegistry(append(tool.Builtin(store.Lens), rules.ExplainTool(store.Lens), overall.Tool())...)
	if err != nil {
		return nil, err
	}
	rules.Offer(registry, agent.ChartSpec())
	ids := remit.NewIDSource(nil)
	models := modelservices.New(live, store.Policies, who, store.Lens, time.Now, store.Location)
	employees := models.Meter(agent.New(agent.Config{
		Policy: answers.Layers(who), Tools: registry, Services: live, Location: store.Location, Recorder: store.Lens,
	}), ids, log)
	called := tools.New(who, registry)
	called.RecordTo(store.Lens)
	asked := answers.New(employees, who)
	asked.RecordTo(store.Lens)
	return &installation{
		store:    store,
		ids:      ids,
		access:   who,
		records:  records.New(store.Lens).JudgeBy(answers.Layers(who)),
		views:    views.New(store.Views, store.Lens, who),
		sessions: session.New(store.Directory, who, store.Policies),
		people:   people.New(store.Directory, store.Policies, who, store.Audit),
		profile:  profile.New(store.Directory, who),
		settings: settings.New(store.Policies, who),
		tokens:   tokens.New(store.Directory, who),
		tools:    called,
		auditing: auditing.New(store.Audit, who),
		policies: rules,
		services: models,
		overall:  overall,
		answers:  asked,
		talks:    conversations.New(store.Derived, store.Lens, employees, who, store.Directory, log),
		importer: importing.New(store.Lens, store.Directory, who),
	}, nil
}

// with opens the installation for the time that use takes. With create it is made
// where it is missing.
func (a *app) with(ctx context.Context, create bool, use func(*installation) error) error {
	in, err := a.open(ctx, create, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(use(in), in.store.Close())
}

// exists refuses a database file that is not there.
func exists(path string) error {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		e := remit.Errorf(remit.KindInvalid, "there is no database in %s", path)
		e.Hint = "name one with --database or REMIT_DATABASE; remit serve and remit demo make one"
		return e
	}
	return err
}
