package audit

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit"
)

// prepared is an entry with everything done that needs neither the log's lock
// nor its place in the log: encoded, hashed and sealed.
type prepared struct {
	leaf     *leaf
	encoded  []byte
	hash     tlog.Hash
	sealed   sealed
	mayExist bool       // the log may have an entry of this id already
	erases   []remit.ID // entries whose details are destroyed together with it
}

func (p *prepared) size() int {
	return len(p.encoded) + len(p.sealed.key) + len(p.sealed.details)
}

// prepare fills in the entry's id and time where they are missing.
func (l *Log) prepare(e *Entry) (*prepared, error) {
	mayExist := e.ID != ""
	if e.Time.IsZero() {
		e.Time = l.options.Now()
	}
	if e.ID == "" {
		id, err := newID(e.Time, l.options.Random)
		if err != nil {
			return nil, unavailable(err)
		}
		e.ID = id
	}
	normal, err := e.normalize()
	if err != nil {
		return nil, err
	}
	p := &prepared{leaf: &normal, mayExist: mayExist}
	if e.Details != nil {
		if err := l.sealDetails(p, e.Details); err != nil {
			return nil, err
		}
	}
	p.encoded = normal.encode()
	p.hash = tlog.RecordHash(p.encoded)
	return p, nil
}

func (l *Log) sealDetails(p *prepared, details any) error {
	text, err := encodeDetails(details, p.leaf.Decision)
	if err != nil {
		return err
	}
	box, c, err := l.sealer.seal(p.leaf.ID, text)
	if err != nil {
		return unavailable(err)
	}
	p.sealed, p.leaf.Commitment = box, &c
	return nil
}

// encodeDetails encodes details as JSON. What a caller asked for in vain may not
// be JSON, or be endless, and is recorded all the same, as far as it can be. What
// is allowed must be recorded whole.
func encodeDetails(details any, decision Decision) ([]byte, error) {
	text, err := json.Marshal(details)
	if err != nil {
		if text, err = json.Marshal(map[string]string{"not_json": fmt.Sprintf("%s", details)}); err != nil {
			return nil, &remit.Error{Kind: remit.KindInternal, Message: "the details of an audit entry", Cause: err}
		}
	}
	if len(text) <= MaxDetails {
		return text, nil
	}
	if decision == Allowed {
		return nil, remit.Errorf(remit.KindLimited, "the request is longer than %d bytes", MaxDetails)
	}
	return json.Marshal(map[string]string{"cut": string(text[:MaxDetails/16])})
}

// newID returns an id whose first 48 bits are the time in milliseconds and whose
// other 80 are random. Unlike a record's id, an entry's reveals when it was made,
// which the entry says anyhow, and so neighbours in the log are neighbours in
// the index over ids: it stays fast however long the log grows.
func newID(at time.Time, random io.Reader) (remit.ID, error) {
	var raw [idBytes]byte
	if _, err := io.ReadFull(random, raw[6:]); err != nil {
		return "", err
	}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(max(0, at.UnixMilli())))
	copy(raw[:6], ms[2:])
	return remit.ID(idEncoding.EncodeToString(raw[:])), nil
}
