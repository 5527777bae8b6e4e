package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Checkpoint returns the log's last checkpoint, to be kept elsewhere.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, error) {
	last, err := lastBatch(ctx, l.db)
	if err != nil {
		return Checkpoint{}, err
	}
	if last.size == 0 {
		return l.signer.checkpoint(&edge{})
	}
	return openStored(last.checkpoint, l.signer.verifier)
}

// Proof shows to somebody who has nothing but the log's public key that an
// entry is in the log.
type Proof struct {
	Sequence   int64
	Leaf       []byte           // the entry, docs/audit-format.md
	Path       tlog.RecordProof // RFC 6962, section 2.1.1
	Checkpoint Checkpoint
}

// Prove returns the proof that the log's last checkpoint covers the entry. An
// unknown id is [remit.KindNotFound].
func (l *Log) Prove(ctx context.Context, id remit.ID) (*Proof, error) {
	p := &Proof{Sequence: -1}
	err := l.db.Query(ctx, sqldb.Stmt{SQL: `SELECT sequence, leaf FROM audit_entries WHERE id = ?`, Args: []any{string(id)}}, func(r sqldb.Row) error {
		p.Sequence, p.Leaf = r.Int(0), r.Bytes(1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if p.Sequence < 0 {
		return nil, remit.Errorf(remit.KindNotFound, "the audit log has no entry of this id")
	}
	if p.Checkpoint, err = l.Checkpoint(ctx); err != nil {
		return nil, err
	}
	p.Path, err = tlog.ProveRecord(p.Checkpoint.Size, p.Sequence, storedTree{ctx, l.db})
	return p, err
}

// Check verifies the proof with the log's public key.
func (p *Proof) Check(key string) error {
	c, err := OpenCheckpoint(p.Checkpoint.Note, key)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(p.Path, c.Size, c.Root, p.Sequence, tlog.RecordHash(p.Leaf))
}

const proofHeader = "c2sp.org/tlog-proof@v1\n"

// MarshalText writes the proof in the form of c2sp.org/tlog-proof, with the leaf
// as its extra data.
func (p *Proof) MarshalText() ([]byte, error) {
	b := []byte(proofHeader)
	b = fmt.Appendf(b, "extra %s\nindex %d\n", base64.StdEncoding.EncodeToString(p.Leaf), p.Sequence)
	for _, h := range p.Path {
		b = fmt.Appendf(b, "%s\n", h)
	}
	return append(append(b, '\n'), p.Checkpoint.Note...), nil
}

// UnmarshalText reads what MarshalText wrote. It checks nothing: see Check.
func (p *Proof) UnmarshalText(text []byte) error {
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0]+"\n" != proofHeader {
		return errors.New("not a proof of the form c2sp.org/tlog-proof@v1")
	}
	extra, hasExtra := strings.CutPrefix(lines[1], "extra ")
	index, hasIndex := strings.CutPrefix(lines[2], "index ")
	if !hasExtra || !hasIndex {
		return errors.New("a proof without an entry or its index")
	}
	leaf, err := base64.StdEncoding.DecodeString(extra)
	if err != nil {
		return err
	}
	sequence, err := strconv.ParseInt(index, 10, 64)
	if err != nil {
		return err
	}
	path := make(tlog.RecordProof, 0, len(lines))
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		path = append(path, h)
	}
	*p = Proof{Sequence: sequence, Leaf: leaf, Path: path, Checkpoint: Checkpoint{Note: signed}}
	return nil
}

// ProveConsistency returns the proof that the log's last checkpoint covers all
// that an earlier one covered, unaltered (RFC 6962, section 2.1.2): what an
// outsider who keeps checkpoints asks for. The earlier size is at least 1.
func (l *Log) ProveConsistency(ctx context.Context, earlierSize int64) (tlog.TreeProof, Checkpoint, error) {
	last, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, Checkpoint{}, err
	}
	if earlierSize < 1 || earlierSize > last.Size {
		return nil, Checkpoint{}, remit.Errorf(remit.KindInvalid, "the log has %d entries: ask from a size between 1 and that", last.Size)
	}
	proof, err := tlog.ProveTree(last.Size, earlierSize, storedTree{ctx, l.db})
	return proof, last, err
}

// CheckConsistency verifies, with the log's public key, that the later signed
// checkpoint covers all that the earlier one covered.
func CheckConsistency(proof tlog.TreeProof, later, earlier []byte, key string) error {
	to, err := OpenCheckpoint(later, key)
	if err != nil {
		return err
	}
	from, err := OpenCheckpoint(earlier, key)
	if err != nil {
		return err
	}
	if from.Size == 0 {
		return nil // everything covers nothing
	}
	return tlog.CheckTree(proof, to.Size, to.Root, from.Size, from.Root)
}
