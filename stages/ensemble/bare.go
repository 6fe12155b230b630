package ensemble

import (
	"context"
	"strings"

	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/price"
)

// objectName is what package coding calls the object of a row.
const objectName = "Inputs"

// bare asks about objects without a name before them: they name their own parts.
type bare struct{ coding.Asker }

// Ask implements coding.Asker.
func (b bare) Ask(ctx context.Context, q coding.Question) (coding.Answered, error) {
	return b.Asker.Ask(ctx, strip(q))
}

// Quote implements coding.Asker.
func (b bare) Quote(ctx context.Context, q coding.Question, sum *price.Estimate) (*coding.Answered, error) {
	return b.Asker.Quote(ctx, strip(q), sum)
}

// strip takes the name off the text of the last message.
func strip(q coding.Question) coding.Question {
	messages := append([]chat.Message{}, q.Request.Messages...)
	last := &messages[len(messages)-1]
	parts := append([]chat.Part{}, last.Parts...)
	for i := range parts {
		parts[i].Text = strings.TrimPrefix(parts[i].Text, objectName+": ")
	}
	last.Parts = parts
	q.Request.Messages = messages
	return q
}
