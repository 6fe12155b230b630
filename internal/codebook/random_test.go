package codebook

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"icono/internal/option"
)

// randomBook is the text of a codebook as JSON, which is YAML too, and what it
// says.
type randomBook struct {
	variables []randomVariable
}

type randomVariable struct {
	Variable
	asks   int    // the index of the variable that the condition reads; -1 for none
	holdIf string // its code that the condition asks for; "" for true
}

func drawBook(t *rapid.T, conditions bool) randomBook {
	var b randomBook
	groups := rapid.IntRange(1, 3).Draw(t, "groups")
	for g := range groups {
		prefix := rapid.SampledFrom([]string{"", fmt.Sprintf("G%d.", g), fmt.Sprintf("G%d.Inner.", g)}).Draw(t, "prefix")
		for range rapid.IntRange(1, 3).Draw(t, "variables") {
			v := drawVariable(t)
			v.Name = fmt.Sprintf("%sV%d", prefix, len(b.variables))
			if n := len(b.variables); conditions && n > 0 && rapid.Bool().Draw(t, "conditional") {
				at := rapid.IntRange(0, n-1).Draw(t, "asks")
				other := &b.variables[at]
				switch other.Type {
				case Boolean:
					v.asks, v.When = at, option.Expression(other.Name)
				case Categorical:
					v.asks, v.holdIf = at, rapid.SampledFrom(other.Codes()).Draw(t, "asked code")
					v.When = option.Expression(other.Name + " == " + strconv.Quote(v.holdIf))
				}
			}
			b.variables = append(b.variables, v)
		}
	}
	return b
}

func drawVariable(t *rapid.T) randomVariable {
	v := randomVariable{asks: -1}
	v.Type = rapid.SampledFrom([]Type{Categorical, Multi, Boolean, Integer, Number, Text}).Draw(t, "type")
	v.Definition = "x"
	v.Explain = rapid.Bool().Draw(t, "explain")
	if v.Type.coded() {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Za-zäÖß"',:#{}]{1,3}( [a-zé]{1,4})?`), 2, 5, fold).Draw(t, "codes")
		for _, name := range names {
			v.Categories = append(v.Categories, Category{Name: name, Definition: "x"})
		}
		if rapid.Bool().Draw(t, "other") {
			v.Other = "Any other"
		}
		if rapid.Bool().Draw(t, "na") {
			v.NotApplicable = "Not applicable"
		}
	}
	if v.Type == Integer && rapid.Bool().Draw(t, "bounds") {
		low := float64(rapid.IntRange(-9, 9).Draw(t, "min"))
		high := low + float64(rapid.SampledFrom([]int{0, 4, 24, 25, 900}).Draw(t, "range"))
		v.Min, v.Max = &low, &high
	}
	if v.Type == Number && rapid.Bool().Draw(t, "bounds") {
		low := rapid.Float64Range(-1e6, 1e6).Draw(t, "min")
		v.Min = &low
	}
	return v
}

// yaml writes the codebook as JSON. keys gives the order of n keys.
func (b randomBook) yaml(keys func(n int) []int) string {
	var all []string
	for _, v := range b.variables {
		fields := []string{`"name": ` + quote(v.Name), `"type": ` + quote(string(v.Type)), `"definition": ` + quote(v.Definition), fmt.Sprintf(`"explain": %v`, v.Explain)}
		if v.Type.coded() {
			var codes []string
			for _, c := range v.Categories {
				parts := []string{`"name": ` + quote(c.Name), `"definition": "x"`}
				codes = append(codes, "{"+strings.Join(permuted(parts, keys), ", ")+"}")
			}
			fields = append(fields, `"categories": [`+strings.Join(codes, ", ")+"]")
		}
		for key, value := range map[string]string{"other": v.Other, "not_applicable": v.NotApplicable, "when": string(v.When)} {
			if value != "" {
				fields = append(fields, quote(key)+": "+quote(value))
			}
		}
		slices.Sort(fields)
		if v.Min != nil {
			fields = append(fields, `"min": `+decimal(*v.Min))
		}
		if v.Max != nil {
			fields = append(fields, `"max": `+decimal(*v.Max))
		}
		all = append(all, "  {"+strings.Join(permuted(fields, keys), ",\n   ")+"}")
	}
	head := []string{`"version": 1`, `"title": "Random"`, "\"variables\": [\n" + strings.Join(all, ",\n") + "]"}
	return "{" + strings.Join(permuted(head, keys), ",\n ") + "}\n"
}

