package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"icono/internal/asking"
	"icono/internal/diag"
	"icono/internal/media"
	"icono/internal/pipeline"
	"icono/internal/source"
	"icono/internal/tabular"
	"icono/stages"
)

// defaultFile is the name of a study's pipeline file.
const defaultFile = "pipeline.yaml"

// study is an opened pipeline file with all that running it needs.
type study struct {
	plan     *pipeline.Plan
	settings pipeline.Settings
	library  *media.Library
	backends *backends
	faults   []diag.Diagnostic
	// unlike are pictures that are others by now than an earlier version of the study was
	// run with, and of which nothing else is known.
	unlike []string
	// list is that of the pictures which the pipeline names and which is to be written, ""
	// where it is there.
	list string
}

// studyFlags are the flags that validate, plan and run share.
type studyFlags struct {
	sets    []string
	workers int
	batch   int
	// lists says that the list of pictures is written: it need not be there.
	lists bool
	ask   askFlags
}

func (f *studyFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.sets, "set", nil, "override an option: `stage.option=value` (repeatable)")
	c.Flags().IntVar(&f.workers, "workers", 0, "how many things to compute at once (default: the processors)")
	c.Flags().IntVar(&f.batch, "batch-rows", 0, "rows in a batch of a table (default 256); results do not depend on it")
	_ = c.Flags().MarkHidden("batch-rows")
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
	}
}

// locate returns the pipeline file that the arguments name: a file, a folder
// with a pipeline.yaml, or nothing for the current folder.
func locate(args []string) (string, error) {
	path := "."
	if len(args) > 0 {
		path = args[0]
	}
	if strings.TrimSpace(path) == "" {
		return "", wrong("the name of the file is empty")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", wrong("there is no file %s", path)
	case err != nil:
		return "", wrong("%s cannot be read: %v", path, err)
	case !info.IsDir():
		return path, nil
	}
	file := filepath.Join(path, defaultFile)
	if _, err := os.Stat(file); err != nil {
		found, _ := filepath.Glob(filepath.Join(path, "*.y*ml"))
		hint := "`icono init` writes one to start from"
		if len(found) > 0 {
			hint = "name one of its pipelines: " + strings.Join(found, ", ")
		}
		return "", wrong("there is no %s in the folder %s\n%s", defaultFile, path, hint)
	}
	return file, nil
}

// largestPipeline is the size in bytes above which a file is no pipeline file.
const largestPipeline = 4 << 20

func readPipeline(path string) (string, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > largestPipeline {
		return "", fmt.Errorf("it has %d MB, too large for a pipeline file", info.Size()>>20)
	}
	text, err := os.ReadFile(path)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // the path is named by who asks
	}
	return string(text), err
}

func wrong(format string, args ...any) error {
	return &exitError{exitWrong, fmt.Errorf(format, args...)}
}

// open reads and checks a pipeline file. Its faults are in the study; an error
// means that there is no file to read.
func (a *app) open(ctx context.Context, args []string, f studyFlags, full bool) (*study, error) {
	if f.workers < 0 || f.batch < 0 {
		return nil, wrong("--workers and --batch-rows cannot be negative")
	}
	path, err := locate(args)
	if err != nil {
		return nil, err
	}
	text, err := readPipeline(path)
	if err != nil {
		return nil, wrong("%s cannot be read: %v", path, err)
	}
	var list diag.List
	var sets []pipeline.Set
	for _, s := range f.sets {
		if set, ok := pipeline.ParseSet(s, &list); ok {
			sets = append(sets, set)
		}
	}
	s := &study{library: media.NewLibrary(filepath.Dir(path)), backends: newBackends(a.Err, a.terminal(a.Err))}
	s.settings = pipeline.Settings{Kinds: stages.All(s.backends.all()), Study: s.library, Workers: f.workers, BatchRows: f.batch, Full: full,
		Warn: func(text string) { fmt.Fprintf(a.Err, "warning: %s\n", text) }}
	if s.settings.Workers <= 0 {
		s.settings.Workers = runtime.GOMAXPROCS(0)
	}
	s.backends.offline = f.ask.look || f.ask.offline
	beside := func(name string) (string, error) { return readPipeline(filepath.Join(filepath.Dir(path), name)) }
	doc := pipeline.Load(source.NewFile(path, text), beside, sets, &list)
	switch missing, err := readAbsent(s.library, doc.Pictures); {
	case missing && f.lists:
		s.list, doc.Pictures = doc.Pictures, ""
	case err != nil:
		list.Error("pictures", doc.PicturesAt, err.Error(), "where the pictures are, `icono answers export --vectors --pictures` writes the list, and `icono share` for others; remove the line where it is not wanted")
	}
	if f.ask.earlier {
		if s.unlike, err = unlike(s.library, path); err != nil {
			return nil, failed(err)
		}
	}
	checkPrices(doc, filepath.Dir(path), &list)
	s.plan = pipeline.Check(ctx, doc, s.settings, &list)
	s.faults = list.Sorted()
	s.backends.askers.options = func() (asking.Options, error) { return f.ask.options(s.plan, filepath.Dir(path)) }
	return s, nil
}

