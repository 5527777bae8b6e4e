package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit/sketch"
)

// leafVersion is the first value of every leaf. Another form gets another
// number; version 1 never changes.
const leafVersion = 1

// The keys of a leaf's map, in the order of the encoding.
const (
	keyVersion = iota
	keyID
	keyTime
	keyActor
	keyOperation
	keySource
	keyCollection
	keyFields
	keySensitivity
	keyRows
	keyRecords
	keySketch
	keyDecision
	keyReason
	keyEpoch
	keyDuration
	keyCommitment
)

// The keys of the actor's map.
const (
	keyPerson = iota
	keyEmployee
	keyTask
	keyTool
	keyService
	keyChannel
	keyConversation
	keyRun
	keyToken
	keySession
	keyOperator
	keyRequest
)

// commitment is SHA-256(salt ‖ details), the tie between a leaf and its details.
type commitment [sha256.Size]byte

// leaf is an entry as the tree holds it: everything but the details, of which
// it has the commitment.
type leaf struct {
	Entry
	Commitment *commitment // nil: the entry never had details
}

// encode returns the leaf's permanent form. Entry fields must be within bounds:
// see normalize.
func (l *leaf) encode() []byte {
	b := make([]byte, 0, 256+20*len(l.Records))
	w := leafWriter{append(b, cborMap)}
	w.number(keyVersion, leafVersion)
	w.key(keyID)
	w.b = appendID(w.b, l.ID)
	w.key(keyTime)
	w.b = appendHead(w.b, cborUint, natural(l.Time.UnixMicro()))
	w.actor(&l.Actor)
	w.key(keyOperation)
	w.b = appendText(w.b, string(l.Operation))
	w.text(keySource, l.Source)
	w.text(keyCollection, l.Collection)
	if len(l.Fields) > 0 {
		w.array(keyFields, len(l.Fields))
		for _, f := range l.Fields {
			w.b = appendText(w.b, f)
		}
	}
	w.number(keySensitivity, int64(l.Sensitivity))
	w.number(keyRows, l.Rows)
	if len(l.Records) > 0 {
		w.array(keyRecords, len(l.Records))
		for _, id := range l.Records {
			w.b = appendID(w.b, id)
		}
	}
	if l.Sketch != nil {
		w.key(keySketch)
		w.b = appendBytes(w.b, l.Sketch.Bytes())
	}
	w.number(keyDecision, int64(l.Decision))
	w.text(keyReason, l.Reason)
	w.number(keyEpoch, l.Epoch)
	w.number(keyDuration, l.Duration.Microseconds())
	if l.Commitment != nil {
		w.key(keyCommitment)
		w.b = appendBytes(w.b, l.Commitment[:])
	}
	return w.b
}

// leafWriter appends the pairs of a map whose head is the first byte of b and is
// counted up with each key: there are always fewer than 24.
type leafWriter struct{ b []byte }

func (w *leafWriter) key(k byte) {
	w.b[0]++
	w.b = append(w.b, k)
}

// number appends a pair, or nothing for zero.
func (w *leafWriter) number(k byte, n int64) {
	if n != 0 {
		w.key(k)
		w.b = appendHead(w.b, cborUint, natural(n))
	}
}

// natural is for numbers that normalize has made 0 or more.
func natural(n int64) uint64 { return uint64(max(0, n)) }

// text appends a pair, or nothing for "".
func (w *leafWriter) text(k byte, s string) {
	if s != "" {
		w.key(k)
		w.b = appendText(w.b, s)
	}
}

// id appends a pair, or nothing for "".
func (w *leafWriter) id(k byte, id remit.ID) {
	if id != "" {
		w.key(k)
		w.b = appendID(w.b, id)
	}
}

func (w *leafWriter) array(k byte, n int) {
	w.key(k)
	w.b = appendHead(w.b, cborArray, natural(int64(n)))
}

func (w *leafWriter) actor(a *remit.Actor) {
	w.key(keyActor)
	at := len(w.b)
	m := leafWriter{append(w.b[at:], cborMap)}
	m.id(keyPerson, a.Person)
	m.text(keyEmployee, a.Employee)
	m.text(keyTask, a.Task)
	m.text(keyTool, a.Tool)
	m.text(keyService, a.Service)
	m.text(keyChannel, string(a.Channel))
	m.id(keyConversation, a.Conversation)
	m.id(keyRun, a.Run)
	m.id(keyToken, a.Token)
	m.id(keySession, a.Session)
	m.text(keyOperator, a.Operator)
	m.text(keyRequest, a.Request)
	w.b = append(w.b[:at], m.b...)
}

