// Package data opens the vault: the database with everything in it, behind the
// few doors that its subpackages are. All SQL lives below this folder.
//
//   - directory knows who there is,
//   - policystore what is allowed,
//   - audit what was done,
//   - lens is the one door to customer data,
//   - derived keeps what was made of it,
//   - savedviews what people keep to look at again,
//   - templates the reviewed questions about the whole company.
package data

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
	_ "time/tzdata" // the company's time zone must be known on any machine

	"github.com/remit-crm/remit"
	shippedtemplates "github.com/remit-crm/remit/analytics/shipped"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/data/savedviews"
	"github.com/remit-crm/remit/data/templates"
	"github.com/remit-crm/remit/policy/shipped"
)

// Options say what to open, and with what clock and randomness.
type Options struct {
	URL      string           // "sqlite:PATH" or "postgres://…"
	AuditURL string           // of the log's database; default: on SQLite a file beside, on PostgreSQL the same
	Master   []byte           // the master key: 32 bytes, kept outside of the database
	Clock    func() time.Time // default time.Now
	Random   io.Reader        // safe for concurrent use; default crypto/rand
	Location *time.Location   // where days begin; default: the time zone in the settings
	Logger   *slog.Logger     // default: discarded

	// Egress returns the highest sensitivity that may be handed to a model service;
	// see lens.Config.
	Egress func(ctx context.Context, epoch int64, service string) (limit remit.Sensitivity, ok bool)
}

func (o Options) withDefaults() Options {
	if o.AuditURL == "" {
		o.AuditURL = auditURL(o.URL)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// auditURL puts the log of an SQLite database into a file of its own, so that
// the log's commits and the customers' do not wait for each other.
func auditURL(url string) string {
	if !strings.HasPrefix(url, "sqlite:") {
		return url
	}
	extension := filepath.Ext(url)
	return strings.TrimSuffix(url, extension) + "-audit" + extension
}

// Store is the open vault. It is safe for concurrent use.
type Store struct {
	Directory *directory.Directory
	Policies  *policystore.Store
	Audit     *audit.Log
	Lens      *lens.Lens
	Derived   *derived.Store // conversations
	Views     *savedviews.Store
	Templates *templates.Store // of company-wide figures

	db       *sqldb.DB
	logDB    *sqldb.DB      // db itself where they are one
	lens     lens.Config    // what Lens was made from
	fixed    *time.Location // of the options; nil: that of the settings
	location atomic.Pointer[time.Location]
}

// Open opens the databases, brings their tables up to date and gives a new
// installation the shipped policy. The error is [remit.KindInvalid] for options
// that cannot be, and [remit.KindUnavailable] if a database cannot be reached.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	o = o.withDefaults()
	ring, err := keys.New(o.Master)
	if err != nil {
		return nil, &remit.Error{Kind: remit.KindInvalid, Message: "the master key must be 32 bytes", Cause: err}
	}
	s := &Store{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.openDatabases(ctx, o, ring); err != nil {
		return nil, err
	}
	s.Audit, err = audit.Open(ctx, s.logDB, s.db, ring, audit.Options{Now: o.Clock, Random: o.Random, Logger: o.Logger})
	if err != nil {
		return nil, fmt.Errorf("opening the audit log: %w", err)
	}
	s.Directory = directory.New(s.db, remit.NewIDSource(o.Random), o.Clock, ring)
	s.Directory.RecordTo(s.Audit)
	s.Policies = policystore.New(s.db, o.Clock)
	s.Policies.RecordTo(s.Audit)
	s.Policies.SealWith(ring, o.Random)
	if err := s.seed(ctx, o.Logger); err != nil {
		return nil, err
	}
	if err := s.checkLog(ctx); err != nil {
		return nil, err
	}
	s.fixed = o.Location
	if _, err := s.locate(ctx); err != nil {
		return nil, err
	}
	s.lens = lens.Config{
		DB: s.db, Directory: s.Directory, Policies: s.Policies, Audit: s.Audit, Keys: ring,
		IDs: remit.NewIDSource(o.Random), Clock: o.Clock, Locate: s.locate, Egress: o.Egress,
	}
	s.Derived = derived.New(s.db, s.Audit, ring, o.Random, o.Clock)
	s.Views = savedviews.New(s.db, remit.NewIDSource(o.Random), o.Clock, s.Audit)
	s.Templates = templates.New(s.db, remit.NewIDSource(o.Random), o.Random, o.Clock, s.Audit, ring)
	if err := s.seedTemplates(ctx); err != nil {
		return nil, err
	}
	s.Lens, err = lens.New(s.lens)
	return s, err
}

func (s *Store) openDatabases(ctx context.Context, o Options, ring *keys.Ring) error {
	var err error
	guard := ring.Derive(keys.SQL)
	if s.db, err = openDatabase(ctx, o.URL, migrations.Main, sqldb.Options{Now: o.Clock, GuardKey: guard[:]}); err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	if o.AuditURL == o.URL {
		s.logDB = s.db
		return s.db.Migrate(ctx, migrations.Audit)
	}
	if s.logDB, err = openDatabase(ctx, o.AuditURL, migrations.Audit, sqldb.Options{Now: o.Clock}); err != nil {
		return fmt.Errorf("opening the audit log's database: %w", err)
	}
	return nil
}

func openDatabase(ctx context.Context, url string, set migrations.Set, o sqldb.Options) (*sqldb.DB, error) {
	db, err := sqldb.Open(ctx, url, o)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, set); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// seed gives a new installation the shipped policy, as the operator.
func (s *Store) seed(ctx context.Context, logger *slog.Logger) error {
	doc, err := shipped.Document()
	if err != nil {
		return fmt.Errorf("reading the shipped policy: %w", err)
	}
	seeded, err := s.Policies.Seed(ctx, Operator("remit"), doc)
	if err != nil {
		return fmt.Errorf("storing the shipped policy: %w", err)
	}
	if seeded {
		logger.InfoContext(ctx, "a new installation: the shipped policy applies")
	}
	return nil
}

// seedTemplates gives a new installation the shipped templates.
func (s *Store) seedTemplates(ctx context.Context) error {
	all, err := shippedtemplates.Templates()
	if err != nil {
		return err
	}
	if err := s.Templates.Seed(ctx, Operator("remit"), all); err != nil {
		return fmt.Errorf("storing the shipped templates: %w", err)
	}
	return nil
}

// Operator returns the actor of the command line, under the name of who sits at
// it. It is an administrator.
func Operator(name string) remit.Actor {
	return remit.Actor{Person: directory.OperatorID, Channel: remit.ChannelCLI, Operator: name}
}

// locate reads the time zone that holds now. The lens asks for it with each new
// epoch of the policy, of which the settings are a part.
func (s *Store) locate(ctx context.Context) (*time.Location, error) {
	if s.fixed != nil {
		s.location.Store(s.fixed)
		return s.fixed, nil
	}
	set, err := s.Policies.Settings(ctx)
	if err != nil {
		return nil, err
	}
	location, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("the time zone of the settings: %w", err)
	}
	s.location.Store(location)
	return location, nil
}

// Location returns the time zone in which days, weeks and months begin, as it was
// when this process last read anything through the lens.
func (s *Store) Location() *time.Location { return s.location.Load() }

// Close writes what is still to be recorded and closes the databases. Whatever
// was taken from the store fails afterwards.
func (s *Store) Close() error {
	var errs []error
	if s.Audit != nil {
		errs = append(errs, s.Audit.Close())
	}
	if s.logDB != nil && s.logDB != s.db {
		errs = append(errs, s.logDB.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}