// checkPrices reports what is wrong with the price file of a pipeline.
func checkPrices(d *pipeline.Document, dir string, list *diag.List) {
	if d.Prices == "" {
		return
	}
	_, faults, err := priceFile(d, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		list.Error("prices", d.PricesAt, "there is no price file "+d.Prices, "remove the line for the built-in prices")
		return
	case err != nil:
		list.Error("prices", d.PricesAt, fmt.Sprintf("the price file %s cannot be read: %v", d.Prices, err), "")
		return
	}
	for _, f := range faults {
		list.Add(f)
	}
}

// readAbsent has a library give stand-ins for the pictures of a list, "" for none. missing
// says of an error that there is no such file.
func readAbsent(l *media.Library, name string) (missing bool, err error) {
	if name == "" {
		return false, nil
	}
	r, err := l.Open(name)
	if err != nil {
		why, missing := media.Explain(name, err)
		return missing, fmt.Errorf("the list of pictures cannot be read: %s", why)
	}
	defer func() { _ = r.Close() }() // only read
	absent, err := media.ReadAbsent(name, r)
	if err != nil {
		return false, fmt.Errorf("the list of pictures cannot be read: %w", err)
	}
	l.SetAbsent(name, absent)
	return false, nil
}

// tidy removes what runs and exports that were killed left of unfinished files, in the
// folder of the study and those of its cassettes.
func (s *study) tidy() error {
	o, err := s.backends.askers.options()
	if err != nil {
		return err
	}
	for _, dir := range append([]string{filepath.Dir(s.plan.Doc.File.Name), o.Cassettes}, o.Below...) {
		tabular.RemoveUnfinished(dir)
	}
	return nil
}

func (s *study) close() {
	s.backends.close()
	_ = s.library.Close()
}

// admit is show for commands that have a result of their own on standard output:
// where nothing is wrong, that stays free of faults.
func (a *app) admit(faults []diag.Diagnostic) error {
	text := *a
	text.json = a.json && slices.ContainsFunc(faults, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })
	return text.show(faults)
}

// once returns faults without those that say the same of the same place: of a file that
// several stages read.
func once(faults []diag.Diagnostic) []diag.Diagnostic {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(faults), func(d diag.Diagnostic) bool {
		text := fmt.Sprintf("%v %s: %s", d.Severity, d.Span, d.Message)
		again := seen[text] && d.Span.File != nil
		seen[text] = true
		return again
	})
}

// show prints the faults of a pipeline, and returns an error if any of them
// keeps it from running.
func (a *app) show(faults []diag.Diagnostic) error {
	faults = once(faults)
	errs, warnings := 0, 0
	for _, d := range faults {
		if d.Severity == diag.Error {
			errs++
		} else {
			warnings++
		}
	}
	switch {
	case a.json:
		if err := diag.PrintJSON(a.Out, faults); err != nil {
			return failed(err)
		}
	case os.Getenv("GITHUB_ACTIONS") == "true":
		diag.PrintGitHub(a.Out, faults)
		diag.Print(a.Err, faults, false)
	default:
		diag.Print(a.Err, faults, a.terminal(a.Err))
	}
	if errs == 0 {
		return nil
	}
	if !a.json {
		fmt.Fprintf(a.Err, "\n%s, nothing was run\n", count(errs, "error"))
	}
	return &exitError{code: exitWrong}
}

// count words a number of things; many is their plural where it is not made with an s.
func count(n int, what string, many ...string) string {
	switch {
	case n == 1:
		return "1 " + what
	case len(many) > 0:
		return fmt.Sprintf("%d %s", n, many[0])
	}
	return fmt.Sprintf("%d %ss", n, what)
}
