package policystore

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The changes to model services, as the audit log names them.
const (
	OpServiceAdd    audit.Operation = "service.add"
	OpServiceUpdate audit.Operation = "service.update"
	OpServiceRemove audit.Operation = "service.remove"
)

// Service is a model service as it is stored: everything but its key. What it
// means and what it may be is for package ops/modelservices.
type Service struct {
	Name     string            `json:"name"`
	Provider string            `json:"provider"`
	BaseURL  string            `json:"base_url,omitempty"`
	Header   string            `json:"key_header,omitempty"`
	Model    string            `json:"model,omitempty"`
	Egress   remit.Sensitivity `json:"egress,omitempty"`
	Default  bool              `json:"default,omitempty"`
	Insecure bool              `json:"insecure,omitempty"`

	TimeoutSeconds int `json:"timeout_seconds,omitempty"`
	IdleSeconds    int `json:"idle_seconds,omitempty"`
	Retries        int `json:"retries,omitempty"`
	MaxTokens      int `json:"max_tokens,omitempty"`

	Currency string  `json:"currency,omitempty"`
	Prices   []Price `json:"prices,omitempty"`

	Key     Key    `json:"-"`
	Version string `json:"-"` // another one after each change; set by the store
}

// Price is what a model costs, in millionths of the currency for a million tokens.
type Price struct {
	Model  string `json:"model"` // "*" is every other
	Input  int64  `json:"input"`
	Output int64  `json:"output"`
}

// Key is the key of a model service. However it is printed, logged or encoded, it
// shows "[secret]" or nothing. The zero value is none.
type Key struct{ reveal func() string }

// NewKey returns the key; "" makes the zero one.
func NewKey(text string) Key {
	if text == "" {
		return Key{}
	}
	return Key{func() string { return text }}
}

// Reveal returns the key's text, "" for none.
func (k Key) Reveal() string {
	if k.reveal == nil {
		return ""
	}
	return k.reveal()
}

// String implements [fmt.Stringer].
func (k Key) String() string {
	if k.reveal == nil {
		return ""
	}
	return "[secret]"
}

// GoString implements [fmt.GoStringer].
func (k Key) GoString() string { return k.String() }

// MarshalText implements [encoding.TextMarshaler].
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// LogValue implements [slog.LogValuer].
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// SealWith gives the store what it seals the keys of model services with. Call it
// before the store is shared.
func (s *Store) SealWith(ring *keys.Ring, random io.Reader) {
	s.secret, s.random = ring.Derive(keys.Secret), random
}

// Services returns the stored model services by name, with their keys, and the
// epoch since which they are so.
func (s *Store) Services(ctx context.Context) (services []Service, epoch int64, err error) {
	err = s.db.Read(ctx, func(tx sqldb.Tx) (err error) {
		if epoch, err = readEpoch(ctx, tx); err == nil {
			services, err = s.readServices(ctx, tx)
		}
		return err
	})
	return services, epoch, err
}

func (s *Store) readServices(ctx context.Context, q querier) ([]Service, error) {
	services := []Service{}
	err := q.Query(ctx, sqldb.Stmt{SQL: "SELECT name, body, sealed_key FROM model_services ORDER BY name"}, func(r sqldb.Row) error {
		var service Service
		if err := json.Unmarshal(r.AppendText(1, nil), &service); err != nil {
			return fmt.Errorf("policystore: reading the model service %s: %w", r.Text(0), err)
		}
		sealed := r.Bytes(2)
		service.Version = versionOf(r.AppendText(1, nil), sealed)
		if len(sealed) > 0 {
			key, err := s.openKey(service.Name, sealed)
			if err != nil {
				return err
			}
			service.Key = NewKey(key)
		}
		services = append(services, service)
		return nil
	})
	return services, err
}

// versionOf tells a row from what it was before. A key is sealed anew whenever it is
// written, so that this says nothing of it.
func versionOf(body, sealed []byte) string {
	sum := sha256.Sum256(append(append(body, 0), sealed...))
	return hex.EncodeToString(sum[:12])
}

