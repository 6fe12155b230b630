package load

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Names of the columns that load adds for expressions.
const (
	keyColumn   = "key"
	imageColumn = "Image"
	// defaultFileColumn is the column with a row's file where `beside` needs one.
	defaultFileColumn = "file"
)

// load is a stage of kind load.
type load struct {
	id     string
	config Config
	file   tabular.File
	schema *arrow.Schema
	key    column
	image  column
	beside neighbours    // pictures by the file that they lie beside
	passed []stage.Count // what is there and gives no row
	// beyond is told and stands in no output: files that a study is not made of come and
	// go.
	beyond []string
	rows   int64 // that Prepare counted
}

// column is where a key or a picture's path comes from: a column of the file,
// or an expression over them, whose values get a column of their own.
type column struct {
	set     bool
	index   int  // of the file's column; -1 for an expression
	copied  bool // the file's column stays, and its values get one of their own
	beside  bool // the values are the pictures beside the row's file
	program *expression.Program
}

// added reports whether the values get a column of their own.
func (c column) added() bool { return c.index < 0 || c.copied }

// Probe implements stage.Prober: it opens the files and finds their types.
func (l *load) Probe(ctx context.Context, env stage.Env, full bool) error {
	file, err := l.open(ctx, env, full)
	if err != nil {
		return err
	}
	l.file = file
	return nil
}

// Files implements stage.FileUser.
func (l *load) Files() (reads, writes []string) {
	for _, p := range l.config.Path {
		reads = append(reads, string(p))
	}
	return reads, nil
}

// Schema implements stage.Stage. It needs Probe.
func (l *load) Schema([]*arrow.Schema) (*arrow.Schema, error) {
	if l.file == nil {
		return nil, errors.New("the table has not been opened")
	}
	in := l.file.Schema()
	fields := append([]arrow.Field{}, in.Fields()...)
	key, image := l.config.Key, l.config.Image
	if l.images() {
		if key == "" {
			key = "id"
		}
		if image == "" {
			image = "image"
		}
	}
	var errs []error
	var err error
	if l.key, err = resolve(string(key), "key", keyColumn, in); err != nil {
		errs = append(errs, err)
	}
	if l.image, err = resolve(string(image), "image", imageColumn, in); err != nil {
		errs = append(errs, err)
	}
	if l.config.Beside {
		l.image = column{set: true, index: -1, beside: true}
		errs = append(errs, free(in, "beside", imageColumn))
	}
	if l.key.set && l.image.set && l.key.index >= 0 && l.key.index == l.image.index {
		// One column cannot play both parts, so the key becomes another.
		l.key.copied = true
		errs = append(errs, free(in, "key", keyColumn))
	}
	errs = append(errs, l.checkTypes(in)...)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, text := range tabular.NotesOf(l.file).Warnings {
		errs = append(errs, &stage.OptionError{Path: []string{"path"}, Message: text, Warning: true})
	}
	if l.key.set && !l.key.added() {
		f := fields[l.key.index]
		f.Type = arrow.BinaryTypes.String
		fields[l.key.index] = stage.Mark(f, stage.Key, l.id)
	} else if l.key.set {
		fields = append(fields, stage.Mark(arrow.Field{Name: keyColumn, Type: arrow.BinaryTypes.String, Nullable: true}, stage.Key, l.id))
	}
	if l.image.set {
		at := l.image.index
		if at < 0 {
			fields = append(fields, arrow.Field{Name: imageColumn, Type: arrow.BinaryTypes.String, Nullable: true})
			at = len(fields) - 1
		}
		fields[at] = stage.Mark(fields[at], stage.Image, l.id)
		if l.config.Root != "" && !l.images() {
			fields[at] = stage.WithRoot(fields[at], string(l.config.Root))
		}
	}
	l.schema = arrow.NewSchema(fields, nil)
	return l.schema, errors.Join(errs...)
}

