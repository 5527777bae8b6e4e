// Package auditing holds the use cases of the audit log: read it, export it,
// verify it, take its checkpoint. They are for people with the capability to read
// it, and reading it is recorded in it.
package auditing

import (
	"context"
	"io"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// The use cases, as the log names them.
const (
	OpTail   audit.Operation = "audit.tail"
	OpExport audit.Operation = "audit.export"
)

// Log is what the use cases need of the audit log.
type Log interface {
	Append(ctx context.Context, entries ...*audit.Entry) error
	Tail(ctx context.Context, f audit.Filter) ([]audit.Record, error)
	Export(ctx context.Context, w io.Writer, f audit.Filter) error
	Checkpoint(ctx context.Context) (audit.Checkpoint, error)
	Verify(ctx context.Context, checkpoint []byte) (*audit.Report, error)
}

// Requirer is what the use cases need of *access.Access.
type Requirer interface {
	Require(ctx context.Context, actor remit.Actor, capability string) (*access.Standing, error)
}

// Auditing carries out the use cases.
type Auditing struct {
	log      Log
	requirer Requirer
}

// New returns the use cases over the log.
func New(log Log, requirer Requirer) *Auditing { return &Auditing{log, requirer} }

// Tail returns the newest entries that match, oldest first.
func (a *Auditing) Tail(ctx context.Context, actor remit.Actor, f audit.Filter) ([]audit.Record, error) {
	if err := a.admit(ctx, actor, OpTail, f); err != nil {
		return nil, err
	}
	return a.log.Tail(ctx, f)
}

// Export writes the entries that match to w, oldest first, as JSON lines in the
// form of OCSF.
func (a *Auditing) Export(ctx context.Context, actor remit.Actor, w io.Writer, f audit.Filter) error {
	if err := a.admit(ctx, actor, OpExport, f); err != nil {
		return err
	}
	return a.log.Export(ctx, w, f)
}

// Verify recomputes everything that the log claims. The checkpoint, one that was
// kept elsewhere, is nil if there is none. It reveals no entry and is not
// recorded, so that verifying changes nothing.
func (a *Auditing) Verify(ctx context.Context, actor remit.Actor, checkpoint []byte) (*audit.Report, error) {
	if _, err := a.requirer.Require(ctx, actor, policy.ReadAudit); err != nil {
		return nil, err
	}
	return a.log.Verify(ctx, checkpoint)
}

// Checkpoint returns the log's last checkpoint, to be kept elsewhere.
func (a *Auditing) Checkpoint(ctx context.Context, actor remit.Actor) (audit.Checkpoint, error) {
	if _, err := a.requirer.Require(ctx, actor, policy.ReadAudit); err != nil {
		return audit.Checkpoint{}, err
	}
	return a.log.Checkpoint(ctx)
}

// admit lets only those read who may, and records that they read, or tried to,
// before anything is released (DESIGN law 9).
func (a *Auditing) admit(ctx context.Context, actor remit.Actor, op audit.Operation, f audit.Filter) error {
	entry := &audit.Entry{Actor: actor, Operation: op, Collection: "audit", Decision: audit.Allowed, Details: f}
	standing, refusal := a.requirer.Require(ctx, actor, policy.ReadAudit)
	if refusal != nil && remit.KindOf(refusal) != remit.KindDenied {
		return refusal
	}
	if refusal != nil {
		entry.Decision, entry.Reason = audit.Refused, "no_capability"
	}
	if standing != nil {
		entry.Epoch = standing.Policy.Epoch
	}
	if err := a.log.Append(ctx, entry); err != nil {
		return err
	}
	return refusal
}
