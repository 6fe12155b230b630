package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"icono/internal/stage"
	"icono/internal/trace"
)

// lot is the place of a row in the draw of a sample, as the kind sample documents it:
// the first 53 bits of the SHA-256 of `SEED:KEY` as a fraction, of `SEED:2:KEY` where
// the rows went through one sample before. text is what was summed.
func lot(run *trace.Run, s *trace.Stage, key string) (fraction float64, text string) {
	seed := ""
	for _, f := range run.FactsOf(s.ID).Facts {
		if f.Name == "seed" {
			seed = f.Value
		}
	}
	draw := 1
	for _, f := range s.In[0].Fields() {
		if stage.RoleOf(f) == stage.Inclusion {
			draw++
		}
	}
	text = seed + ":" + key
	if draw > 1 {
		text = fmt.Sprintf("%s:%d:%s", seed, draw, key)
	}
	sum := sha256.Sum256([]byte(text))
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53), text
}

// drawn says why a sample has a row or not, and of which lot.
func drawn(run *trace.Run, s *trace.Stage, key string, is bool) (text string, fact Named) {
	number, by := false, false
	for _, o := range s.Settings() {
		number, by = number || o.Name == "n", by || o.Name == "by"
	}
	fraction, from := lot(run, s, key)
	fact = Named{"lot", fmt.Sprintf("%.6f, by the SHA-256 of %s", fraction, from)}
	switch {
	case is && number && by:
		return "drawn: its lot is among the first `n` of its stratum", fact
	case is && number:
		return "drawn: its lot is among the first `n`", fact
	case is:
		return "drawn: its lot is below `share`", fact
	case number && by:
		return "not drawn: `n` rows of its stratum have lots before its own", fact
	case number:
		return "not drawn: `n` rows have lots before its own", fact
	}
	return "not drawn: its lot is not below `share`", fact
}

// listOf is the list of rows that a stage takes, in place of a draw or a condition, ""
// where it has none.
func listOf(s *trace.Stage) string {
	option := map[string]string{"sample": "drawn", "filter": "kept"}[s.Kind]
	for _, o := range s.Settings() {
		if o.Name == option {
			var name string
			if json.Unmarshal([]byte(o.Value), &name) == nil {
				return name
			}
		}
	}
	return ""
}

// listed says why a stage with a list has a row or not.
func listed(s *trace.Stage, list string, is bool) string {
	what := "kept"
	if s.Kind == "sample" {
		what = "drawn"
	}
	if is {
		return fmt.Sprintf("%s before: its key is in the list %s", what, list)
	}
	return fmt.Sprintf("not %s before: its key is not in the list %s", what, list)
}
