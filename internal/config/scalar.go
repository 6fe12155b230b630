package config

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"icono/internal/source"
	"icono/internal/suggest"
)

// number decodes integers, numbers and booleans.
func (d decoder) number(n *source.Node, v reflect.Value, o Option) {
	if n.Form != source.Scalar {
		d.wrong(n, o, article(o.Type))
		return
	}
	switch o.Type {
	case Boolean:
		if n.Tag != "!!bool" {
			d.wrong(n, o, "true or false")
			return
		}
		v.SetBool(strings.EqualFold(n.Text, "true"))
	case Integer:
		i, ok := d.integer(n, o)
		if !ok || !d.inRange(n, o, float64(i)) {
			return
		}
		if v.CanInt() && !v.OverflowInt(i) {
			v.SetInt(i)
		} else if v.CanUint() && i >= 0 && !v.OverflowUint(uint64(i)) {
			v.SetUint(uint64(i))
		} else {
			d.wrong(n, o, "a smaller integer that is not negative")
		}
	case Number:
		f, err := strconv.ParseFloat(strings.ReplaceAll(n.Text, "_", ""), 64)
		if (n.Tag != "!!int" && n.Tag != "!!float") || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			d.wrong(n, o, "a number")
			return
		}
		if d.inRange(n, o, f) {
			v.SetFloat(f)
		}
	}
}

// integer refuses the forms whose value YAML readers disagree about.
func (d decoder) integer(n *source.Node, o Option) (int64, bool) {
	text := strings.TrimLeft(n.Text, "+-")
	if n.Tag == "!!int" && len(text) > 1 && text[0] == '0' {
		d.list.Error("octal", n.Span, fmt.Sprintf("`%s` is written %s, which YAML readers take for an octal or other number", o.Name, n.Text), "write it in decimal, without a leading zero")
		return 0, false
	}
	i, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimPrefix(n.Text, "+"), "_", ""), 10, 64)
	if n.Tag != "!!int" || err != nil {
		d.wrong(n, o, "an integer")
		return 0, false
	}
	return i, true
}

func (d decoder) inRange(n *source.Node, o Option, v float64) bool {
	low, high := o.Min != nil && v < *o.Min, o.Max != nil && v > *o.Max
	if !low && !high {
		return true
	}
	want := ""
	switch {
	case o.Min != nil && o.Max != nil:
		want = fmt.Sprintf("between %g and %g", *o.Min, *o.Max)
	case low:
		want = fmt.Sprintf("at least %g", *o.Min)
	default:
		want = fmt.Sprintf("at most %g", *o.Max)
	}
	d.list.Error("range", n.Span, fmt.Sprintf("`%s` is %s, and must be %s", o.Name, n.Text, want), "")
	return false
}

func article(t Type) string {
	switch t {
	case Boolean:
		return "true or false"
	case Integer:
		return "an integer"
	case Number:
		return "a number"
	case Expression:
		return "an expression (text)"
	case Path:
		return "a path (text)"
	case Endpoint:
		return "an address (text)"
	}
	return "text"
}

// reading says what YAML makes of a bare scalar.
func reading(n *source.Node) string {
	switch n.Tag {
	case "!!int":
		if i, err := strconv.ParseInt(n.Text, 0, 64); err == nil && strconv.FormatInt(i, 10) != n.Text {
			return fmt.Sprintf("%s as the number %d", n.Text, i)
		}
		return "the number " + n.Text
	case "!!float":
		return "the number " + n.Text
	case "!!timestamp":
		return "the date " + n.Text
	case "!!bool":
		return n.Text + " as true or false"
	}
	return n.Describe()
}

// boolWord reports whether YAML 1.1 takes a bare word for a boolean.
func boolWord(text string) bool {
	switch strings.ToLower(text) {
	case "yes", "no", "on", "off":
		return true
	}
	return false
}

func choices(enum []string) string {
	switch len(enum) {
	case 1:
		return enum[0]
	case 2:
		return enum[0] + " or " + enum[1]
	}
	return strings.Join(enum[:len(enum)-1], ", ") + " or " + enum[len(enum)-1]
}

func near(text string, enum []string) string {
	s := suggest.Nearest(text, enum)
	if s == "" || len(text) < 4 && !strings.EqualFold(text, s) { // gpu is near cpu, and far from it
		return ""
	}
	return ". Did you mean `" + s + "`?"
}