// resolve finds the column that an option names, or compiles its expression.
func resolve(text, name, made string, in *arrow.Schema) (column, error) {
	if text == "" {
		return column{}, nil
	}
	if at := columns.Index(in, text); at >= 0 {
		return column{set: true, index: at}, checkPart(in.Field(at), name)
	}
	p, err := expression.Compile(text, in, expression.Text)
	if err != nil {
		return column{}, expression.OptionError([]string{name}, err)
	}
	return column{set: true, index: -1, program: p}, free(in, name, made)
}

// free checks that a column can be added under the name made.
func free(in *arrow.Schema, option, made string) error {
	if columns.Index(in, made) < 0 {
		return nil
	}
	return &stage.OptionError{Path: []string{option}, Message: fmt.Sprintf("these values get a column %q of their own, and the table has one already", made),
		Hint: fmt.Sprintf("name it: `%s: %s`", option, made)}
}

func checkPart(f arrow.Field, name string) error {
	if name == "image" && !columns.IsText(f.Type) {
		return &stage.OptionError{Path: []string{name}, Message: fmt.Sprintf("the column %q holds %s, and paths of pictures are text", f.Name, f.Type)}
	}
	switch f.Type.ID() {
	case arrow.FLOAT16, arrow.FLOAT32, arrow.FLOAT64, arrow.LIST, arrow.LARGE_LIST, arrow.STRUCT, arrow.BINARY:
		return &stage.OptionError{Path: []string{name}, Message: fmt.Sprintf("the column %q holds %s, which cannot identify rows", f.Name, f.Type),
			Hint: fmt.Sprintf("choose another column, or set its type: `types: {%s: text}`", f.Name)}
	}
	return nil
}

// Run implements stage.Stage.
func (l *load) Run(ctx context.Context, env stage.Env, _ []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		if l.rows > 0 {
			env.Ledger.Expect(l.rows)
		}
		l.tell(env)
		l.read(ctx, env)(yield)
	}
}

// tell counts what is there and gives no row.
func (l *load) tell(env stage.Env) {
	for _, text := range l.beyond {
		env.Ledger.Warn(text)
	}
	for _, c := range l.passed {
		env.Ledger.Counted(c.Name, c.N)
	}
	if n := tabular.NotesOf(l.file).BlankLines; n > 0 {
		env.Ledger.Counted("blank lines", n)
	}
	if n := l.beside.further(); n > 0 {
		env.Ledger.Counted("pictures beside a row's first one", n)
	}
}

// read yields the rows of the file, dressed.
func (l *load) read(ctx context.Context, env stage.Env) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range l.file.Rows(ctx, env.Memory, env.BatchRows) {
			if err == nil {
				rec, err = l.dress(env.Memory, rec)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			more := yield(rec, nil)
			rec.Release()
			if !more {
				return
			}
		}
	}
}

// dress gives a batch of the file its key and picture columns. The caller
// releases the result.
func (l *load) dress(mem memory.Allocator, rec arrow.Record) (arrow.Record, error) {
	cols := append([]arrow.Array{}, rec.Columns()...)
	var made []arrow.Array
	defer func() {
		for _, a := range made {
			a.Release()
		}
	}()
	for _, c := range []column{l.key, l.image} {
		if !c.set {
			continue
		}
		if c.copied {
			a := asText(mem, cols[c.index])
			made, cols = append(made, a), append(cols, a)
		} else if c.beside {
			a := l.beside.column(mem, cols[columns.Index(rec.Schema(), l.fileColumn())])
			made, cols = append(made, a), append(cols, a)
		} else if c.index < 0 {
			a, _, err := c.program.Array(mem, rec)
			if err != nil {
				return nil, err
			}
			made, cols = append(made, a), append(cols, a)
		} else if l.schema.Field(c.index).Type.ID() == arrow.STRING && cols[c.index].DataType().ID() != arrow.STRING {
			a := asText(mem, cols[c.index])
			made = append(made, a)
			cols[c.index] = a
		}
	}
	return array.NewRecord(l.schema, cols, rec.NumRows()), nil
}

// asText returns the values of a column as text.
func asText(mem memory.Allocator, arr arrow.Array) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Reserve(arr.Len())
	for i := range arr.Len() {
		if arr.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(columns.Format(arr, i))
		}
	}
	return b.NewArray()
}
