package vectors

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
)

// Unlike is how a vector that is not kept differs from the nearest one that is, of the
// same row.
type Unlike struct {
	// Recorded reports whether any vector of the row is kept.
	Recorded bool
	// Picture says that the picture is another file than the one of the kept vector.
	Picture bool
	// Settings are what is said of the model and how it ran that differs.
	Settings []Setting
}

// Setting is a fact about a model that differs; "" is one that is not there.
type Setting struct{ Name, Here, Recorded string }

// Unlike compares the vector of a picture with those that are kept of its row.
func (s *Shelf) Unlike(ctx context.Context, row string, picture [32]byte) (Unlike, error) {
	return s.unlike(ctx, row, hex.EncodeToString(picture[:]), s.run)
}

// UnlikePhrase compares the vector of a phrase with those that are kept of it.
func (s *Shelf) UnlikePhrase(ctx context.Context, phrase string) (Unlike, error) {
	return s.unlike(ctx, phraseRow(phrase), "", s.phrases)
}

func (s *Shelf) unlike(ctx context.Context, row, picture string, here facts) (best Unlike, err error) {
	near, err := s.session.Near(ctx, row)
	if err != nil {
		return best, err
	}
	for _, r := range near {
		var q question
		if r.Provider != provider || json.Unmarshal(r.Body, &q) != nil {
			continue
		}
		u := Unlike{Recorded: true, Settings: here.unlike(q.Run)}
		if r.Model != s.model && len(u.Settings) == 0 {
			u.Settings = []Setting{{"model", s.model, r.Model}}
		}
		if q.Picture != nil {
			u.Picture = q.Picture.SHA256 != picture
		}
		if !best.Recorded || compare(u, best) < 0 {
			best = u
		}
	}
	return best, nil
}

// compare puts those that differ in less first, and those of the same picture before
// others.
func compare(a, b Unlike) int {
	if a.Picture != b.Picture {
		if a.Picture {
			return 1
		}
		return -1
	}
	return cmp.Compare(len(a.Settings), len(b.Settings))
}

// unlike lists the facts that differ from those of a kept vector.
func (f facts) unlike(kept facts) []Setting {
	was := map[string]string{}
	for _, one := range kept {
		was[one[0]] = one[1]
	}
	var out []Setting
	for _, one := range f {
		if name, value := one[0], one[1]; was[name] != value {
			out = append(out, Setting{name, value, was[name]})
		}
		delete(was, one[0])
	}
	for _, one := range kept {
		if value, left := was[one[0]]; left {
			out = append(out, Setting{one[0], "", value})
		}
	}
	return out
}
