package source

import (
	"math"
	"strconv"
	"strings"
)

// JSON returns the value as an editor's JSON Schema validator sees it: nil,
// bool, float64, string, []any or map[string]any, by the types that YAML gives
// bare scalars.
func (n *Node) JSON() any {
	switch {
	case n == nil:
		return nil
	case n.Form == Sequence:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = item.JSON()
		}
		return out
	case n.Form == Mapping:
		out := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			out[f.Key.Text] = f.Value.JSON()
		}
		return out
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Text, "true")
	case "!!int":
		if i, err := strconv.ParseInt(strings.ReplaceAll(n.Text, "_", ""), 0, 64); err == nil {
			return float64(i)
		}
	case "!!float":
		if f, err := strconv.ParseFloat(strings.ReplaceAll(n.Text, "_", ""), 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
	return n.Text
}
