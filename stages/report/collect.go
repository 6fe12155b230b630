package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
)

// bins is the number of bars in a distribution of probabilities.
const bins = 10

// mostFaultRows is how many rows are named for each status of a stage.
const mostFaultRows = 5

// mostCategories bounds the categories that are told apart in a column whose
// coder does not declare them.
const mostCategories = 1000

// example is a row that the page may show.
type example struct {
	hash        uint64
	key, path   string
	code        string
	phrase      string
	probability float64
	certain     bool // there is a probability
	show        []string
}

// variable is what is collected of a coded column.
type variable struct {
	codeColumn
	order    []string // categories as they come
	counts   map[string]int64
	uncoded  int64
	gallery  map[string][]example
	doubtful []example
	bins     [bins]int64
}

// faultGroup is what is collected of one status of a stage.
type faultGroup struct {
	stage, status string
	count         int64
	rows          []faultRow
}

type faultRow struct{ key, reason string }

// collector keeps, in one pass over the rows, what the page shows. What it
// holds does not grow with their number.
type collector struct {
	config    Config
	layout    layout
	seed      uint64
	rows      int64
	variables []*variable
	faults    []*faultGroup
	cross     map[[2]string]int64 // of the first two variables
}

func newCollector(c Config, l layout, seed uint64) *collector {
	out := &collector{config: c, layout: l, seed: seed, cross: map[[2]string]int64{}}
	for _, code := range l.codes {
		out.variables = append(out.variables, &variable{codeColumn: code, order: slices.Clone(code.categories), counts: map[string]int64{}, gallery: map[string][]example{}})
	}
	return out
}

func (c *collector) add(rec arrow.Record) {
	c.rows += rec.NumRows()
	for _, s := range c.layout.status {
		c.addFaults(rec, s)
	}
	for row := range int(rec.NumRows()) {
		hash := c.hash(rec, row)
		for _, v := range c.variables {
			c.addCode(v, rec, row, hash)
		}
		if len(c.variables) >= 2 {
			a, b := c.variables[0].at, c.variables[1].at
			if !rec.Column(a).IsNull(row) && !rec.Column(b).IsNull(row) && len(c.cross) < mostCategories {
				c.cross[[2]string{columns.Format(rec.Column(a), row), columns.Format(rec.Column(b), row)}]++
			}
		}
	}
}

// hash decides which rows are shown: that of the seed and the row's key, so
// that it depends on neither order nor batches.
func (c *collector) hash(rec arrow.Record, row int) uint64 {
	text := ""
	if c.layout.key >= 0 {
		text = columns.Format(rec.Column(c.layout.key), row)
	} else {
		for _, col := range rec.Columns() {
			text += columns.Format(col, row) + "\x1f"
		}
	}
	sum := sha256.Sum256(append(binary.LittleEndian.AppendUint64(nil, c.seed), text...))
	return binary.LittleEndian.Uint64(sum[:])
}

func (c *collector) addCode(v *variable, rec arrow.Record, row int, hash uint64) {
	if rec.Column(v.at).IsNull(row) {
		v.uncoded++
		return
	}
	code := strings.Clone(columns.Format(rec.Column(v.at), row))
	if _, known := v.counts[code]; !known && !slices.Contains(v.order, code) {
		if len(v.order) >= mostCategories {
			code = "…"
		}
		if !slices.Contains(v.order, code) {
			v.order = append(v.order, code)
		}
	}
	v.counts[code]++
	e := example{hash: hash, code: code}
	if v.probability >= 0 && !rec.Column(v.probability).IsNull(row) {
		if p, ok := columns.Value(rec.Column(v.probability), row).(float64); ok {
			e.probability, e.certain = p, true
			v.bins[min(max(int(p*bins), 0), bins-1)]++
		}
	}
	byHash := func(a, b example) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.key, b.key)) }
	v.gallery[code] = c.keep(v.gallery[code], e, c.config.PerCategory, byHash, v, rec, row)
	if e.certain {
		v.doubtful = c.keep(v.doubtful, e, c.config.LeastCertain, func(a, b example) int {
			return cmp.Or(cmp.Compare(a.probability, b.probability), byHash(a, b))
		}, v, rec, row)
	}
}

// keep puts an example into a sorted list of at most n, and reads the rest of
// its row only if it belongs there.
func (c *collector) keep(list []example, e example, n int, compare func(a, b example) int, v *variable, rec arrow.Record, row int) []example {
	if n == 0 || len(list) == n && compare(e, list[n-1]) > 0 {
		return list
	}
	e = c.complete(e, v, rec, row)
	at, _ := slices.BinarySearchFunc(list, e, compare)
	list = slices.Insert(list, at, e)
	return list[:min(len(list), n)]
}

// complete reads what the page shows of a row.
func (c *collector) complete(e example, v *variable, rec arrow.Record, row int) example {
	text := func(at int) string {
		if at < 0 {
			return ""
		}
		return strings.Clone(columns.Format(rec.Column(at), row))
	}
	e.key, e.path, e.phrase = text(c.layout.key), text(c.layout.image), text(v.phrase)
	for _, at := range c.layout.show {
		e.show = append(e.show, text(at))
	}
	return e
}

func (c *collector) addFaults(rec arrow.Record, s statusColumn) {
	status, ok := columns.Text(rec.Column(s.at))
	if !ok {
		return
	}
	for row := range status.Len() {
		value := status.At(row)
		if value == string(stage.OK) || status.IsNull(row) {
			continue
		}
		g := c.group(s.stage, strings.Clone(value))
		g.count++
		if len(g.rows) == mostFaultRows {
			continue
		}
		r := faultRow{}
		if c.layout.key >= 0 {
			r.key = strings.Clone(columns.Format(rec.Column(c.layout.key), row))
		}
		if s.reason >= 0 {
			r.reason = strings.Clone(columns.Format(rec.Column(s.reason), row))
		}
		g.rows = append(g.rows, r)
	}
}

// group returns the group of a status, in the order of stages and statuses.
func (c *collector) group(id, status string) *faultGroup {
	rank := func(g *faultGroup) [2]int {
		return [2]int{slices.IndexFunc(c.layout.status, func(s statusColumn) bool { return s.stage == g.stage }), slices.Index(stage.Statuses(), stage.Status(g.status))}
	}
	new := &faultGroup{stage: id, status: status}
	at, found := slices.BinarySearchFunc(c.faults, new, func(a, b *faultGroup) int {
		x, y := rank(a), rank(b)
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
	})
	if !found {
		c.faults = slices.Insert(c.faults, at, new)
	}
	return c.faults[at]
}
