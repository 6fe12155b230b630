package report

import (
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
	"icono/internal/stage"
)

// Bounds of what is kept of one picture.
const (
	maxText    = 600 // characters of a text
	maxRegions = 40  // things of a column
	maxWords   = 300 // words of a text
)

// textColumn is a column with text that was read in pictures, or describes them.
type textColumn struct {
	name string
	at   int
}

// regionColumn is a column with what was found, and where. Indices of members are
// -1 where there is no such member.
type regionColumn struct {
	name, stage                           string
	at                                    int
	words                                 bool
	label, score, left, top, right, lower int
}

// findings are the columns with what was found in pictures.
func findings(s *arrow.Schema) (texts []textColumn, regions []regionColumn) {
	for i, f := range s.Fields() {
		switch role := stage.RoleOf(f); {
		case role == stage.Text && columns.IsText(f.Type):
			texts = append(texts, textColumn{f.Name, i})
		case role == stage.Regions || role == stage.Words:
			list, ok := f.Type.(arrow.ListLikeType)
			if !ok {
				continue
			}
			members, ok := list.Elem().(*arrow.StructType)
			if !ok {
				continue
			}
			at := func(name string) int {
				if k, ok := members.FieldIdx(name); ok {
					return k
				}
				return -1
			}
			c := regionColumn{f.Name, stage.AddedBy(f), i, role == stage.Words, at("name"), at("score"), at("left"), at("top"), at("right"), at("bottom")}
			if c.label >= 0 {
				regions = append(regions, c)
			}
		}
	}
	return texts, regions
}

// region is one thing that was found. Its place is in shares of the picture.
type region struct {
	Name                     string
	Score                    string // "" where it has none
	placed                   bool
	left, top, right, bottom float64
}

// regionsOf are the things of one column on a picture; More counts those left out.
type regionsOf struct {
	column int // among the layout's
	All    []region
	More   int64
}

// elements are the list of a column's cell, false where it is null.
func (b *batch) elements(c regionColumn) (a *array.Struct, start, end int64, ok bool) {
	list, isList := b.rec.Column(c.at).(array.ListLike)
	if !isList || list.IsNull(b.i) {
		return nil, 0, 0, false
	}
	start, end = list.ValueOffsets(b.i)
	a, ok = list.ListValues().(*array.Struct)
	return a, start, end, ok
}

// regions copies what was found on the row's picture.
func (b *batch) regions() []regionsOf {
	var out []regionsOf
	for k, c := range b.layout.regions {
		a, start, end, ok := b.elements(c)
		if !ok {
			continue
		}
		most := int64(maxRegions)
		if c.words {
			most = maxWords
		}
		found := regionsOf{column: k, More: max(0, end-start-most)}
		for at := start; at < min(end, start+most); at++ {
			found.All = append(found.All, c.region(a, int(at)))
		}
		out = append(out, found)
	}
	return out
}

// region copies one element.
func (c regionColumn) region(a *array.Struct, at int) region {
	r := region{Name: copied(clip(columns.Format(a.Field(c.label), at), maxName))}
	number := func(member int) (float64, bool) {
		if member < 0 || a.Field(member).IsNull(at) {
			return 0, false
		}
		x, ok := columns.Value(a.Field(member), at).(float64)
		return x, ok && x >= 0 && x <= 1
	}
	if x, ok := number(c.score); ok {
		r.Score = chance(x)
	}
	var in [4]bool
	r.left, in[0] = number(c.left)
	r.top, in[1] = number(c.top)
	r.right, in[2] = number(c.right)
	r.bottom, in[3] = number(c.lower)
	r.placed = !slices.Contains(in[:], false) && r.left < r.right && r.top < r.bottom
	return r
}

// found counts the names of things in a column.
type found struct {
	regionColumn
	pictures int64 // with at least one
	rows     int64 // looked at
	names    []foundName
	beyond   int64 // things with names that are not counted one by one
	at       map[string]int
}

type foundName struct {
	name         string
	things, rows int64
	last         int64 // the row that it was counted for, from 1
}

// maxFound is how many names are counted one by one.
const maxFound = 500

// count counts the things of the row.
func (b *batch) count(f *found) {
	a, start, end, ok := b.elements(f.regionColumn)
	if !ok {
		return
	}
	if f.rows++; end > start {
		f.pictures++
	}
	for at := start; at < end; at++ {
		name := clip(columns.Format(a.Field(f.label), int(at)), maxName)
		k, known := f.at[name]
		if !known {
			if len(f.names) == maxFound {
				f.beyond++
				continue
			}
			name = strings.Clone(name)
			k = len(f.names)
			f.at[name], f.names = k, append(f.names, foundName{name: name})
		}
		n := &f.names[k]
		if n.things++; n.last != b.collector.rows+1 {
			n.last, n.rows = b.collector.rows+1, n.rows+1
		}
	}
}

// readings copies the texts of the row; a null is left out.
func (b *batch) readings() []field {
	var out []field
	for _, c := range b.layout.texts {
		if !b.null(c.at) {
			out = append(out, field{c.name, copied(clip(b.format(c.at), maxText))})
		}
	}
	return out
}
