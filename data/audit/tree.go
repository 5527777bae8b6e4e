package audit

import (
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// edge is what must be known of an RFC 6962 tree to let it grow: the roots of
// the complete subtrees along its right edge, at most one a level. It is copied
// by assignment, so a batch that fails leaves the edge before it.
type edge struct {
	size  int64
	peaks [63]tlog.Hash // peaks[i] counts where bit i of size is set
}

// add appends a leaf and returns hashes with those appended that the tree now
// stores beyond the ones before, in the order of tlog.StoredHashIndex.
func (e *edge) add(leaf tlog.Hash, hashes []byte) []byte {
	h := leaf
	hashes = append(hashes, h[:]...)
	level := 0
	for ; e.size>>level&1 == 1; level++ {
		h = tlog.NodeHash(e.peaks[level], h)
		hashes = append(hashes, h[:]...)
	}
	e.peaks[level] = h
	e.size++
	return hashes
}

// root returns the tree's hash (RFC 6962, section 2.1).
func (e *edge) root() tlog.Hash {
	if e.size == 0 {
		empty, _ := tlog.TreeHash(0, nil) // an empty tree reads nothing
		return empty
	}
	level := bits.TrailingZeros64(natural(e.size))
	h := e.peaks[level]
	for level++; e.size>>level != 0; level++ {
		if e.size>>level&1 == 1 {
			h = tlog.NodeHash(e.peaks[level], h)
		}
	}
	return h
}

// loadEdge reads the right edge of a tree whose hashes are stored.
func loadEdge(size int64, stored tlog.HashReader) (edge, error) {
	e := edge{size: size}
	var indexes []int64
	for level := 62; level >= 0; level-- {
		if size>>level&1 == 1 {
			indexes = append(indexes, tlog.StoredHashIndex(level, size>>level-1))
		}
	}
	hashes, err := stored.ReadHashes(indexes)
	if err != nil {
		return edge{}, err
	}
	for level := range 63 {
		if size>>level&1 == 1 {
			e.peaks[level] = hashes[len(hashes)-1]
			hashes = hashes[:len(hashes)-1]
		}
	}
	return e, nil
}