func permuted(s []string, order func(int) []int) []string {
	if order == nil {
		return s
	}
	var out []string
	for _, i := range order(len(s)) {
		out = append(out, s[i])
	}
	return out
}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// answer draws a good answer: the JSON value of each column by its name in the
// answer, and what Validate must make of it.
func (b randomBook) answer(t *rapid.T) (paths []string, given, want []any) {
	var values []any // of the variables
	for _, v := range b.variables {
		asked := true
		if v.asks >= 0 {
			asked = values[v.asks] == any(true) && v.holdIf == "" || v.holdIf != "" && values[v.asks] == any(v.holdIf)
		}
		name := v.Name
		if v.Explain {
			text := rapid.String().Draw(t, "explanation")
			paths, given, want = append(paths, name+"_explanation"), append(given, text), append(want, strings.ToValidUTF8(text, "\uFFFD"))
		}
		g, w := any(nil), any(nil)
		switch {
		case asked:
			g, w = v.draw(t)
		case v.NotApplicable != "":
			w = v.NotApplicable
			if v.Type == Multi {
				w = []string{v.NotApplicable}
			}
			if rapid.Bool().Draw(t, "null") {
				g = w
			}
		}
		paths, given, want, values = append(paths, name), append(given, g), append(want, w), append(values, w)
	}
	return paths, given, want
}

func (v randomVariable) draw(t *rapid.T) (given, want any) {
	switch v.Type {
	case Categorical:
		s := rapid.SampledFrom(v.Codes()).Draw(t, "code")
		return s, s
	case Multi:
		names := v.Codes()
		if v.NotApplicable != "" {
			names = slices.DeleteFunc(names, func(s string) bool { return s == v.NotApplicable })
		}
		has := rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, "codes")
		inOrder := []string{}
		for _, name := range names {
			if slices.Contains(has, name) {
				inOrder = append(inOrder, name)
			}
		}
		return has, inOrder
	case Boolean:
		x := rapid.Bool().Draw(t, "bool")
		return x, x
	case Integer:
		low, high := -1000, 1000
		if v.Min != nil {
			low, high = int(*v.Min), int(*v.Max)
		}
		n := rapid.IntRange(low, high).Draw(t, "int")
		return json.Number(fmt.Sprintf(rapid.SampledFrom([]string{"%d", "%d.0", "%d.00e0"}).Draw(t, "form"), n)), int64(n)
	case Number:
		low := -1e9
		if v.Min != nil {
			low = *v.Min
		}
		x := rapid.Float64Range(low, math.Abs(low)+1e9).Draw(t, "number")
		return x, x
	}
	s := rapid.String().Draw(t, "text")
	return s, s
}

// answerText writes values under names with points as nested objects.
func answerText(paths []string, values []any) string {
	root := &group{}
	for i, p := range paths {
		root.add(strings.Split(p, "."), i)
	}
	var write func(g *group) string
	write = func(g *group) string {
		var parts []string
		for _, m := range g.members {
			text := ""
			if len(m.members) > 0 {
				text = write(m)
			} else if raw, ok := values[m.column].(json.RawMessage); ok {
				text = string(raw)
			} else {
				out, err := json.Marshal(values[m.column])
				if err != nil {
					panic(err)
				}
				text = string(out)
			}
			parts = append(parts, quote(m.name)+": "+text)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return write(root)
}
