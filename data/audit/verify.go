package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// VerifyOptions say against what a log is verified.
type VerifyOptions struct {
	Key        string     // the log's public key; "": the ring's
	Origin     string     // the log's name, if it was opened with one; used only without Key
	Ring       *keys.Ring // opens the details; nil: only what lies in the tree is verified
	Checkpoint []byte     // a checkpoint that was kept elsewhere; nil if there is none
}

// Report is what a verification found.
type Report struct {
	Entries        int64       // entries that verify
	Batches        int64       // checkpoints that verify
	Erased         int64       // entries whose details were destroyed, each with a record of it
	DetailsChecked bool        // all other details were decrypted and compared with their commitments
	Last           Checkpoint  // the last that verifies
	Outside        *Checkpoint // the one from elsewhere, if given
	Problem        *Problem    // the first thing that is wrong; nil: nothing is
	Caveats        []string    // what this verification cannot exclude, in sentences
}

// Problem is something wrong with a log. It implements error.
type Problem struct {
	Sequence int64    // of the first bad entry; -1 where no entry can be named
	ID       remit.ID // of that entry; "" where it is missing or unreadable
	What     string
}

// Error names the entry and says what is wrong.
func (p *Problem) Error() string {
	switch {
	case p.Sequence < 0:
		return p.What
	case p.ID == "":
		return fmt.Sprintf("entry %d: %s", p.Sequence, p.What)
	}
	return fmt.Sprintf("entry %d (%s): %s", p.Sequence, p.ID, p.What)
}

func problemf(sequence int64, id remit.ID, format string, args ...any) *Problem {
	return &Problem{Sequence: sequence, ID: id, What: fmt.Sprintf(format, args...)}
}

const (
	caveatOutside = "Without a checkpoint that was kept elsewhere, it cannot be excluded that entries were cut off the end, " +
		"that an older copy was put back, or that somebody who has the master key wrote the whole log anew."
	caveatSince   = "Entries behind the given checkpoint could have been cut off or written anew by somebody who has the master key."
	caveatDetails = "The details of entries were not compared with their commitments: that takes the master key."
)

// Verify recomputes everything that the log in db claims: each leaf's form and
// the columns beside it, the order of entries, every hash of the tree, every
// checkpoint with its signature, the commitments to the details that were not
// erased, and a record of each erasure. It can run beside servers that append;
// what they append after its start is not looked at.
//
// What is wrong with the log is in the report; the error is for what hindered
// the verification, such as a checkpoint file that is not one
// ([remit.KindInvalid]).
func Verify(ctx context.Context, db *sqldb.DB, o VerifyOptions) (*Report, error) {
	v, err := newVerification(ctx, db, o)
	if err != nil {
		return nil, err
	}
	err = v.run()
	if problem := (*Problem)(nil); errors.As(err, &problem) {
		v.report.Problem, err = problem, nil
	}
	if err != nil {
		return nil, fmt.Errorf("verifying the audit log: %w", err)
	}
	v.report.Caveats = v.caveats()
	return &v.report, nil
}

// Verify is [Verify] with the log's own keys, against a checkpoint that was kept
// elsewhere or nil.
func (l *Log) Verify(ctx context.Context, checkpoint []byte) (*Report, error) {
	return Verify(ctx, l.db, VerifyOptions{Key: l.signer.key, Ring: l.ring, Checkpoint: checkpoint})
}

// verification is one run of [Verify].
type verification struct {
	ctx         context.Context //nolint:containedctx // lives for one call
	db          *sqldb.DB
	key         note.Verifier
	sealer      *sealer // nil: details are not opened
	report      Report
	edge        edge
	end         extent
	unexplained map[remit.ID]int64 // erased entries, by sequence, of which no record of the erasure was met yet
}

func newVerification(ctx context.Context, db *sqldb.DB, o VerifyOptions) (*verification, error) {
	v := &verification{ctx: ctx, db: db, unexplained: map[remit.ID]int64{}}
	if o.Key == "" {
		if o.Ring == nil {
			return nil, remit.Errorf(remit.KindInvalid, "verifying takes the log's public key or the master key")
		}
		s, err := newSigner(o.Ring, o.Origin)
		if err != nil {
			return nil, err
		}
		o.Key = s.key
	}
	var err error
	if v.key, err = note.NewVerifier(o.Key); err != nil {
		return nil, remit.Errorf(remit.KindInvalid, "the public key is not of the form NAME+HASH+KEY")
	}
	if o.Ring != nil {
		v.sealer = newSealer(o.Ring, rand.Reader)
		v.report.DetailsChecked = true
	}
	if o.Checkpoint != nil {
		c, err := openCheckpoint(o.Checkpoint, v.key)
		if err != nil {
			return nil, remit.Errorf(remit.KindInvalid, "the checkpoint is not one of this log, signed by its key: %v", err)
		}
		v.report.Outside = &c
	}
	return v, nil
}

