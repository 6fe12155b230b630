package clip

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/fetch"
	"icono/internal/stage"
	"icono/internal/vectors"
)

// modelFact is the fact that tells a model's name.
const modelFact = "model"

// identify says how the model is called in what is kept and told, and returns the
// folder that it is opened from, or its name.
func (c *classify) identify(study stage.Study) string {
	names := c.models.Names()
	if !c.config.isFolder(names) {
		c.model = vectors.Model{Name: c.config.Model}
		return c.config.Model
	}
	c.model = vectors.Model{Name: stated(c.config.Model, study.Resolve("."), names), Folder: true}
	return study.Resolve(c.config.Model)
}

// stated is the name of a model in a folder: its path from the pipeline's folder, so
// that it is the same wherever the study lies. Of an absolute path out of the study,
// which is another on each machine and may name its user, it is the last part. It is
// none of the names.
func stated(path, study string, names []string) string {
	path = filepath.Clean(filepath.FromSlash(path))
	if filepath.IsAbs(path) {
		inside, err := filepath.Rel(study, path)
		if err != nil || inside == ".." || strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
			if base := filepath.Base(path); !slices.Contains(names, base) {
				return base
			}
			return "…/" + filepath.Base(path)
		}
		path = inside
	}
	if path = filepath.ToSlash(path); !strings.Contains(path, "/") {
		path = "./" + path
	}
	return path
}

// deciding leaves the name of a model in a folder out of its facts: its files decide.
func (c *classify) deciding(facts []stage.Fact) []stage.Fact {
	facts = slices.Clone(facts)
	if !c.model.Folder {
		return facts
	}
	return slices.DeleteFunc(facts, func(f stage.Fact) bool { return f.Name == modelFact })
}

// told are the facts of a recorded model with its name.
func told(m vectors.Model, recorded []stage.Fact) []stage.Fact {
	if !m.Folder {
		return recorded
	}
	return append([]stage.Fact{{Name: modelFact, Value: m.Name}}, recorded...)
}

// findCard returns what is recorded of the model, nil where nothing is. One in a folder
// may be recorded under another name: its files are those of the folder then.
func (c *classify) findCard(ctx context.Context, keeper vectors.Keeper, dir string) (*vectors.Card, error) {
	if !c.model.Folder {
		return vectors.FindCard(ctx, keeper, c.model, c.settings())
	}
	all, err := vectors.Cards(ctx, keeper, nil)
	if err != nil {
		return nil, err
	}
	if slices.Contains(all, vectors.Known{Model: c.model, Settings: c.settings()}) {
		return vectors.FindCard(ctx, keeper, c.model, c.settings())
	}
	for _, other := range all {
		if other.Settings != c.settings() {
			continue
		}
		card, err := vectors.FindCard(ctx, keeper, other.Model, other.Settings)
		if err != nil {
			return nil, err
		}
		if card != nil && holdsFiles(dir, card.Facts) {
			return card, nil
		}
	}
	return nil, nil
}

// holdsFiles reports whether a folder has the files whose sums facts tell.
func holdsFiles(dir string, facts []stage.Fact) bool {
	any := false
	for _, f := range facts {
		sum, is := strings.CutPrefix(f.Value, "sha256:")
		if !is {
			continue
		}
		if found, err := fetch.Sum(filepath.Join(dir, filepath.FromSlash(f.Name))); err != nil || found != sum {
			return false
		}
		any = true
	}
	return any
}
