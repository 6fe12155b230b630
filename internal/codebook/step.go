package codebook

import "strings"

// Step is one question of a decision tree, to be asked alone.
type Step struct {
	// ID is the question's name.
	ID string
	// Book is a codebook of one variable, whose codes are the answers.
	Book *Codebook
	next map[string]string // where each answer leads
}

// stepName is the variable of a step's codebook.
const stepName = "answer"

// Steps returns the questions of the tree, the first one first; none where the
// codebook is no tree.
func (c *Codebook) Steps() []*Step {
	if c.Tree == nil {
		return nil
	}
	var out []*Step
	for _, q := range c.Tree.Questions {
		out = append(out, c.steps[q.ID])
	}
	return out
}

// Walk decides an item by the tree: it asks one question after another, from the
// first, until an answer leads to a category. ask returns the coding by the
// step's codebook. The explanation is that of all steps, one a line.
func (c *Codebook) Walk(ask func(*Step) (Coding, error)) (Coding, error) {
	out := Coding{Values: make([]any, len(c.columns))}
	var why []string
	at := c.Tree.Questions[0].ID
	for {
		step := c.steps[at]
		if step == nil { // a category
			break
		}
		answer, err := ask(step)
		if err != nil {
			return Coding{}, err
		}
		out.Mended += answer.Mended
		out.Notes = append(out.Notes, answer.Notes...)
		chosen, _ := answer.Values[len(answer.Values)-1].(string)
		line := step.ID + ": " + chosen
		if len(answer.Values) > 1 {
			if text, ok := answer.Values[0].(string); ok && text != "" {
				line += ". " + text
			}
		}
		why = append(why, line)
		at = step.next[chosen]
	}
	out.Values[len(out.Values)-1] = at
	if len(out.Values) > 1 {
		out.Values[0] = strings.Join(why, "\n")
	}
	return out, nil
}

// prepare makes what is used again and again.
func (c *Codebook) prepare() {
	c.root = &group{}
	for i, col := range c.columns {
		c.root.add(col.path, i)
	}
	if c.Tree == nil {
		return
	}
	c.steps = map[string]*Step{}
	for i := range c.Tree.Questions {
		q := &c.Tree.Questions[i]
		s := &Step{ID: q.ID, next: map[string]string{}}
		v := Variable{Name: stepName, Question: q.Ask, Definition: q.Definition, Type: Categorical, Level: Nominal, Explain: c.Tree.Explain}
		for _, a := range q.answers() {
			v.Categories = append(v.Categories, Category{Name: a.Name, Definition: a.Definition})
			s.next[a.Name] = a.To
		}
		s.Book = &Codebook{Version: c.Version, Title: c.Title, Role: c.Role, Objective: c.Objective, Theory: c.Theory, References: c.References,
			Instructions: c.Instructions, Privacy: c.Privacy, Language: c.Language, Variables: []Variable{v}, conditions: make([]*condition, 1)}
		if v.Explain {
			s.Book.columns = append(s.Book.columns, Column{Name: stepName + "_explanation", Explanation: true, path: []string{stepName + "_explanation"}})
		}
		s.Book.columns = append(s.Book.columns, Column{Name: stepName, path: []string{stepName}})
		s.Book.prepare()
		c.steps[q.ID] = s
	}
}

// group is an object of the answer: its members in order.
type group struct {
	name    string
	column  int // of a member that is a value
	members []*group
}

func (g *group) add(path []string, column int) {
	for _, m := range g.members {
		if m.name == path[0] && len(path) > 1 {
			m.add(path[1:], column)
			return
		}
	}
	m := &group{name: path[0], column: column}
	g.members = append(g.members, m)
	if len(path) > 1 {
		m.add(path[1:], column)
	}
}
