package clip

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"icono/internal/clip"
	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/vectors"
)

// normalizer makes what the model takes from pixels. p is a row whose picture has no
// recorded vector.
func (c *classify) normalizer(ctx context.Context, p prepared) (*clip.Normalizer, error) {
	if r, ok := c.encoder.(*recorded); ok {
		lacks := fmt.Sprintf("no vector of the picture %s", media.Under(c.root, p.path))
		if p.key != "" {
			lacks = fmt.Sprintf("row %q: %s", p.key, lacks)
		}
		if _, err := r.computer(ctx, lacks+c.unlike(ctx, p)); err != nil {
			return nil, err
		}
	}
	return c.encoder.Normalizer(), nil
}

// unlike words how a picture without a recorded vector differs from what is recorded.
func (c *classify) unlike(ctx context.Context, p prepared) string {
	name := media.Under(c.root, p.path)
	u, err := c.shelf.Unlike(ctx, name, p.hash)
	switch {
	case err != nil || !u.Recorded:
		return fmt.Sprintf(" (SHA-256 %x…, of which nothing is recorded)", p.hash[:6])
	case u.Picture:
		return fmt.Sprintf(" (SHA-256 %x…: another file than the one that is recorded)", p.hash[:6])
	}
	return differing(u.Settings)
}

// notHere says of a picture without a recorded vector that it cannot be computed, since
// the picture is not here.
func (c *classify) notHere(ctx context.Context, p prepared, why error) error {
	name := media.Under(c.root, p.path)
	lacks := "no vector of the picture " + name
	mend := "put the picture where its path says, or take the study as it was shared: icono run --record none"
	if c.shelf != nil {
		u, err := c.shelf.Unlike(ctx, name, p.hash)
		switch {
		case err != nil || !u.Recorded:
		case u.Picture:
			lacks += fmt.Sprintf(" as the list of pictures describes it (SHA-256 %x…)", p.hash[:6])
			mend = "another file of that name is recorded, so the list that the pipeline names under `pictures` may be old: icono answers export --vectors --pictures, where the pictures are, writes it anew\nor " + mend
		default:
			lacks += differing(u.Settings)
		}
	}
	return &stage.MissingError{What: fmt.Sprintf("%s is recorded: %v", lacks, why), Mend: mend}
}

// differing words settings that differ from the recorded ones, as the pipeline calls
// them: " (orient: true here, false recorded)", "" where none does.
func differing(all []vectors.Setting) string {
	var out []string
	for _, d := range all {
		name := d.Name
		if name == vectors.Orientation {
			name = "orient"
		}
		out = append(out, fmt.Sprintf("%s: %s here, %s recorded", name, short(d.Here), short(d.Recorded)))
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, "; ") + ")"
}

// short cuts sums to what tells them apart.
func short(value string) string {
	if value == "" {
		return "none"
	}
	if strings.HasPrefix(value, "sha256:") && len(value) > 19 {
		return value[:19] + "…"
	}
	return value
}

// otherModel says of the first row of a replay that other models than this one are
// recorded. Its error is what ends the run.
func (c *classify) otherModel(rows stage.Rows) error {
	lacks := "no vector"
	for rec, err := range rows {
		if err != nil {
			return err
		}
		if rec.NumRows() == 0 {
			continue
		}
		if at := stage.Find(rec.Schema(), stage.Key); at >= 0 {
			lacks = fmt.Sprintf("row %q: %s", columns.Format(rec.Column(at), 0), lacks)
		}
		if paths, _ := columns.Text(rec.Column(c.image)); !paths.IsNull(0) {
			lacks += " of the picture " + media.Under(c.root, paths.At(0))
		}
		break
	}
	return errUnrecorded(lacks+differing(c.nearest()), c.id)
}

// nearest is how the recorded model that is most like this one differs.
func (c *classify) nearest() []vectors.Setting {
	var best []vectors.Setting
	for i, other := range c.others {
		var all []vectors.Setting
		if other.Model != c.model {
			all = append(all, vectors.Setting{Name: modelFact, Here: c.model.Name, Recorded: other.Name})
		}
		was := named(other.Settings)
		for _, s := range named(c.settings()) {
			k := slices.IndexFunc(was, func(o [2]string) bool { return o[0] == s[0] })
			if k < 0 || was[k] != s {
				d := vectors.Setting{Name: s[0], Here: s[1]}
				if k >= 0 {
					d.Recorded = was[k][1]
				}
				all = append(all, d)
			}
		}
		if i == 0 || len(all) < len(best) {
			best = all
		}
	}
	return best
}

// named takes settings apart into what the pipeline calls them, and their values.
func named(settings string) [][2]string {
	var out [][2]string
	for _, part := range strings.Split(settings, ", ") {
		at := strings.LastIndexByte(part, ' ')
		out = append(out, [2]string{strings.ReplaceAll(part[:max(at, 0)], " ", "_"), part[at+1:]})
	}
	return out
}

// errUnrecorded says that a replay lacks a vector.
func errUnrecorded(lacks, stageID string) error {
	return fmt.Errorf("%s is recorded for the stage `%s`, and a replay computes nothing: run it once with `--record new_episodes`, and `icono answers export --vectors`", lacks, stageID)
}
