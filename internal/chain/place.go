package chain

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strings"

	"icono/internal/stage"
	"icono/internal/trace"
)

// Place is where a row stands in the data.
type Place struct {
	Stage string `json:"stage"`
	// Row is the number of the row in the table that the stage loaded, from 1.
	Row int `json:"row"`
	// File is the file, and Line the line in it where the row begins, where they can
	// be told: in text files that hold the key as it is.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// places are those of a row that a stage has loaded.
func places(s *trace.Stage, rows []trace.Row, study stage.Study) []Place {
	var out []Place
	for _, row := range rows {
		p := Place{Stage: s.ID, Row: row.Number}
		if len(s.Reads) == 1 {
			p.File = s.Reads[0]
		}
		for _, name := range s.Reads {
			if line := lineOf(study, name, row.Key); line > 0 {
				p.File, p.Line = name, line
				break
			}
		}
		out = append(out, p)
	}
	return out
}

// lineOf returns the line of the only record of a text file that has the key as a
// value, 0 where that cannot be told.
func lineOf(study stage.Study, name, key string) int {
	r, err := study.Open(name)
	if err != nil {
		return 0
	}
	defer func() { _ = r.Close() }() // only read
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv", ".txt":
		return inCSV(r, key)
	case ".jsonl", ".ndjson":
		return inLines(r, key)
	}
	return 0
}

func inCSV(r io.Reader, key string) (line int) {
	b := bufio.NewReader(r)
	head, _ := b.Peek(1 << 14) // a shorter file is all of it
	first, _, _ := strings.Cut(string(head), "\n")
	c := csv.NewReader(b)
	c.LazyQuotes, c.FieldsPerRecord, c.ReuseRecord = true, -1, true
	for _, delimiter := range []rune{';', '\t'} {
		if strings.Count(first, string(delimiter)) > strings.Count(first, string(c.Comma)) {
			c.Comma = delimiter
		}
	}
	for {
		record, err := c.Read()
		if err != nil {
			return line
		}
		if !slices.Contains(record, key) {
			continue
		}
		if line > 0 {
			return 0 // it stands there twice
		}
		line, _ = c.FieldPos(0)
	}
}

func inLines(r io.Reader, key string) (line int) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		var record map[string]any
		if !strings.Contains(lines.Text(), key) || json.Unmarshal(lines.Bytes(), &record) != nil {
			continue
		}
		for _, v := range record {
			if text, ok := v.(string); ok && text == key {
				if line > 0 && line != n {
					return 0
				}
				line = n
			}
		}
	}
	return line
}
