package tabular_test

import (
	"fmt"
	"io"
	"strings"
)

// rowsOf opens a table that is made while it is read.
func rowsOf(name string, rows int) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(&generated{name: name, rows: rows}), nil }
}

type generated struct {
	name       string
	rows, next int
	begun      bool
	rest       string
}

func (g *generated) Read(p []byte) (int, error) {
	for g.rest == "" {
		switch {
		case !g.begun && strings.HasSuffix(g.name, ".csv"):
			g.rest = "ID,Caption,Likes\n"
		case !g.begun && strings.HasSuffix(g.name, ".json"):
			g.rest = "["
		case g.next < g.rows:
			g.rest = g.row()
			g.next++
		case g.next == g.rows && strings.HasSuffix(g.name, ".json"):
			g.rest = "]"
			g.next++
		case g.begun:
			return 0, io.EOF
		}
		g.begun = true
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

func (g *generated) row() string {
	if strings.HasSuffix(g.name, ".csv") {
		return fmt.Sprintf("k%09d,\"a caption, the %d.\",%d\n", g.next, g.next, g.next%977)
	}
	row := fmt.Sprintf(`{"ID": "k%09d", "Caption": "a caption, the %d.", "Likes": %d, "tags": ["a"]}`, g.next, g.next, g.next%977)
	if strings.HasSuffix(g.name, ".json") && g.next > 0 {
		return ",\n" + row
	}
	if strings.HasSuffix(g.name, ".json") {
		return row
	}
	return row + "\n"
}
