package codebook

import (
	"fmt"
	"slices"
	"strings"
)

const (
	defaultRole = "You are a careful coder in a content analysis. You are given one item at a time (a picture, a text, or both) and code it by the codebook below."

	privacyNote = "Do not identify anybody. Who the persons in the item are plays no part in the coding: do not try to recognise them, give no names, " +
		"and conclude on nobody's identity from a face, a body, clothes or a text. Where you write about people, use general words such as \"a person\" or \"a speaker\"."
)

// Prompt returns what a model is told: role, privacy, objective, theory, the
// guide with every variable and its codes, how to proceed and how to answer. The
// same codebook gives the same text. order gives the order of n categories, for
// each nominal variable; nil keeps the codebook's own. The codes for other, not
// applicable and unclear stay last, and ordinal categories stay in order.
func (c *Codebook) Prompt(order func(n int) []int) string {
	w := &writer{book: c, order: order}
	role := c.Role
	if role == "" {
		role = defaultRole
	}
	w.section("Role", role)
	if c.Privacy {
		w.section("Privacy", privacyNote)
	}
	w.section("Objective", strings.TrimSpace(strings.Join([]string{c.Title, c.Objective}, "\n")))
	w.section("Theory", c.Theory)
	if len(c.References) > 0 {
		w.section("References", "- "+strings.Join(c.References, "\n- "))
	}
	w.section("Instructions", c.Instructions)
	if c.Tree != nil {
		w.tree()
	} else {
		w.section("Annotation guide", "Variables are coded in this order.")
		for i := range c.Variables {
			w.variable(i)
		}
	}
	w.process()
	w.reporting()
	return w.text.String()
}

// writer writes a prompt.
type writer struct {
	book  *Codebook
	order func(n int) []int
	text  strings.Builder
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.text, format+"\n", args...) }

// section writes a heading and a text, if there is one.
func (w *writer) section(title, text string) {
	if text == "" {
		return
	}
	if w.text.Len() > 0 {
		w.line("")
	}
	w.line("# %s\n\n%s", title, text)
}

// paragraph writes a text, if there is one.
func (w *writer) paragraph(text string) {
	if text != "" {
		w.line("%s", text)
	}
}

func (w *writer) variable(i int) {
	v := &w.book.Variables[i]
	w.line("\n## %d. %s\n", i+1, v.Name)
	w.paragraph(v.Question)
	w.paragraph(v.Definition)
	switch {
	case v.Type == Categorical && v.Level == Ordinal:
		w.line("Value: exactly one of these codes, which stand in order from lowest to highest:")
	case v.Type == Categorical:
		w.line("Value: exactly one of these codes:")
	case v.Type == Multi:
		w.line("Value: a list of all codes that apply, of these; an empty list if none does:")
	default:
		w.line("Value: %s.", w.book.wanted(w.valueColumn(i)))
	}
	w.codes(v)
	if v.Explain {
		w.line("Explanation: before the value, say in one to three sentences what in the item speaks for it and against it.")
	}
	if v.When != "" {
		w.line("Condition: code it only if %s. %s", strings.TrimSpace(string(v.When)), elsewhere(v))
	}
}

// elsewhere says what stands for a variable that is not coded.
func elsewhere(v *Variable) string {
	if v.NotApplicable != "" {
		return fmt.Sprintf("Otherwise its value is %q.", v.NotApplicable)
	}
	return "Otherwise its value is null."
}

func (w *writer) valueColumn(i int) int {
	return slices.IndexFunc(w.book.columns, func(col Column) bool { return col.Variable == i && !col.Explanation })
}

// codes lists the codes of a variable, the categories in the order wanted.
func (w *writer) codes(v *Variable) {
	if !v.Type.coded() {
		return
	}
	all := v.codes()
	categories := all[:len(v.Categories)]
	if w.order != nil && v.Level != Ordinal {
		categories = ordered(categories, w.order(len(categories)))
	}
	for _, c := range append(slices.Clone(categories), all[len(v.Categories):]...) {
		w.category(c)
	}
}

// ordered returns the categories in another order, or as they are where that is
// no order of them.
func ordered(categories []Category, order []int) []Category {
	out := make([]Category, 0, len(categories))
	seen := make([]bool, len(categories))
	for _, i := range order {
		if i < 0 || i >= len(categories) || seen[i] {
			return categories
		}
		seen[i] = true
		out = append(out, categories[i])
	}
	if len(out) != len(categories) {
		return categories
	}
	return out
}

