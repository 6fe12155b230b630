package bundle

import (
	"context"
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/pseudonym"
	"icono/internal/stage"
)

// WriteWho writes which name has which pseudonym, as CSV: of the columns of all loaded
// tables, and of the pictures. It is for who makes the bundle, and no part of it.
func WriteWho(ctx context.Context, w io.Writer, loaded []*Loaded, all []Column, pictures media.Absent, names *pseudonym.Names) error {
	who := map[[2]string]string{} // sort and name
	for _, l := range loaded {
		for rec, err := range l.Spool.Rows(ctx, memory.DefaultAllocator) {
			if err != nil {
				return err
			}
			for _, c := range all {
				at := columns.Index(l.Out, c.Name)
				if c.Stage != l.ID || !c.Handle && !c.ID || nested(l.Out.Field(at).Type) || stage.RoleOf(l.Out.Field(at)) == stage.Image {
					continue
				}
				col := rec.Column(at)
				for i := range col.Len() {
					if text := strings.TrimSpace(columns.Format(col, i)); !col.IsNull(i) && text != "" {
						who[[2]string{c.Name, strings.Clone(text)}] = c.hidden(names, text)
					}
				}
			}
		}
	}
	for path := range pictures {
		who[[2]string{"picture", path}] = names.Of(path)
	}
	out := csv.NewWriter(w)
	rows := [][]string{{"of", "name", "pseudonym"}}
	for _, k := range slices.SortedFunc(maps.Keys(who), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		rows = append(rows, []string{k[0], k[1], who[k]})
	}
	return out.WriteAll(rows)
}
