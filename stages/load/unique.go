package load

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
)

// runLength is how many keys are sorted in memory at once: 16 bytes each.
const runLength = 1 << 16

// mark is a key's hash and the row that it stands in.
type mark struct{ hash, row uint64 }

func compareMarks(a, b mark) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row))
}

// uniqueness finds keys that occur twice, in memory that does not grow with
// their number: sorted runs of hashes are written to a file and merged.
type uniqueness struct {
	seed   maphash.Seed
	length int // of a run
	run    []mark
	file   *os.File
	runs   int
	rows   uint64
}

func newUniqueness(length int) *uniqueness {
	return &uniqueness{seed: maphash.MakeSeed(), length: length}
}

// add takes the key of the next row.
func (u *uniqueness) add(key string) error {
	u.run = append(u.run, mark{maphash.String(u.seed, key), u.rows})
	u.rows++
	if len(u.run) < u.length {
		return nil
	}
	return u.spill()
}

func (u *uniqueness) spill() error {
	if u.file == nil {
		f, err := os.CreateTemp("", "icono-keys-*")
		if err != nil {
			return fmt.Errorf("keys cannot be sorted: %w", err)
		}
		u.file = f
		_ = os.Remove(f.Name()) // the open file stays usable; where not, close removes it
	}
	slices.SortFunc(u.run, compareMarks)
	buf := make([]byte, 0, 16*len(u.run))
	for _, m := range u.run {
		buf = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(buf, m.hash), m.row)
	}
	if _, err := u.file.Write(buf); err != nil {
		return fmt.Errorf("keys cannot be sorted: %w", err)
	}
	u.runs++
	u.run = u.run[:0]
	return nil
}

// twins returns up to most pairs of rows whose keys have one hash, the earlier
// row first, by the order of the later one.
func (u *uniqueness) twins(most int) ([][2]uint64, error) {
	var out [][2]uint64
	var last mark
	first := true
	err := u.merge(func(m mark) {
		if !first && m.hash == last.hash {
			out = append(out, [2]uint64{last.row, m.row})
			slices.SortFunc(out, func(a, b [2]uint64) int { return cmp.Compare(a[1], b[1]) })
			out = out[:min(len(out), most)]
			return // keep the first row as the one named
		}
		last, first = m, false
	})
	return out, err
}

// merge calls visit with all marks in order.
func (u *uniqueness) merge(visit func(mark)) error {
	slices.SortFunc(u.run, compareMarks)
	h := &runHeap{{slice: u.run}}
	for i := range u.runs {
		section := io.NewSectionReader(u.file, int64(i)*16*int64(u.length), 16*int64(u.length))
		*h = append(*h, &cursor{reader: bufio.NewReaderSize(section, 4096)})
	}
	for i := 0; i < len(*h); {
		ok, err := (*h)[i].next()
		switch {
		case err != nil:
			return err
		case ok:
			i++
		default:
			*h = slices.Delete(*h, i, i+1)
		}
	}
	heap.Init(h)
	for h.Len() > 0 {
		visit((*h)[0].at)
		ok, err := (*h)[0].next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(h, 0)
		} else {
			heap.Pop(h)
		}
	}
	return nil
}

func (u *uniqueness) close() {
	if u.file != nil {
		_ = u.file.Close()
		_ = os.Remove(u.file.Name())
	}
}

// cursor walks a sorted run, in memory or in the file.
type cursor struct {
	slice  []mark
	reader *bufio.Reader
	at     mark
}

func (c *cursor) next() (bool, error) {
	if c.reader == nil {
		if len(c.slice) == 0 {
			return false, nil
		}
		c.at, c.slice = c.slice[0], c.slice[1:]
		return true, nil
	}
	var buf [16]byte
	if _, err := io.ReadFull(c.reader, buf[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		return false, fmt.Errorf("sorted keys cannot be read: %w", err)
	}
	c.at = mark{binary.LittleEndian.Uint64(buf[:8]), binary.LittleEndian.Uint64(buf[8:])}
	return true, nil
}

// runHeap orders cursors by the mark that they stand at.
type runHeap []*cursor

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return compareMarks(h[i].at, h[j].at) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *runHeap) Push(x any) { *h = append(*h, x.(*cursor)) }

// Pop implements heap.Interface.
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
