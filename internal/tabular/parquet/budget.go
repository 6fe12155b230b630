package parquet

import "fmt"

// maxBatch is the number of bytes of text that a batch takes, unless its first
// row alone has more.
const maxBatch = 16 << 20

// within returns how many of the next n rows make a batch of at most maxBatch
// bytes, at least one. It looks at those rows only whose values are decoded
// already, so a batch ends where the decoded part of a column of texts does.
func within(chunks []*chunk, n int) (int, error) {
	var sizes []int // of the rows
	for _, c := range chunks {
		if c.values.bytes == nil {
			continue
		}
		if ok, err := c.fill(); err != nil {
			return n, fmt.Errorf("column %q: %w", c.leaf.name(), err)
		} else if !ok {
			return n, nil // reading the row says that values are missing
		}
		if sizes == nil {
			sizes = make([]int, n)
		}
		n = c.measure(sizes[:n])
	}
	if sizes == nil {
		return n, nil
	}
	total := 0
	for i, size := range sizes[:n] {
		if total += size; total > maxBatch {
			return max(i, 1), nil
		}
	}
	return n, nil
}

// measure adds the bytes of the next rows to sizes and returns of how many all
// entries are decoded, at least one.
func (c *chunk) measure(sizes []int) int {
	row, value := -1, c.value
	for at := c.at; at < c.n; at++ {
		if c.leaf.rep == 0 || c.reps[at] == 0 {
			if row++; row == len(sizes) {
				return row
			}
		}
		if c.leaf.def > 0 && c.defs[at] < c.leaf.def {
			continue
		}
		if row >= 0 {
			sizes[row] += len(c.values.bytes[value])
		}
		value++
	}
	if c.left > 0 && c.leaf.rep > 0 {
		row-- // it may go on
	}
	return max(min(row+1, len(sizes)), 1)
}