func (v *verification) caveats() []string {
	var caveats []string
	switch outside := v.report.Outside; {
	case outside == nil:
		caveats = append(caveats, caveatOutside)
	case outside.Size < v.report.Entries:
		caveats = append(caveats, caveatSince)
	}
	if !v.report.DetailsChecked {
		caveats = append(caveats, caveatDetails)
	}
	return caveats
}

// extent is what the tables hold, read in one snapshot.
type extent struct {
	first, entries   int64 // smallest sequence, number of entries
	size             int64 // of the last batch
	orphaned, doubly int64 // details without an entry; ids that occur twice
}

func (v *verification) readExtent() error {
	return v.db.Query(v.ctx, sqldb.Stmt{SQL: `SELECT
		(SELECT coalesce(min(sequence), 0) FROM audit_entries),
		(SELECT count(*) FROM audit_entries),
		(SELECT coalesce(max(size), 0) FROM audit_batches),
		(SELECT count(*) FROM audit_details d WHERE NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.sequence = d.sequence)),
		(SELECT count(*) FROM (SELECT id FROM audit_entries GROUP BY id HAVING count(*) > 1) AS doubled)`}, func(r sqldb.Row) error {
		v.end = extent{first: r.Int(0), entries: r.Int(1), size: r.Int(2), orphaned: r.Int(3), doubly: r.Int(4)}
		return nil
	})
}

func (v *verification) run() error {
	if err := v.readExtent(); err != nil {
		return err
	}
	if v.report.Outside != nil && v.report.Outside.Size == 0 {
		if err := v.compareOutside(); err != nil {
			return err
		}
	}
	for v.edge.size < v.end.size {
		if err := v.nextBatch(); err != nil {
			return err
		}
	}
	if err := v.checkExtent(); err != nil {
		return err
	}
	if err := v.checkErasures(); err != nil {
		return err
	}
	if outside := v.report.Outside; outside != nil && outside.Size > v.edge.size {
		return problemf(v.edge.size, "", "is missing: the log ends with %d entries, but held %d when the given checkpoint was signed; the rest was cut off or an older copy put back",
			v.edge.size, outside.Size)
	}
	return nil
}

// checkExtent finds what lies in the tables beside what the batches cover.
func (v *verification) checkExtent() error {
	switch {
	case v.end.first < 0:
		return problemf(v.end.first, "", "was put before the log's first entry")
	case v.end.entries > v.end.size:
		return problemf(v.end.size, "", "no checkpoint covers it: it was added without the log's key, or its batch was removed")
	case v.end.orphaned > 0:
		return problemf(-1, "", "there are details of %d entries that the log does not have", v.end.orphaned)
	case v.end.doubly > 0:
		return problemf(-1, "", "%d entry ids occur more than once", v.end.doubly)
	}
	return nil
}

// nextBatch verifies the batch behind the edge.
func (v *verification) nextBatch() error {
	var b batch
	err := v.db.Query(v.ctx, sqldb.Stmt{SQL: selectBatches + ` WHERE size > ? ORDER BY size LIMIT 1`, Args: []any{v.edge.size}}, func(r sqldb.Row) error {
		b = readBatch(r)
		return nil
	})
	if err != nil {
		return err
	}
	if b.first != v.edge.size {
		return problemf(v.edge.size, "", "the batch before ends at %d, this one begins at %d: a batch was removed or altered", v.edge.size, b.first)
	}
	if err := v.entries(&b); err != nil {
		return err
	}
	c, err := openStored(b.checkpoint, v.key)
	if err != nil {
		return problemf(b.first, "", "the checkpoint of the batch %d to %d is not signed by the log's key, or was altered: %v", b.first, b.size-1, err)
	}
	if c.Size != b.size || c.Root != v.edge.root() {
		return problemf(b.first, "", "the batch %d to %d is not the one that its checkpoint was signed over: entries were altered together with their hashes", b.first, b.size-1)
	}
	v.report.Batches++
	v.report.Last = c
	return nil
}

// entries verifies a batch's entries and grows the edge by them.
func (v *verification) entries(b *batch) error {
	hashes := b.hashes
	err := v.db.Query(v.ctx, sqldb.Stmt{
		SQL: `SELECT e.sequence, e.id, e.time, e.person, e.employee, e.collection, e.operation, e.decision, e.leaf,
				d.sequence, d.key, d.details
			FROM audit_entries e LEFT JOIN audit_details d ON d.sequence = e.sequence
			WHERE e.sequence >= ? AND e.sequence < ? ORDER BY e.sequence`,
		Args: []any{b.first, b.size},
	}, func(r sqldb.Row) (err error) {
		hashes, err = v.entry(r, hashes)
		return err
	})
	if err != nil {
		return err
	}
	if v.edge.size < b.size {
		return problemf(v.edge.size, "", "is missing")
	}
	if len(hashes) > 0 {
		return problemf(b.first, "", "the batch %d to %d stores hashes that belong to no entry", b.first, b.size-1)
	}
	return nil
}

