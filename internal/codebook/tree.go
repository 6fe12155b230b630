package codebook

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/config"
	"icono/internal/diag"
	"icono/internal/source"
	"icono/internal/suggest"
)

// tree reads a decision tree and makes the variable that it decides.
func (p *parser) tree(c *Codebook, n *source.Node) {
	if n.Form != source.Mapping {
		p.list.Error("type", n.Span, "`tree` must be a mapping, not "+n.Describe(), "give it a `name`, `questions` and `categories`")
		return
	}
	t := &Tree{}
	config.Decode(without(n, "questions", "categories"), t, n.Span, "the tree", p.list)
	for _, key := range []string{"questions", "categories"} {
		if n.Get(key) == nil {
			p.list.Error("required", n.Span, fmt.Sprintf("the tree needs `%s`", key), "")
		}
	}
	t.Name, t.Definition = strings.TrimSpace(t.Name), clean(t.Definition)
	if at := n.Get("categories"); at != nil {
		t.Categories = p.categories(at, "the tree")
	}
	g := graph{parser: p, tree: t, leaves: n.Get("categories")}
	if at := n.Get("questions"); at != nil {
		for _, item := range p.entries(at, "questions", "a question") {
			g.question(item)
		}
	}
	c.Tree = t
	if t.Name != "" {
		v := Variable{Name: t.Name, Definition: t.Definition, Type: Categorical, Level: Nominal, Categories: t.Categories, Explain: t.Explain}
		c.Variables, p.places = []Variable{v}, []place{{n, n.Get("name"), nil}}
	}
	g.check()
}

// graph checks where the questions of a tree lead.
type graph struct {
	*parser
	tree    *Tree
	leaves  *source.Node
	nodes   []*source.Node   // of the questions
	targets [][]*source.Node // of each question's answers
	broken  bool             // targets are unknown, so that what is reached is too
}

func (g *graph) question(n *source.Node) {
	var q Question
	what := "a question"
	if id := n.Get("id"); id != nil && id.Text != "" {
		what = fmt.Sprintf("the question `%s`", id.Text)
	}
	config.Decode(without(n, "answers", "yes", "no"), &q, n.Span, what, g.list)
	q.ID, q.Ask, q.Definition = strings.TrimSpace(q.ID), clean(q.Ask), clean(q.Definition)
	var targets []*source.Node
	if at := n.Get("answers"); at != nil {
		if k := n.KeyNode("yes"); k != nil || n.Get("no") != nil {
			g.list.Error("two-forms", at.Span, what+" has `answers`, and yes and no besides", "keep one of them")
		}
		targets = g.answers(&q, at, what)
	} else {
		for _, branch := range []struct {
			key string
			to  *string
		}{{"yes", &q.Yes}, {"no", &q.No}} {
			at := n.Get(branch.key)
			if at.IsNull() || at.Form != source.Scalar || strings.TrimSpace(at.Text) == "" {
				g.list.Error("required", n.Span, fmt.Sprintf("%s does not say where `%s` leads", what, branch.key), fmt.Sprintf("name a question or a category: `%s: ...`", branch.key))
				g.broken = true
				continue
			}
			*branch.to = strings.TrimSpace(at.Text)
			targets = append(targets, at)
		}
	}
	g.tree.Questions, g.nodes, g.targets = append(g.tree.Questions, q), append(g.nodes, n), append(g.targets, targets)
}

func (g *graph) answers(q *Question, at *source.Node, what string) []*source.Node {
	var targets []*source.Node
	seen := map[string]bool{}
	for _, n := range g.entries(at, "answers", "an answer") {
		var a Answer
		config.Decode(n, &a, n.Span, "an answer to "+what, g.list)
		a.Name, a.Definition, a.To = strings.TrimSpace(a.Name), clean(a.Definition), strings.TrimSpace(a.To)
		if a.Name == "" || a.To == "" {
			g.broken = true
			continue
		}
		if seen[fold(a.Name)] {
			g.list.Error("duplicate", n.Get("name").Span, fmt.Sprintf("%s has the answer `%s` twice", what, a.Name), "keep one of them")
		}
		seen[fold(a.Name)] = true
		g.codeName(n.Get("name"))
		q.Answers, targets = append(q.Answers, a), append(targets, n.Get("to"))
	}
	if len(q.Answers) == 1 {
		g.list.Error("one-code", at.Span, what+" has one answer only", "give it at least two")
	}
	return targets
}

