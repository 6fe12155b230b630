package tabular

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
)

// infer reads rows, all of them if most is 0, and returns what fits them.
func (f *textFile) infer(ctx context.Context, most int) ([]inference, error) {
	r, closer, err := f.reader(true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }() // only read
	var found []inference
	n := 0
	for ; most == 0 || n < most; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		cells, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, name := range r.columns()[len(found):] {
			found = append(found, f.start(name))
		}
		for i, c := range cells {
			if f.isNull(c) || f.isBlank(c) {
				continue
			}
			if !found[i].add(c) {
				return nil, f.misfit(r, c, r.columns()[i], found[i].forced)
			}
		}
	}
	if rows, is := r.(*csvRows); is {
		f.blank = rows.blank
	}
	f.names = slices.Clone(r.columns())
	if len(f.names) == 0 && n > 0 {
		return nil, fmt.Errorf("%s: no object has a value, so there are no columns", f.src.Name)
	}
	for _, name := range f.names[len(found):] {
		found = append(found, f.start(name))
	}
	if f.format == JSONL || f.format == JSON {
		return f.dropHollow(found), nil
	}
	return found, nil
}

// settle decides on the type and the notation of each column. Decimal commas
// are taken for such where semicolons divide the cells and the column can mean
// nothing else; whatever is unclear stays text, with a warning.
func (f *textFile) settle(found []inference) {
	german := false
	for _, in := range found {
		decimal := in.decimal
		if f.delim == ';' && in.forced == nil && decimal == 0 && in.written.germanOnly() {
			decimal, german = ',', true
		}
		f.decimals = append(f.decimals, decimal)
	}
	for i := range found {
		in := &found[i]
		t := in.resolve()
		switch w := &in.written; {
		case in.forced != nil || !in.some:
		case in.verbatim && !(in.fraction && t.ID() == arrow.FLOAT64):
			t = arrow.BinaryTypes.String
		case in.decimal == 0 && f.decimals[i] == ',':
			t = arrow.PrimitiveTypes.Float64
		case w.unclear():
			f.warn(f.names[i], w.example, "numbers with commas")
		case german && w.grouped():
			t = arrow.BinaryTypes.String
			f.warn(f.names[i], w.example, "points, which may divide thousands, since another column has decimal commas")
		}
		f.types = append(f.types, t)
		f.vacant = append(f.vacant, in.forced == nil && !in.some)
	}
}

func (f *textFile) warn(column, example, what string) {
	f.warnings = append(f.warnings, fmt.Sprintf("%s: the column %q holds %s, such as %s, and stays text; set `decimal: \",\"` if the comma stands before the fraction, `decimal: \".\"` if the point does, or `types: {%s: text}`",
		f.src.Name, column, what, example, column))
}

// dropHollow takes out the columns that are null wherever they are no object:
// `caption` beside `caption.text`, where some rows say `"caption": null`.
func (f *textFile) dropHollow(found []inference) []inference {
	objects := objectsAmong(f.names)
	names, kept := f.names[:0], found[:0]
	for i, name := range f.names {
		if _, forced := f.forced[name]; found[i].some || forced || !objects[name] {
			names, kept = append(names, name), append(kept, found[i])
		}
	}
	f.names = names
	return kept
}

// objectsAmong returns the names of which others are members: `caption` if
// there is `caption.text`.
func objectsAmong(names []string) map[string]bool {
	objects := map[string]bool{}
	for _, name := range names {
		for i := range len(name) {
			if name[i] == '.' {
				objects[name[:i]] = true
			}
		}
	}
	return objects
}

// start begins the inference of a column, to which a type may be forced.
func (f *textFile) start(name string) inference {
	in := inference{fits: anyType, decimal: f.decimal}
	if word, is := f.forced[name]; is {
		in.forced = typeNamed(word)
	} else {
		in.verbatim = f.verbatim != "" && name == f.verbatim
	}
	return in
}

// isNull reports whether a cell is null whatever the type of its column.
func (f *textFile) isNull(c cell) bool {
	return c.kind == nullCell || c.kind == bareCell && f.isMissing(c.text)
}

// isBlank reports whether a cell is null in a column that is no text: empty or
// an NA word, in quotes, as exports write it that quote every cell.
func (f *textFile) isBlank(c cell) bool { return c.kind == quotedCell && f.isMissing(c.text) }

func (f *textFile) isMissing(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	for _, word := range f.na {
		if bytes.Equal(text, word) {
			return true
		}
	}
	return false
}

// misfit words that a value does not fit the type of its column.
func (f *textFile) misfit(r rowReader, c cell, name string, t arrow.DataType) error {
	text := []rune(string(c.text))
	if len(text) > 40 {
		text = append(text[:39:39], '…')
	}
	hint := fmt.Sprintf("set its type: `types: {%s: text}`", name)
	switch _, is := f.forced[name]; {
	case is && f.decimal == 0 && strings.ContainsRune(string(text), ',') && (t.ID() == arrow.INT64 || t.ID() == arrow.FLOAT64):
		hint = "set `decimal: \",\"` if the comma stands before the fraction, `decimal: \".\"` if it divides thousands"
	case is && t.ID() == arrow.TIMESTAMP:
		hint = fmt.Sprintf("write 2021-12-31T23:59 or 31.12.2021 23:59, with Z, +01:00 or a word such as CET after it if need be; or set `%s: text`", name)
	case is:
		hint = fmt.Sprintf("`types` sets it: mend the value, name it under `na`, or set `%s: text`", name)
	}
	line, column := r.place(c)
	return fmt.Errorf("%s:%d:%d: %q in the column %q is not %s; %s", f.src.Name, line, column, string(text), name, typeName(t), hint)
}
