package data

import (
	"context"
	"errors"

	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// ParseMaster reads a master key as people write it: 64 hexadecimal digits or 44
// characters of base64. The error never quotes the text.
func ParseMaster(text string) ([]byte, error) { return keys.ParseMaster(text) }

// ReadMaster reads the master key in a file that nobody but its owner may read.
// A missing file is an error that wraps fs.ErrNotExist.
func ReadMaster(path string) ([]byte, error) { return keys.ReadMaster(path) }

// ReadOrMakeMaster reads the master key in a file, or makes one if there is no
// such file. Processes that start at once get the same key.
func ReadOrMakeMaster(path string) ([]byte, error) { return keys.ReadOrMakeMaster(path, nil) }

// Under returns a lens that answers as if p held, for telling what a policy would
// change before it is applied. P carries the epoch of the policy that does hold:
// when that moves, the lens refuses to answer.
func (s *Store) Under(p *policy.Policy) (*lens.Lens, error) {
	c := s.lens
	c.Policies = fixed{p}
	return lens.New(c)
}

// fixed is a policy that does not move.
type fixed struct{ policy *policy.Policy }

// Load implements [lens.Policies].
func (f fixed) Load(context.Context) (*policy.Policy, error) { return f.policy, nil }

// VerifyLog verifies the audit log without opening the vault, which refuses a log
// whose end was tampered with. See [audit.Verify].
func VerifyLog(ctx context.Context, o Options, checkpoint []byte) (_ *audit.Report, err error) {
	o = o.withDefaults()
	ring, err := keys.New(o.Master)
	if err != nil {
		return nil, err
	}
	db, err := sqldb.Open(ctx, o.AuditURL, sqldb.Options{Now: o.Clock})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return audit.Verify(ctx, db, audit.VerifyOptions{Ring: ring, Checkpoint: checkpoint})
}

// Ready reports whether requests can be answered: the database can be read, and
// the audit log written.
func (s *Store) Ready(ctx context.Context) error {
	if _, err := s.Policies.Epoch(ctx); err != nil {
		return err
	}
	return s.Audit.Ready(ctx)
}