func (w *writer) category(c Category) {
	line := "- `" + c.Name + "`"
	if c.Definition != "" {
		line += ": " + strings.ReplaceAll(c.Definition, "\n", "\n  ")
	}
	w.line("%s", line)
	if len(c.Examples) > 0 {
		w.line("  - Belongs here: %s", strings.Join(c.Examples, "; "))
	}
	if len(c.CounterExamples) > 0 {
		w.line("  - Does not belong here: %s", strings.Join(c.CounterExamples, "; "))
	}
}

func (w *writer) tree() {
	t := w.book.Tree
	w.section("Decision tree", strings.TrimSpace(fmt.Sprintf("The variable `%s` is decided by questions. Begin with the question `%s` and follow the answers until one leads to a code. %s", t.Name, t.Questions[0].ID, t.Definition)))
	for i := range t.Questions {
		q := &t.Questions[i]
		w.line("\n## Question `%s`\n", q.ID)
		w.paragraph(q.Ask)
		w.paragraph(q.Definition)
		for _, a := range q.answers() {
			line := "- " + a.Name
			if a.Definition != "" {
				line += " (" + a.Definition + ")"
			}
			if w.book.steps[a.To] != nil {
				w.line("%s: go on with the question `%s`", line, a.To)
			} else {
				w.line("%s: the code is `%s`", line, a.To)
			}
		}
	}
	w.line("\n## Codes\n")
	for _, c := range t.Categories {
		w.category(c)
	}
	if t.Explain {
		w.line("\nExplanation: before the code, name the questions that you asked and what in the item answers each of them.")
	}
}

// process says how to proceed, as far as the variables need it.
func (w *writer) process() {
	var steps []string
	add := func(when bool, text string) {
		if when {
			steps = append(steps, fmt.Sprintf("%d. %s", len(steps)+1, text))
		}
	}
	has := func(what func(*Variable) bool) bool {
		return slices.ContainsFunc(w.book.Variables, func(v Variable) bool { return what(&v) })
	}
	add(true, "Take in the whole item before you code.")
	add(w.book.Tree == nil, "Go through the variables in order. Decide each one by its own question, on what the item shows or says, not on what is likely.")
	add(w.book.Tree != nil, "Answer each question on what the item shows or says, not on what is likely.")
	add(has(func(v *Variable) bool { return v.Type.coded() }), "Compare the item with the definitions of all codes of a list, and choose what fits best. What is said to belong to a code, or not to, is an example and no complete list.")
	var last []string
	for _, v := range w.book.Variables {
		for _, name := range []string{v.Other, v.Unclear} {
			if name != "" && !slices.Contains(last, name) {
				last = append(last, name)
			}
		}
	}
	add(len(last) > 0, "Use "+listed(quoted(last), "and")+" only for what the definition says, never to avoid a decision.")
	add(has(func(v *Variable) bool { return v.When != "" }), "Check the condition of a variable, where it has one, against the values that you have given already.")
	w.section("Process", strings.Join(steps, "\n"))
}

// reporting says what the answer looks like.
func (w *writer) reporting() {
	text := "Answer with one JSON object and nothing else: no remark before or after it, and no code fence. Use exactly these names in this order, and codes exactly as they are written above. Numbers, true, false and null stand without quotes."
	if w.book.Language != "" {
		text += " Write explanations and free texts in " + w.book.Language + "."
	}
	w.section("Answer", text)
	w.line("")
	w.skeleton(w.book.root, "")
	w.text.WriteString("\n")
}

// skeleton writes the form of the answer.
func (w *writer) skeleton(g *group, indent string) {
	w.text.WriteString("{\n")
	for i, m := range g.members {
		fmt.Fprintf(&w.text, "%s  %q: ", indent, m.name)
		if len(m.members) > 0 {
			w.skeleton(m, indent+"  ")
		} else {
			w.text.WriteString(w.placeholder(w.book.columns[m.column]))
		}
		if i < len(g.members)-1 {
			w.text.WriteString(",")
		}
		w.text.WriteString("\n")
	}
	w.text.WriteString(indent + "}")
}

func (w *writer) placeholder(col Column) string {
	v := &w.book.Variables[col.Variable]
	out := ""
	switch {
	case col.Explanation:
		out = `"<explanation>"`
	case v.Type == Categorical:
		out = `"<code>"`
	case v.Type == Multi:
		out = `["<code>", ...]`
	case v.Type == Boolean:
		out = "<true or false>"
	case v.Type == Integer:
		out = "<whole number>"
	case v.Type == Number:
		out = "<number>"
	default:
		out = `"<text>"`
	}
	if v.When != "" && v.NotApplicable == "" {
		out += " or null"
	}
	return out
}