// idBytes is the length of a remit.ID before base32.
const idBytes = 16

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// appendID appends an id: its 16 bytes if it is one of ours, its text if it is
// another database's.
func appendID(b []byte, id remit.ID) []byte {
	var raw, text [26]byte
	if len(id) != len(text) {
		return appendText(b, string(id))
	}
	copy(text[:], id)
	n, err := idEncoding.Decode(raw[:], text[:])
	if err != nil || n != idBytes {
		return appendText(b, string(id))
	}
	// Two bits of the last digit are unused: an id that sets them is a text.
	if idEncoding.Encode(text[:], raw[:n]); string(text[:]) != string(id) {
		return appendText(b, string(id))
	}
	return appendBytes(b, raw[:n])
}

func (r *cborReader) id() remit.ID {
	if r.peek() == cborText {
		return remit.ID(r.text())
	}
	raw := r.bytes()
	if len(raw) != idBytes {
		r.fail()
		return ""
	}
	return remit.ID(idEncoding.EncodeToString(raw))
}

// decodeLeaf reads a leaf and accepts only its one encoding.
func decodeLeaf(encoded []byte) (*leaf, error) {
	l := new(leaf)
	r := &cborReader{rest: encoded}
	for range r.count(cborMap) {
		l.decodeField(r.uint(), r)
	}
	if r.err != nil || len(r.rest) > 0 || !l.valid() || !bytes.Equal(l.encode(), encoded) {
		return nil, errLeaf
	}
	return l, nil
}

// valid reports whether version 1 allows such a leaf.
func (l *leaf) valid() bool {
	return l.ID != "" && l.Operation != "" && l.Decision >= Allowed && l.Decision <= Failed &&
		l.Sensitivity <= remit.Restricted && len(l.Fields) <= MaxFields && len(l.Records) <= MaxRecords &&
		(l.Sketch == nil || len(l.Records) == 0)
}

func (l *leaf) decodeField(key int64, r *cborReader) {
	switch key {
	case keyVersion:
		if r.uint() != leafVersion {
			r.fail()
		}
	case keyID:
		l.ID = r.id()
	case keyTime:
		l.Time = time.UnixMicro(r.uint()).UTC()
	case keyActor:
		decodeActor(&l.Actor, r)
	case keyOperation:
		l.Operation = Operation(r.text())
	case keySource:
		l.Source = r.text()
	case keyCollection:
		l.Collection = r.text()
	case keyFields:
		l.Fields = make([]string, r.count(cborArray))
		for i := range l.Fields {
			l.Fields[i] = r.text()
		}
	case keySensitivity:
		l.Sensitivity = remit.Sensitivity(r.byte())
	case keyRows:
		l.Rows = r.uint()
	case keyRecords:
		l.Records = make([]remit.ID, r.count(cborArray))
		for i := range l.Records {
			l.Records[i] = r.id()
		}
	case keySketch:
		l.decodeSketch(r)
	case keyDecision:
		l.Decision = Decision(r.byte())
	case keyReason:
		l.Reason = r.text()
	case keyEpoch:
		l.Epoch = r.uint()
	case keyDuration:
		l.Duration = time.Duration(r.below(math.MaxInt64/1000+1)) * time.Microsecond
	case keyCommitment:
		l.Commitment = new(commitment)
		if copy(l.Commitment[:], r.bytes()) != len(l.Commitment) {
			r.fail()
		}
	default:
		r.fail()
	}
}

func (l *leaf) decodeSketch(r *cborReader) {
	s, err := sketch.Parse(r.bytes())
	if err != nil {
		r.fail()
		return
	}
	l.Sketch = s
}

func (r *cborReader) byte() byte {
	return byte(r.below(math.MaxUint8 + 1))
}

// below reads an unsigned integer less than n.
func (r *cborReader) below(n int64) int64 {
	v := r.uint()
	if v >= n {
		r.fail()
		return 0
	}
	return v
}

