package asking

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"icono/internal/answers"
)

// explained is how many questions without an answer are compared with what was
// asked before.
const explained = 2000

// reasons counts why questions have no stored answer.
type reasons struct {
	count map[string]int64
	total int64
}

// reason notes why a question has no stored answer, where nothing is to be asked.
func (c *Counter) reason(ctx context.Context, r answers.Request) error {
	if o := c.desk.options; !o.Explain && (!o.Look || o.Offline) {
		return nil
	}
	c.mu.Lock()
	c.lacks.total++
	enough := c.lacks.total > explained
	c.mu.Unlock()
	if enough {
		return nil
	}
	why, err := c.session.Reason(ctx, r)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lacks.count == nil {
		c.lacks.count = map[string]int64{}
	}
	c.lacks.count[why]++
	return nil
}

// Reasons says why the questions of a stage have no stored answer, a sentence each.
func (d *Desk) Reasons(stageID string) []string {
	if c := d.counter(stageID); c != nil {
		return c.Reasons()
	}
	return nil
}

// Reasons says why questions have no stored answer, a sentence each.
func (c *Counter) Reasons() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, why := range slices.Sorted(maps.Keys(c.lacks.count)) {
		n := c.lacks.count[why]
		switch {
		case why == "":
			out = append(out, fmt.Sprintf("to ask: %d about rows that nothing is stored of", n))
		default:
			out = append(out, fmt.Sprintf("to ask anew: %d that differ from what is stored of their rows in: %s", n, why))
		}
	}
	if rest := c.lacks.total - explained; rest > 0 {
		out = append(out, fmt.Sprintf("to ask: %d more, which were not compared with what is stored", rest))
	}
	return out
}