// entry verifies one entry, whose hashes are at the front of hashes, and returns
// the rest.
func (v *verification) entry(r sqldb.Row, hashes []byte) ([]byte, error) {
	sequence := v.edge.size
	if r.Int(0) != sequence {
		return nil, problemf(sequence, "", "is missing")
	}
	encoded := r.Bytes(8)
	decoded, err := decodeLeaf(encoded)
	if err != nil {
		return nil, problemf(sequence, remit.ID(r.Text(1)), "was altered: %v", err)
	}
	if column := differingColumn(r, decoded); column != "" {
		return nil, problemf(sequence, decoded.ID, "was altered: its column %s differs from its leaf", column)
	}
	grown := v.edge.add(tlog.RecordHash(encoded), nil)
	if len(hashes) < len(grown) || !bytes.Equal(hashes[:tlog.HashSize], grown[:tlog.HashSize]) {
		return nil, problemf(sequence, decoded.ID, "was altered: its leaf or its hash is not the one that was recorded")
	}
	if !bytes.Equal(hashes[:len(grown)], grown) {
		return nil, problemf(sequence, decoded.ID, "the tree's hashes up to it were altered")
	}
	if err := v.details(r, sequence, decoded); err != nil {
		return nil, err
	}
	if decoded.Operation == OpErase {
		for _, id := range decoded.Records {
			delete(v.unexplained, id)
		}
	}
	v.report.Entries++
	return hashes[len(grown):], v.compareOutside()
}

// differingColumn names a column that does not repeat what the leaf says.
func differingColumn(r sqldb.Row, l *leaf) string {
	switch {
	case r.Text(1) != string(l.ID):
		return "id"
	case r.Int(2) != l.Time.UnixMicro():
		return "time"
	case r.Text(3) != string(l.Actor.Person):
		return "person"
	case r.Text(4) != l.Actor.Employee:
		return "employee"
	case r.Text(5) != l.Collection:
		return "collection"
	case r.Text(6) != string(l.Operation):
		return "operation"
	case r.Int(7) != int64(l.Decision):
		return "decision"
	}
	return ""
}

func (v *verification) details(r sqldb.Row, sequence int64, l *leaf) error {
	absent, noKey, noDetails := r.Null(9), r.Null(10), r.Null(11)
	switch {
	case l.Commitment == nil && absent:
		return nil
	case l.Commitment == nil:
		return problemf(sequence, l.ID, "has details that it was not recorded with")
	case absent:
		return problemf(sequence, l.ID, "its details were removed without a trace")
	case noKey && noDetails:
		v.unexplained[l.ID] = sequence
		v.report.Erased++
		return nil
	case noKey || noDetails:
		return problemf(sequence, l.ID, "its details were removed in part")
	case v.sealer == nil:
		return nil
	}
	if _, err := v.sealer.open(l.ID, sealed{r.Bytes(10), r.Bytes(11)}, *l.Commitment); err != nil {
		return problemf(sequence, l.ID, "its details were altered: what is stored %v", err)
	}
	return nil
}

// compareOutside compares the tree with the checkpoint from elsewhere, once it
// has the same size.
func (v *verification) compareOutside() error {
	outside := v.report.Outside
	if outside == nil || outside.Size != v.edge.size || outside.Root == v.edge.root() {
		return nil
	}
	return problemf(-1, "", "the log's first %d entries are not those of the given checkpoint: somebody with the log's key wrote them anew", outside.Size)
}

// checkErasures compares the entries whose details are gone with the records of
// erasures. Such a record comes later than what it speaks of, so one may have
// been appended since the verification began.
func (v *verification) checkErasures() error {
	if len(v.unexplained) == 0 {
		return nil
	}
	err := v.db.Query(v.ctx, sqldb.Stmt{
		SQL: `SELECT leaf FROM audit_entries WHERE operation = ? AND ` + uncommonOperation + ` AND sequence >= ?`, Args: []any{string(OpErase), v.edge.size},
	}, func(r sqldb.Row) error {
		l, err := decodeLeaf(r.Bytes(0))
		if err != nil {
			return nil //nolint:nilerr // an unreadable entry explains nothing
		}
		for _, id := range l.Records {
			delete(v.unexplained, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var first *Problem
	for id, sequence := range v.unexplained {
		if first == nil || sequence < first.Sequence {
			first = problemf(sequence, id, "its details were destroyed, and no entry records that they were erased")
		}
	}
	if first != nil {
		return first
	}
	return nil
}