func decodeActor(a *remit.Actor, r *cborReader) {
	for range r.count(cborMap) {
		switch key := r.uint(); key {
		case keyPerson:
			a.Person = r.id()
		case keyEmployee:
			a.Employee = r.text()
		case keyTask:
			a.Task = r.text()
		case keyTool:
			a.Tool = r.text()
		case keyService:
			a.Service = r.text()
		case keyChannel:
			a.Channel = remit.Channel(r.text())
		case keyConversation:
			a.Conversation = r.id()
		case keyRun:
			a.Run = r.id()
		case keyToken:
			a.Token = r.id()
		case keySession:
			a.Session = r.id()
		case keyOperator:
			a.Operator = r.text()
		case keyRequest:
			a.Request = r.text()
		default:
			r.fail()
		}
	}
}

// normalize returns the entry as it can be encoded: texts valid, without NUL
// (which PostgreSQL cannot store) and cut to MaxText, numbers not negative, many
// records as a sketch. What a caller asked for in vain may be named by an entry,
// so odd texts are mended rather than refused: one caller's name must neither go
// unrecorded nor spoil the batch it shares with others.
func (e *Entry) normalize() (leaf, error) {
	if e.Decision < Allowed || e.Decision > Failed || e.Operation == "" || e.Sensitivity > remit.Restricted {
		return leaf{}, fmt.Errorf("audit: an entry needs an operation, a decision and a known sensitivity, not %q, %v, %v",
			e.Operation, e.Decision, e.Sensitivity)
	}
	l := leaf{Entry: *e}
	if len(e.Fields) > MaxFields {
		if e.Decision == Allowed {
			return leaf{}, remit.Errorf(remit.KindLimited, "more than %d fields in one request", MaxFields)
		}
		l.Fields = e.Fields[:MaxFields]
	}
	l.Details = nil
	l.Time = time.UnixMicro(max(0, e.Time.UnixMicro())).UTC()
	l.Rows, l.Epoch, l.Duration = max(0, e.Rows), max(0, e.Epoch), max(0, e.Duration)
	l.ID = clean(e.ID)
	l.Operation, l.Source, l.Collection = clean(e.Operation), clean(e.Source), clean(e.Collection)
	l.Reason = clean(e.Reason)
	cleanActor(&l.Actor)
	l.Fields = cleanAll(l.Fields)
	l.Records = cleanAll(e.Records)
	l.gatherRecords()
	return l, nil
}

// gatherRecords leaves either the records or their sketch.
func (l *leaf) gatherRecords() {
	if l.Sketch == nil && len(l.Records) <= MaxRecords {
		return
	}
	s := new(sketch.Sketch)
	if l.Sketch != nil {
		s.Merge(l.Sketch)
	}
	for _, id := range l.Records {
		s.Add(l.Source, l.Collection, id)
	}
	l.Sketch, l.Records = s, nil
}

func cleanActor(a *remit.Actor) {
	a.Person, a.Conversation, a.Run = clean(a.Person), clean(a.Conversation), clean(a.Run)
	a.Token, a.Session = clean(a.Token), clean(a.Session)
	a.Employee, a.Task, a.Tool, a.Service = clean(a.Employee), clean(a.Task), clean(a.Tool), clean(a.Service)
	a.Channel, a.Operator, a.Request = clean(a.Channel), clean(a.Operator), clean(a.Request)
}

// clean returns s as valid UTF-8 without NUL and no longer than MaxText.
func clean[S ~string](s S) S {
	if len(s) <= MaxText && utf8.ValidString(string(s)) && strings.IndexByte(string(s), 0) < 0 {
		return s
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(s), "\ufffd"), "\x00", "\ufffd")
	if len(text) > MaxText {
		const mark = "…"
		text = strings.ToValidUTF8(text[:MaxText-len(mark)], "") + mark
	}
	return S(text)
}

// cleanAll cleans a list, and copies it only if it must: the caller's stays.
func cleanAll[S ~string](list []S) []S {
	cleaned := list
	for i, s := range list {
		if c := clean(s); c != s {
			if &cleaned[0] == &list[0] {
				cleaned = slices.Clone(list)
			}
			cleaned[i] = c
		}
	}
	return cleaned
}
