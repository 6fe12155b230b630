package join

import (
	"bytes"
	"hash/maphash"
	"math"
)

// arena holds the keys of the right-hand rows, one after the other.
type arena struct {
	bytes []byte
	ends  []int
	null  []bool
}

func (a *arena) add(k keys, row int) {
	start := len(a.bytes)
	b, ok := k.encode(a.bytes, row)
	if !ok {
		b = b[:start]
	}
	a.bytes, a.ends, a.null = b, append(a.ends, len(b)), append(a.null, !ok)
}

func (a *arena) at(row int) []byte {
	start := 0
	if row > 0 {
		start = a.ends[row-1]
	}
	return a.bytes[start:a.ends[row]]
}

// matcher finds the right-hand rows for a key.
type matcher interface {
	// find appends the rows that match, in order, to dst.
	find(dst []int, key []byte) []int
	// twins returns how many rows have the key of an earlier row, and the
	// first few of them with that row.
	twins() (int, []twin)
}

// twin is two right-hand rows with one key.
type twin struct{ first, second int }

const shownTwins = 3

// table is a hash index over an arena: chains of rows for each hash.
type table struct {
	*arena
	seed  maphash.Seed
	mask  uint64
	heads []int32 // row + 1
	next  []int32
	tags  []uint32 // upper half of the hash
	some  []twin
	count int
}

const maxRows = math.MaxInt32 - 1

func newTable(a *arena) *table {
	size := 16
	for size < 2*len(a.ends) {
		size *= 2
	}
	t := &table{arena: a, seed: maphash.MakeSeed(), mask: uint64(size - 1), heads: make([]int32, size), next: make([]int32, len(a.ends)), tags: make([]uint32, len(a.ends))}
	for row := len(a.ends) - 1; row >= 0; row-- { // chains are in the order of rows
		if a.null[row] {
			continue
		}
		hash := maphash.Bytes(t.seed, a.at(row))
		slot := hash & t.mask
		t.tags[row] = uint32(hash >> 32)
		if other := t.follow(t.heads[slot], t.tags[row], a.at(row)); other >= 0 {
			t.count++
			t.some = append(t.some, twin{row, other})
			if len(t.some) > 2*shownTwins {
				t.some = t.some[len(t.some)-shownTwins:]
			}
		}
		t.next[row], t.heads[slot] = t.heads[slot], int32(row+1)
	}
	return t
}

// follow returns the next row of a chain with the key, or -1.
func (t *table) follow(link int32, tag uint32, key []byte) int {
	for ; link != 0; link = t.next[link-1] {
		if t.tags[link-1] == tag && bytes.Equal(t.at(int(link-1)), key) {
			return int(link - 1)
		}
	}
	return -1
}

func (t *table) find(dst []int, key []byte) []int {
	hash := maphash.Bytes(t.seed, key)
	tag := uint32(hash >> 32)
	for row := t.follow(t.heads[hash&t.mask], tag, key); row >= 0; row = t.follow(t.next[row], tag, key) {
		dst = append(dst, row)
	}
	return dst
}

func (t *table) twins() (int, []twin) {
	var out []twin
	for i := len(t.some) - 1; i >= 0 && len(out) < shownTwins; i-- { // they were found backwards
		out = append(out, t.some[i])
	}
	return t.count, out
}
