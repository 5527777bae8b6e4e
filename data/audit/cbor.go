package audit

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// The part of CBOR (RFC 8949) that leaves are made of: unsigned integers, byte
// and text strings, arrays and maps with unsigned keys, all of definite length
// and in the core deterministic encoding (section 4.2.1). The writer can write
// nothing else, and a leaf is accepted only if writing what was read gives the
// same bytes, so every entry has exactly one encoding.

const (
	cborUint  = 0 << 5
	cborBytes = 2 << 5
	cborText  = 3 << 5
	cborArray = 4 << 5
	cborMap   = 5 << 5
)

// appendHead appends an item's head in its shortest form.
func appendHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n < 1<<8:
		return append(b, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

func appendBytes(b, s []byte) []byte { return append(appendHead(b, cborBytes, uint64(len(s))), s...) }

func appendText(b []byte, s string) []byte {
	return append(appendHead(b, cborText, uint64(len(s))), s...)
}

var errLeaf = errors.New("not a well-formed leaf")

// cborReader reads items from the front of rest. After the first error it
// returns zero values only.
type cborReader struct {
	rest []byte
	err  error
}

func (r *cborReader) fail() { r.rest, r.err = nil, errLeaf }

// peek returns the next item's major type.
func (r *cborReader) peek() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0xff
	}
	return r.rest[0] & 0xe0
}

// head reads an item's head, which must be of the given major type.
func (r *cborReader) head(major byte) uint64 {
	if r.peek() != major {
		r.fail()
		return 0
	}
	info := r.rest[0] & 0x1f
	r.rest = r.rest[1:]
	if info < 24 {
		return uint64(info)
	}
	if info > 27 || len(r.rest) < 1<<(info-24) {
		r.fail()
		return 0
	}
	var n uint64
	for _, c := range r.rest[:1<<(info-24)] {
		n = n<<8 | uint64(c)
	}
	r.rest = r.rest[1<<(info-24):]
	return n
}

// uint reads an unsigned integer that fits int64.
func (r *cborReader) uint() int64 {
	n := r.head(cborUint)
	if n > 1<<63-1 {
		r.fail()
		return 0
	}
	return int64(n)
}

// string reads what follows the head of a byte or text string.
func (r *cborReader) string(major byte) []byte {
	n := r.head(major)
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *cborReader) bytes() []byte { return r.string(cborBytes) }

func (r *cborReader) text() string {
	s := r.string(cborText)
	if !utf8.Valid(s) {
		r.fail()
		return ""
	}
	return string(s)
}

// count reads the head of an array or map. An item takes a byte at least, so
// the count is bounded by what is left: a forged one allocates nothing.
func (r *cborReader) count(major byte) int {
	n := r.head(major)
	if n > uint64(len(r.rest)) {
		r.fail()
		return 0
	}
	return int(n)
}
