package asking

import (
	"context"
	"fmt"
	"time"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/picture"
	"icono/internal/price"
)

// Quote implements coding.Asker.
func (l *Line) Quote(ctx context.Context, q coding.Question, sum *price.Estimate) (*coding.Answered, error) {
	r, err := l.request(q)
	if err != nil {
		return nil, err
	}
	a, found, err := l.Lookup(ctx, r)
	if err != nil {
		return nil, err
	}
	if found {
		reply, err := l.parse(a.Body)
		return &coding.Answered{Reply: reply, Stored: true}, err
	}
	if q.Exact && l.again(r.Key()) {
		return nil, nil
	}
	part := l.part(q.Request)
	if l.calibration.Requests > 0 {
		part = l.calibration.Apply(part)
	}
	sum.Add(l.entry, part, l.server.Batch, 1)
	return nil, nil
}

// again reports whether a question was quoted before, and notes it.
func (l *Line) again(k answers.Key) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.quoted[k] {
		return true
	}
	if l.quoted == nil {
		l.quoted = map[answers.Key]bool{}
	}
	l.quoted[k] = true
	return false
}

// part estimates the tokens of a request.
func (l *Line) part(r chat.Request) price.Part {
	p := price.Part{Text: price.Turns(len(r.Messages) + 1).Plus(price.Tokens(r.System)).Plus(price.Tokens(string(r.Format.Schema)))}
	for _, m := range r.Messages {
		for _, part := range m.Parts {
			if part.Image == nil {
				p.Text = p.Text.Plus(price.Tokens(part.Text))
				continue
			}
			w, h := size(part.Image)
			tokens, _ := l.entry.Pictures(w, h, string(part.Image.Detail))
			p.Pictures = p.Pictures.Plus(tokens)
		}
	}
	p.Output, _ = price.Output(r.Format.Schema)
	if l.entry.Reasons || chat.Reasons(r.Model) {
		reasoning, _ := l.entry.Reasoning(r.Parameters.ReasoningEffort)
		p.Output = p.Output.Plus(reasoning)
	}
	if r.Parameters.MaxTokens != nil {
		p.MaxOutput = *r.Parameters.MaxTokens
	}
	return p
}

// size is that of a picture as it is sent, upright; 0 where it cannot be read.
func size(m *chat.Image) (w, h int) {
	head, err := picture.ReadHeader(m.Data)
	if err != nil {
		return 0, 0
	}
	return head.Fit(m.Most)
}

// Terms implements coding.Asker.
func (l *Line) Terms() []string {
	var out []string
	if l.entry.Priced() {
		date := l.entry.Date
		if date != "" {
			date = " of " + date
		}
		out = append(out, fmt.Sprintf("%s: $%g a million tokens in, $%g out (%s prices%s)", l.server.Model, *l.entry.Input, *l.entry.Output, l.entry.From, date))
	} else {
		out = append(out, fmt.Sprintf("the price of %s is unknown: a file named by `prices:` can say it", l.server.Model))
	}
	switch {
	case l.server.Batch && l.entry.Batch != nil:
		out = append(out, fmt.Sprintf("asked in batches, for %g%% of the price", *l.entry.Batch*100))
	case l.server.Batch:
		out = append(out, "asked in batches; what they cost is not known, so the full price is counted")
	}
	if w := l.entry.Warning(time.Now()); w != "" {
		out = append(out, w)
	}
	if n := l.calibration.Requests; n > 0 {
		out = append(out, fmt.Sprintf("calibrated by the usage of %d answers", n))
	} else {
		out = append(out, price.TextAssumption)
	}
	return out
}
