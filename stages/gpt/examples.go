package gpt

import (
	"context"
	"fmt"
	"io"
	"path"

	"icono/internal/chat"
	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/suggest"
	"icono/internal/tabular"
)

// mostExamples bounds what is sent with every question.
const mostExamples = 100

// readExamples makes turns of the coded examples: the picture as the user's, the
// answer as the model's.
func (c *coder) readExamples(ctx context.Context, env stage.Env) ([]chat.Message, error) {
	e := c.config.Examples
	name := string(e.Path)
	file, err := tabular.Open(ctx, tabular.Source{Name: name, Path: env.Study.Resolve(name), Open: func() (io.ReadCloser, error) { return env.Study.Open(name) }},
		tabular.ReadOptions{Types: map[string]string{e.Answer: "text"}})
	if err != nil {
		why, missing := media.Reason(err)
		if missing {
			why = "there is no file " + name
		}
		return nil, &stage.OptionError{Path: []string{"examples", "path"}, Message: why}
	}
	defer func() { _ = file.Close() }() // only read
	find := func(option, column string) (int, error) {
		at := columns.Index(file.Schema(), column)
		if at < 0 {
			return at, &stage.OptionError{Path: []string{"examples", option}, Message: fmt.Sprintf("%s has no column `%s`", name, column), Hint: suggest.Hint(column, columns.Names(file.Schema()))}
		}
		return at, nil
	}
	answer, err := find("answer", e.Answer)
	if err != nil {
		return nil, err
	}
	image := -1
	if e.Image != "" {
		if image, err = find("image", e.Image); err != nil {
			return nil, err
		}
	}
	var out []chat.Message
	row := int64(0)
	for rec, err := range file.Rows(ctx, env.Memory, env.BatchRows) {
		if err != nil {
			return nil, err
		}
		for i := range int(rec.NumRows()) {
			turn := chat.Message{Role: chat.User, Parts: []chat.Part{chat.Text("An example.")}}
			if image >= 0 {
				picture, err := c.example(env, columns.Format(rec.Column(image), i))
				if err != nil {
					return nil, fmt.Errorf("%s: %w", file.Position(row), err)
				}
				turn.Parts = []chat.Part{{Image: picture}}
			}
			text := columns.Format(rec.Column(answer), i)
			if _, err := c.scheme.Read(text); err != nil {
				return nil, fmt.Errorf("%s: the answer of the example cannot be one: %w", file.Position(row), err)
			}
			out = append(out, turn, chat.Message{Role: chat.Assistant, Parts: []chat.Part{chat.Text(text)}})
			if row++; row > mostExamples {
				return nil, &stage.OptionError{Path: []string{"examples", "path"}, Message: fmt.Sprintf("%s has more than %d rows, and each is sent with every question", name, mostExamples), Hint: "keep a few for each category"}
			}
		}
	}
	return out, nil
}

// example reads the picture of an example.
func (c *coder) example(env stage.Env, name string) (*chat.Image, error) {
	if c.gallery.Root != "" && !path.IsAbs(name) {
		if _, err := media.ReadPicture(env.Study.Open, name); err != nil {
			name = path.Join(c.gallery.Root, name)
		}
	}
	data, err := media.ReadPicture(env.Study.Open, name)
	if err != nil {
		why, _ := media.Reason(err)
		return nil, fmt.Errorf("the picture %s: %s", name, why)
	}
	as := c.config.Image
	as.Detail = c.config.Examples.Detail
	image, fault := as.Sendable(data, name)
	if fault != nil {
		return nil, fault
	}
	return image, nil
}