// check looks for questions and categories that are doubled, unknown, out of
// reach or in a circle.
func (g *graph) check() {
	index := map[string]int{}
	var words []string
	for i, q := range g.tree.Questions {
		at := orWhole(g.nodes[i], "id").Span
		if q.ID == "" {
			g.broken = true
			continue
		}
		if first, twice := index[q.ID]; twice {
			g.list.Add(diag.Diagnostic{Code: "duplicate", Span: at, Message: fmt.Sprintf("the question `%s` stands here a second time", q.ID), Hint: "give it another id",
				Notes: []diag.Note{{Span: orWhole(g.nodes[first], "id").Span, Message: "the first stands here"}}})
			continue
		}
		if g.leaf(q.ID) >= 0 {
			g.list.Error("duplicate", at, fmt.Sprintf("`%s` is a question and a category, so that nobody can tell where it leads", q.ID), "rename the question")
		}
		index[q.ID], words = i, append(words, q.ID)
	}
	for _, c := range g.tree.Categories {
		words = append(words, c.Name)
	}
	for _, targets := range g.targets {
		for _, at := range targets {
			to := strings.TrimSpace(at.Text)
			if _, known := index[to]; !known && g.leaf(to) < 0 {
				g.list.Error("unknown-target", at.Span, fmt.Sprintf("`%s` is neither a question nor a category of the tree", to), suggest.Hint(to, words))
				g.broken = true
			}
		}
	}
	if len(g.tree.Questions) > 0 {
		g.reach(index)
	}
}

func (g *graph) leaf(name string) int {
	return slices.IndexFunc(g.tree.Categories, func(c Category) bool { return c.Name == name })
}

// reach follows all answers from the first question.
func (g *graph) reach(index map[string]int) {
	const unseen, open, done = 0, 1, 2
	state, leaves := make([]int, len(g.tree.Questions)), map[int]bool{}
	var path []string
	var follow func(i int)
	follow = func(i int) {
		state[i], path = open, append(path, g.tree.Questions[i].ID)
		for _, at := range g.targets[i] {
			to := strings.TrimSpace(at.Text)
			next, question := index[to]
			switch {
			case !question:
				leaves[g.leaf(to)] = true
			case state[next] == open:
				circle := append(slices.Clone(path[slices.Index(path, to):]), to)
				g.list.Error("circle", at.Span, "the questions go round in a circle: "+strings.Join(circle, " → "), "let one of them lead to a category")
			case state[next] == unseen:
				follow(next)
			}
		}
		state[i], path = done, path[:len(path)-1]
	}
	follow(0)
	if g.broken {
		return
	}
	for i, q := range g.tree.Questions {
		if state[i] == unseen && index[q.ID] == i {
			g.list.Error("unreachable", orWhole(g.nodes[i], "id").Span, fmt.Sprintf("no answer leads to the question `%s`; the first one is `%s`", q.ID, g.tree.Questions[0].ID), "let an answer lead to it, or remove it")
		}
	}
	for i, c := range g.tree.Categories {
		if !leaves[i] {
			span := g.leaves.Span
			for _, item := range g.leaves.Items {
				if at := orWhole(item, "name"); at.Text == c.Name {
					span = at.Span
				}
			}
			g.list.Error("no-leaf", span, fmt.Sprintf("no answer leads to the category `%s`", c.Name), "let an answer lead to it, or remove it")
		}
	}
}
