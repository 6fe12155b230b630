// Package source holds the text of pipeline files and the YAML nodes in it,
// each with its place. It is the only importer of the YAML library.
package source

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// File is a named text.
type File struct {
	// Name is the path as the user gave it, for messages.
	Name string
	// Text is the whole content.
	Text  string
	lines []int // byte offset of the start of each line
	// hidden are spans that Shown masks.
	hidden []Span
}

// NewFile makes a file of a text.
func NewFile(name, text string) *File {
	f := &File{Name: name, Text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// Span is a range of bytes of a file. A nil File is the absence of a place.
type Span struct {
	File       *File
	Start, End int
}

// Position is a place in a text. Both count from 1; Column counts characters.
type Position struct{ Line, Column int }

// Position returns the place of a byte offset.
func (f *File) Position(offset int) Position {
	offset = min(max(offset, 0), len(f.Text))
	line := sort.SearchInts(f.lines, offset+1) - 1
	return Position{line + 1, utf8.RuneCountInString(f.Text[f.lines[line]:offset]) + 1}
}

// Offset returns the byte offset of a place, the nearest one that exists.
func (f *File) Offset(p Position) int {
	line := min(max(p.Line, 1), len(f.lines)) - 1
	text := f.Line(line + 1)
	at := 0
	for range p.Column - 1 {
		if at >= len(text) {
			break
		}
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return f.lines[line] + at
}

// Line returns the text of a line without its end. Lines count from 1.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := len(f.Text)
	if n < len(f.lines) {
		end = f.lines[n]
	}
	return strings.TrimRight(f.Text[f.lines[n-1]:end], "\r\n")
}

// Hide keeps a span from being shown, since a secret stands there.
func (f *File) Hide(s Span) { f.hidden = append(f.hidden, s) }

// Shown returns a line as Line does, with a point for each character that is
// hidden.
func (f *File) Shown(n int) string {
	line := f.Line(n)
	if len(f.hidden) == 0 || line == "" {
		return line
	}
	var b strings.Builder
	for at, r := range line {
		offset := f.lines[n-1] + at
		if slices.ContainsFunc(f.hidden, func(s Span) bool { return s.Start <= offset && offset < s.End }) {
			r = '•'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// String is the place where a span starts, as file:line:column, "" where there is
// none.
func (s Span) String() string {
	if s.File == nil {
		return ""
	}
	p := s.File.Position(s.Start)
	return fmt.Sprintf("%s:%d:%d", s.File.Name, p.Line, p.Column)
}

// At returns the span of n bytes at an offset.
func (f *File) At(offset, n int) Span { return Span{f, offset, offset + n} }
