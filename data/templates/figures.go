package templates

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Figures are what was told as the answer to one question on one day. Body is the
// caller's, and lies sealed.
type Figures struct {
	ID       remit.ID
	Question string // digest of a template's version with its parameters
	Day      string // of the company's calendar
	AsOf     time.Time
	Body     json.RawMessage
}

// Latest returns the figures that were made last for the question, nil if none were.
func (s *Store) Latest(ctx context.Context, question string) (*Figures, error) {
	found, err := s.figures(ctx, s.db.Query, sqldb.Stmt{
		SQL:  "SELECT id, question, day, as_of, body FROM template_figures WHERE question = ? ORDER BY day DESC LIMIT 1",
		Args: []any{question},
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Seen is what a person was told of a collection, and its revision.
type Seen struct {
	Figures  []Figures // by question
	Revision int64
}

// SeenBy returns the figures of a collection that the person was told since then, the
// latest of each question.
func (s *Store) SeenBy(ctx context.Context, person remit.ID, collection string, since time.Time) (*Seen, error) {
	seen := &Seen{}
	err := s.db.Read(ctx, func(tx sqldb.Tx) (err error) {
		if seen.Revision, err = revision(ctx, tx, person, collection); err != nil {
			return err
		}
		seen.Figures, err = s.figures(ctx, tx.Query, sqldb.Stmt{
			SQL: `SELECT f.id, f.question, f.day, f.as_of, f.body FROM template_seen s
JOIN template_figures f ON f.id = s.figures_id
WHERE s.person_id = ? AND s.collection = ? AND s.seen_at >= ? ORDER BY f.question`,
			Args: []any{person, collection, since.UnixMicro()},
		})
		return err
	})
	return seen, err
}

func revision(ctx context.Context, tx sqldb.Tx, person remit.ID, collection string) (n int64, err error) {
	err = tx.Query(ctx, sqldb.Stmt{
		SQL: "SELECT revision FROM template_budgets WHERE person_id = ? AND collection = ?", Args: []any{person, collection},
	}, func(r sqldb.Row) error {
		n = r.Int(0)
		return nil
	})
	return n, err
}

// ErrMoved says that something else was told, or the same question answered,
// meanwhile: look again.
var ErrMoved = errors.New("templates: more was told meanwhile")

// Tell records that the person is told the figures, before they are, and keeps them
// where they are new (ID is empty). The error is ErrMoved unless what the person was
// told is still as it was seen.
func (s *Store) Tell(ctx context.Context, person remit.ID, collection string, seen *Seen, f Figures) error {
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		// Raising the revision first makes whoever tells the same person wait.
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO template_budgets (person_id, collection, revision) VALUES (?, ?, 1)
ON CONFLICT (person_id, collection) DO UPDATE SET revision = template_budgets.revision + 1`,
			Args: []any{person, collection},
		})
		if err != nil {
			return err
		}
		now, err := revision(ctx, tx, person, collection)
		if err != nil {
			return err
		}
		if now != seen.Revision+1 {
			return ErrMoved
		}
		id, err := s.keep(ctx, tx, f)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO template_seen (person_id, collection, question, figures_id, seen_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (person_id, collection, question) DO UPDATE SET figures_id = excluded.figures_id, seen_at = excluded.seen_at`,
			Args: []any{person, collection, f.Question, id, s.clock().UnixMicro()},
		})
		return err
	})
}

// keep stores figures that are new and returns their id.
func (s *Store) keep(ctx context.Context, tx sqldb.Tx, f Figures) (remit.ID, error) {
	if f.ID != "" {
		return f.ID, nil
	}
	id := s.ids.New()
	sealed, err := s.sealer.seal(f.Body, string(id))
	if err != nil {
		return "", err
	}
	added, err := tx.Exec(ctx, sqldb.Stmt{
		SQL: `INSERT INTO template_figures (id, question, day, as_of, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (question, day) DO NOTHING`,
		Args: []any{id, f.Question, f.Day, f.AsOf.UnixMicro(), sealed},
	})
	if err == nil && added == 0 {
		err = ErrMoved
	}
	if err == nil {
		err = s.sweep(ctx, tx, f)
	}
	return id, err
}

// Window is for how long it is remembered what somebody was told.
const Window = 30 * 24 * time.Hour

// sweep drops what the new figures replace and nobody was told within the window.
func (s *Store) sweep(ctx context.Context, tx sqldb.Tx, f Figures) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "DELETE FROM template_seen WHERE question = ? AND seen_at < ?",
		Args: []any{f.Question, s.clock().Add(-Window).UnixMicro()},
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL: `DELETE FROM template_figures WHERE question = ? AND day < ?
AND NOT EXISTS (SELECT 1 FROM template_seen s WHERE s.figures_id = template_figures.id)`,
		Args: []any{f.Question, f.Day},
	})
	return err
}

func (s *Store) figures(ctx context.Context, run query, stmt sqldb.Stmt) ([]Figures, error) {
	var found []Figures
	err := run(ctx, stmt, func(r sqldb.Row) (err error) {
		f := Figures{ID: remit.ID(r.Text(0)), Question: r.Text(1), Day: r.Text(2), AsOf: time.UnixMicro(r.Int(3)).UTC()}
		f.Body, err = s.sealer.open(r.Bytes(4), string(f.ID))
		found = append(found, f)
		return err
	})
	return found, err
}

// sealer seals figures with AES-256-GCM, each bound to its id.
type sealer struct {
	key    [32]byte
	random io.Reader
}

func (s sealer) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (s sealer) seal(plain []byte, place string) ([]byte, error) {
	aead, err := s.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(s.random, nonce); err != nil {
		return nil, err
	}
	return aead.Seal(slices.Clone(nonce), nonce, plain, []byte(place)), nil
}

var errSealed = errors.New("templates: figures do not open: altered, or sealed under another master key")

func (s sealer) open(sealed []byte, place string) ([]byte, error) {
	aead, err := s.aead()
	if err != nil || len(sealed) < aead.NonceSize() {
		return nil, errSealed
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(place))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}
