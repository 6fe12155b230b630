package clip

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/clip"
	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/media"
	"icono/internal/picture"
	"icono/internal/stage"
	"icono/internal/vectors"
)

// Recall implements stage.Recaller: it looks the vectors of pictures and phrases up, of
// the model as it was recorded. The model itself is not opened.
func (c *classify) Recall(ctx context.Context, env stage.Env, in stage.Table) (stage.Recall, error) {
	var out stage.Recall
	place := c.identify(env.Study)
	var keeper vectors.Keeper
	var err error
	if c.kept != nil {
		if keeper, err = c.kept.Keeper(ctx, c.id, c.config.Model); err != nil {
			return out, err
		}
	}
	var shelf *vectors.Shelf
	if keeper != nil {
		card, err := c.findCard(ctx, keeper, place)
		if err != nil {
			return out, err
		}
		if card != nil {
			shelf = c.newShelf(keeper, card.Facts, card.Dim)
			for _, f := range card.Facts {
				if f.Name == "ONNX Runtime" {
					out.Notes = append(out.Notes, fmt.Sprintf("vectors as computed with ONNX Runtime %s: another version, or another device, computes all anew", f.Value))
				}
			}
		}
	} else {
		out.Notes = append(out.Notes, "its vectors are not kept: they are computed faster than they are read")
	}
	at := stage.Find(in.Schema, stage.Image)
	look := func(ctx context.Context, rec arrow.Record, row int) (int, error) {
		paths, _ := columns.Text(rec.Column(at))
		if paths.IsNull(row) || strings.TrimSpace(paths.At(row)) == "" {
			return 0, nil
		}
		name := media.Under(c.root, paths.At(row))
		data, err := media.ReadPicture(env.Study.Open, name)
		if err != nil || picture.Whole(data) != nil {
			return 0, nil // a fault, which is not computed
		}
		if shelf == nil {
			return 1, nil
		}
		v, err := shelf.Find(ctx, name, picture.Sum(data))
		if err != nil || v == nil {
			return 1, err
		}
		return -1, nil
	}
	for n, err := range flow.PerRow(ctx, in.Rows, env.Workers, 4*env.Workers, look, func(arrow.Record) {}) {
		if err != nil {
			return out, err
		}
		out.Rows++
		switch n {
		case -1:
			out.Stored++
		case 1:
			out.Compute++
		}
	}
	if r, tells := keeper.(interface{ Reasons() []string }); tells && shelf != nil {
		for _, why := range r.Reasons() { // so far pictures alone were looked up in vain
			out.Reasons = append(out.Reasons, strings.Replace(why, "to ask", "to compute", 1))
		}
	}
	phrases := map[string]bool{}
	for _, e := range c.config.Labels {
		for _, p := range e.Value {
			phrases[clip.Fill(c.config.Template, p)] = true
		}
	}
	for p := range phrases {
		known := false
		if shelf != nil {
			v, err := shelf.FindPhrase(ctx, p)
			if err != nil {
				return out, err
			}
			known = v != nil
		}
		if !known {
			out.Phrases++
		}
	}
	return out, nil
}
