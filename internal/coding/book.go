package coding

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/chat"
	"icono/internal/codebook"
	"icono/internal/diag"
	"icono/internal/source"
	"icono/internal/stage"
)

// maxBook is the size in bytes above which a codebook is not read.
const maxBook = 4 << 20

// Book is the scheme of a codebook.
type Book struct {
	book   *codebook.Codebook
	format chat.Format
}

// OpenBook reads a codebook through open. What is wrong with it is a
// *diag.Faults; warnings come beside a book that can be used, as one too, nil
// where there are none.
func OpenBook(open func(path string) (io.ReadCloser, error), path string) (book *Book, warnings *diag.Faults, err error) {
	f, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxBook+1))
	if err == nil && len(text) > maxBook {
		err = fmt.Errorf("%s is larger than 4 MB, too large for a codebook", path)
	}
	if err != nil {
		return nil, nil, err
	}
	parsed, faults := codebook.Parse(source.NewFile(path, string(text)))
	if parsed == nil {
		return nil, nil, &diag.Faults{List: faults}
	}
	if len(faults) > 0 {
		warnings = &diag.Faults{List: faults}
	}
	return newBook(parsed), warnings, nil
}

func newBook(c *codebook.Codebook) *Book {
	return &Book{c, chat.Format{Form: chat.FormSchema, Name: schemaName(c.Title), Schema: c.JSONSchema()}}
}

var unnamed = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// schemaName makes a name of a title, of the 64 characters that servers take.
func schemaName(title string) string {
	name := unnamed.ReplaceAllString(title, "_")
	if len(name) > 64 {
		name = name[:64]
	}
	if name == "" || name == "_" {
		return "codes"
	}
	return name
}

// Prompt implements Scheme.
func (b *Book) Prompt(order func(n int) []int) string { return b.book.Prompt(order) }

// Format implements Scheme.
func (b *Book) Format() chat.Format { return b.format }

// Fields implements Scheme.
func (b *Book) Fields() []arrow.Field { return b.book.Fields("", "") }

// Read implements Scheme.
func (b *Book) Read(text string) ([]any, error) {
	coding, err := b.book.Validate([]byte(text))
	return coding.Values, err
}

// About is what the codebook says of itself: title, objective, theory and
// references, those that it has.
func (b *Book) About() []stage.Fact {
	var out []stage.Fact
	for _, f := range []stage.Fact{
		{Name: "codebook title", Value: b.book.Title}, {Name: "objective", Value: b.book.Objective},
		{Name: "theory", Value: b.book.Theory}, {Name: "references", Value: strings.Join(b.book.References, "; ")},
	} {
		if f.Value = strings.Join(strings.Fields(f.Value), " "); f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// Walks implements Walker.
func (b *Book) Walks() bool { return len(b.book.Steps()) > 0 }

// Walk implements Walker.
func (b *Book) Walk(ask func(step Scheme) ([]any, error)) ([]any, error) {
	coding, err := b.book.Walk(func(s *codebook.Step) (codebook.Coding, error) {
		values, err := ask(newBook(s.Book))
		return codebook.Coding{Values: values}, err
	})
	return coding.Values, err
}