// AddService stores a new model service. The error is [remit.KindConflict] where
// there is one of that name.
func (s *Store) AddService(ctx context.Context, by remit.Actor, service Service) error {
	return s.Change(ctx, by, OpServiceAdd, func(tx sqldb.Tx, e *audit.Entry) error {
		services, err := s.readServices(ctx, tx)
		if err != nil {
			return err
		}
		if find(services, service.Name) != nil {
			return remit.Errorf(remit.KindConflict, "there is a model service %q already", service.Name)
		}
		e.Details = map[string]any{"name": service.Name, "after": service, "key": service.Key.Reveal() != ""}
		return s.writeService(ctx, tx, services, service)
	})
}

// UpdateService has fn change a stored model service. Fn may be called more than
// once. The error is [remit.KindNotFound] where there is none of that name.
func (s *Store) UpdateService(ctx context.Context, by remit.Actor, name string, fn func(*Service) error) error {
	return s.Change(ctx, by, OpServiceUpdate, func(tx sqldb.Tx, e *audit.Entry) error {
		services, err := s.readServices(ctx, tx)
		if err != nil {
			return err
		}
		found := find(services, name)
		if found == nil {
			return noService()
		}
		before, key := *found, found.Key.Reveal()
		after := before
		if err := fn(&after); err != nil {
			return err
		}
		after.Name = name
		e.Details = map[string]any{"name": name, "before": before, "after": after, "key_changed": after.Key.Reveal() != key}
		return s.writeService(ctx, tx, services, after)
	})
}

// RemoveService removes a stored model service with its key.
func (s *Store) RemoveService(ctx context.Context, by remit.Actor, name string) error {
	return s.Change(ctx, by, OpServiceRemove, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = map[string]any{"name": name}
		removed, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM model_services WHERE name = ?", Args: []any{name}})
		if err == nil && removed == 0 {
			err = noService()
		}
		if err == nil {
			_, err = tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM model_service_tests WHERE name = ?", Args: []any{name}})
		}
		return err
	})
}

func noService() error {
	return remit.Errorf(remit.KindNotFound, "there is no such model service here: those of the configuration are changed there")
}

func find(services []Service, name string) *Service {
	for i := range services {
		if services[i].Name == name {
			return &services[i]
		}
	}
	return nil
}

// writeService writes one service; where it is the default, no other is.
func (s *Store) writeService(ctx context.Context, tx sqldb.Tx, all []Service, service Service) error {
	for _, other := range all {
		if service.Default && other.Default && other.Name != service.Name {
			other.Default = false
			if err := s.putService(ctx, tx, other); err != nil {
				return err
			}
		}
	}
	return s.putService(ctx, tx, service)
}

func (s *Store) putService(ctx context.Context, tx sqldb.Tx, service Service) error {
	body, err := json.Marshal(service)
	if err != nil {
		return err
	}
	var sealed []byte
	if key := service.Key.Reveal(); key != "" {
		if sealed, err = s.sealKey(service.Name, key); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL: `INSERT INTO model_services (name, body, sealed_key) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET body = excluded.body, sealed_key = excluded.sealed_key`,
		Args: []any{service.Name, string(body), sealed},
	})
	return err
}

// sealKey encrypts a key with AES-256-GCM, bound to its service's name, under a
// key that is derived from the master key.
func (s *Store) sealKey(name, key string) ([]byte, error) {
	aead, err := s.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(s.random, nonce); err != nil {
		return nil, err
	}
	return aead.Seal(nonce, nonce, []byte(key), []byte(name)), nil
}

func (s *Store) openKey(name string, sealed []byte) (string, error) {
	aead, err := s.aead()
	if err != nil {
		return "", err
	}
	if len(sealed) < aead.NonceSize() {
		return "", fmt.Errorf("policystore: the key of the model service %s is cut off", name)
	}
	key, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(name))
	if err != nil {
		return "", fmt.Errorf("policystore: the key of the model service %s does not open: altered, or sealed under another master key", name)
	}
	return string(key), nil
}

func (s *Store) aead() (cipher.AEAD, error) {
	if s.random == nil {
		return nil, fmt.Errorf("policystore: nothing to seal keys with")
	}
	block, err := aes.NewCipher(s.secret[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
