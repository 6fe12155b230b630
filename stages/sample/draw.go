package sample

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// lot decides the place of keys in the draw.
type lot struct {
	prefix []byte // "SEED:", or "SEED:2:" for a sample of a sample
	text   []byte // scratch
}

// newLot makes the lot of a sample of rows that went through a number of
// samples before. Each draws by lots of its own: with the same ones, the
// second would find only rows that come first in its own draw too.
func newLot(seed uint64, earlier int) *lot {
	prefix := append(strconv.AppendUint(nil, seed, 10), ':')
	if earlier > 0 {
		prefix = append(strconv.AppendInt(prefix, int64(earlier)+1, 10), ':')
	}
	return &lot{prefix: prefix}
}

// of returns the first 64 bits of the SHA-256 of the prefix and the key.
// Samples of papers depend on it: it must never change.
func (l *lot) of(key string) uint64 {
	l.text = append(append(l.text[:0], l.prefix...), key...)
	sum := sha256.Sum256(l.text)
	return binary.BigEndian.Uint64(sum[:8])
}

// below reports whether a lot, as a fraction of all, is below a share. Only 53
// bits are used, which a float64 holds exactly.
func below(lot uint64, share float64) bool {
	return float64(lot>>11)/(1<<53) < share
}

// entry is one key in the draw. Equal lots are ordered by key.
type entry struct {
	lot uint64
	key string
}

func (e entry) less(o entry) bool { return e.lot < o.lot || e.lot == o.lot && e.key < o.key }

// stratum holds the n smallest entries of a stratum in a heap whose first is
// the largest of them.
type stratum struct {
	rows int64 // seen
	heap []entry
}

// add takes part in the draw of n rows. keep copies a key that stays.
func (s *stratum) add(n int, e entry, keep func(string) string) {
	s.rows++
	if len(s.heap) < n {
		e.key = keep(e.key)
		s.heap = append(s.heap, e)
		for i := len(s.heap) - 1; i > 0 && s.heap[(i-1)/2].less(s.heap[i]); i = (i - 1) / 2 {
			s.heap[i], s.heap[(i-1)/2] = s.heap[(i-1)/2], s.heap[i]
		}
		return
	}
	if !e.less(s.heap[0]) {
		return
	}
	e.key = keep(e.key)
	s.heap[0] = e
	for i := 0; ; {
		most := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(s.heap); c++ {
			if s.heap[most].less(s.heap[c]) {
				most = c
			}
		}
		if most == i {
			return
		}
		s.heap[i], s.heap[most] = s.heap[most], s.heap[i]
		i = most
	}
}

// drawn reports whether an entry that took part is drawn.
func (s *stratum) drawn(e entry) bool { return !s.heap[0].less(e) }

// probability is the share of the stratum's rows that is drawn.
func (s *stratum) probability(n int) float64 {
	return min(1, float64(n)/float64(s.rows))
}
