package clip

import (
	"context"
	"fmt"
	"slices"

	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/vectors"
)

// Shelves keep the vectors of pictures between runs.
type Shelves interface {
	// Shelf returns those of a stage's model, nil where none are kept. facts say
	// what decides a vector beside the picture, dim is its length.
	Shelf(ctx context.Context, stageID, model string, facts []stage.Fact, dim int) (*vectors.Shelf, error)
}

func (c *classify) openShelf(ctx context.Context) (err error) {
	if c.kept == nil {
		return nil
	}
	facts := append(slices.Clone(c.encoder.Facts()), stage.Fact{Name: "EXIF orientation", Value: fmt.Sprint(c.config.Orient)})
	c.shelf, err = c.kept.Shelf(ctx, c.id, c.config.Model, facts, c.encoder.Dim())
	return err
}

// keep stores the vectors that were computed.
func (r *runner) keep(ctx context.Context, dim int) error {
	if r.shelf == nil {
		return nil
	}
	all := make([]vectors.Vector, len(r.ready))
	for i, p := range r.ready {
		all[i] = vectors.Vector{Row: media.Under(r.root, p.path), Picture: p.hash, Values: r.vectors[i*dim : (i+1)*dim]}
	}
	return r.shelf.Keep(ctx, all)
}
