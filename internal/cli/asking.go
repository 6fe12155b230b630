package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/coding"
	"icono/internal/diag"
	"icono/internal/palette"
	"icono/internal/pipeline"
	"icono/internal/price"
	"icono/internal/source"
	"icono/internal/stage"
	"icono/internal/vectors"
	"icono/internal/vision"
)

// Where a study keeps answers, beside its pipeline file.
const (
	storeFolder    = ".icono"
	cassetteFolder = "cassettes"
)

// storePath is the folder with the answer store of a pipeline file.
func storePath(file string) string { return filepath.Join(filepath.Dir(file), storeFolder) }

// askFlags are the flags about questions to models and their price.
type askFlags struct {
	record, retry string
	budget        float64
	limited       bool // --budget was given
	// look opens what is stored for reading only: plan asks nothing. offline asks
	// nothing in a run either.
	look, offline bool
	// explain has offline say why answers lack.
	explain bool
	// earlier is set for a version of the study that git keeps: what it has recorded
	// goes before what is stored by now.
	earlier bool
	// carried has what git carries go before what is stored here alone.
	carried bool
	heard   func(stageID string, r answers.Request, a answers.Answer, err error)
	kept    func(stageID string, r answers.Request, a answers.Answer)
	known   func(stageID string, r answers.Request) (answers.Recorded, bool)
	hand    *asking.Hand
}

func (f *askFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.record, "record", "", "`mode` of recorded answers: new_episodes, none, once or all (default none where CI is set, else new_episodes)")
	c.Flags().StringVar(&f.retry, "retry", "", "ask again where the answer was `status,...`: refused, truncated, invalid, unreadable, failed")
	c.Flags().Float64Var(&f.budget, "budget", 0, "spend at most this many `dollars` (default: what the pipeline says)")
	_ = c.RegisterFlagCompletionFunc("record", cobra.FixedCompletions([]string{"new_episodes", "none", "once", "all"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("retry", cobra.FixedCompletions([]string{"refused", "truncated", "invalid", "unreadable", "failed"}, cobra.ShellCompDirectiveNoFileComp))
}

// options says how the stages of a study ask.
func (f askFlags) options(p *pipeline.Plan, dir string) (asking.Options, error) {
	folders := cassetteFolders(p, dir)
	o := asking.Options{Folder: filepath.Join(dir, storeFolder), Cassettes: folders[0], Below: folders[1:], Extends: len(p.Doc.Bases) > 0, Variable: os.Getenv}
	mode := f.record
	if mode == "" {
		mode = string(answers.NewEpisodes)
		if os.Getenv("CI") != "" {
			mode = string(answers.None)
		}
	}
	var err error
	if o.Mode, err = answers.ParseMode(mode); err != nil {
		return o, wrong("--record: %v", err)
	}
	o.CassetteFirst = f.earlier || f.carried
	o.Look, o.Offline, o.Explain, o.Hand, o.Heard = f.look, f.offline, f.explain, f.hand, f.heard
	o.Kept, o.Known = f.kept, f.known
	o.Credentials = func() (asking.Credentials, error) { return vision.DefaultCredentials(nil) }
	if o.Retry, err = answers.ParseStatuses(f.retry); f.retry != "" && err != nil {
		return o, wrong("--retry: %v", err)
	}
	dollars := p.Doc.Budget
	if f.limited {
		if dollars = f.budget; !(dollars > 0) { // NaN is not above 0 either
			return o, wrong("--budget %g: take more than 0 dollars", f.budget)
		}
	}
	if dollars > 0 {
		limit, err := price.Dollars(dollars)
		if err != nil {
			return o, wrong("--budget: %v", err)
		}
		o.Limit = &limit
	}
	o.Prices, err = readPrices(p, dir)
	return o, err
}

// cassetteFolders are where a pipeline's cassettes lie, its own first: those of any other
// than the study's main one have a folder of its name, so that none replaces those of
// another. What it extends comes next, and last what lies in no such folder.
func cassetteFolders(p *pipeline.Plan, dir string) []string {
	top := filepath.Join(dir, cassetteFolder)
	var out []string
	for _, f := range append([]*source.File{p.Doc.File}, p.Doc.Bases...) {
		folder := top
		if name := filepath.Base(f.Name); name != defaultFile {
			folder = filepath.Join(top, strings.TrimSuffix(name, filepath.Ext(name)))
		}
		if !slices.Contains(out, folder) {
			out = append(out, folder)
		}
	}
	if !slices.Contains(out, top) {
		out = append(out, top)
	}
	return out
}

// priceFile reads the study's own price file.
func priceFile(d *pipeline.Document, dir string) (file price.File, faults []diag.Diagnostic, err error) {
	path := filepath.Join(dir, filepath.FromSlash(d.Prices))
	text, err := os.ReadFile(path)
	if err != nil {
		return file, nil, err
	}
	file, faults = price.Parse(path, string(text))
	return file, faults, nil
}

// readPrices returns the built-in prices and those of the study's own file.
func readPrices(p *pipeline.Plan, dir string) (*price.Table, error) {
	table, err := price.Builtin()
	if err != nil || p.Doc.Prices == "" {
		return table, err
	}
	file, faults, err := priceFile(p.Doc, dir)
	if err != nil {
		return nil, wrong("the price file %s cannot be read: %v", p.Doc.Prices, err)
	}
	for _, d := range faults {
		if d.Severity == diag.Error {
			return nil, wrong("%v", &diag.Faults{List: faults})
		}
	}
	return table.With(p.Doc.Prices, file), nil
}

// askers opens models for the stages of a run. It implements gpt.Askers.
type askers struct {
	options func() (asking.Options, error)
	// vectors has those of all models kept.
	vectors bool

	mu    sync.Mutex
	desk  *asking.Desk
	lines []*asking.Line
}

// Open implements gpt.Askers.
func (a *askers) Open(ctx context.Context, stageID string, s asking.Server) (coding.Asker, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.openDesk()
	if err != nil {
		return nil, err
	}
	if s.BaseURL, err = expand(s.BaseURL); err != nil {
		return nil, err
	}
	if s.Key == "" {
		s.Key = s.UsualKey()
	}
	line, err := a.desk.Line(ctx, stageID, s)
	if err != nil {
		return nil, err
	}
	a.lines = append(a.lines, line)
	return line, nil
}

// Desk is the desk that all stages share.
func (a *askers) Desk() (*asking.Desk, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.openDesk()
	return a.desk, err
}

// openDesk makes the desk that all stages share.
func (a *askers) openDesk() error {
	if a.desk != nil {
		return nil
	}
	o, err := a.options()
	if err == nil {
		a.desk = asking.New(o)
	}
	return err
}

// Keeper implements clip.Shelves. The vectors of palette are kept only where they
// are to be exported or have been: they are computed faster than they are read.
func (a *askers) Keeper(ctx context.Context, stageID, model string) (vectors.Keeper, error) {
	desk, err := a.Desk()
	if err != nil || model == palette.Name && !a.vectors && !desk.Recorded(stageID) {
		return nil, err
	}
	return desk.Counter(ctx, stageID, nil)
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand puts the values of environment variables into an address.
func expand(url string) (string, error) {
	var missing []string
	out := variable.ReplaceAllStringFunc(url, func(m string) string {
		name := variable.FindStringSubmatch(m)[1]
		if os.Getenv(name) == "" {
			missing = append(missing, name)
		}
		return os.Getenv(name)
	})
	if len(missing) > 0 {
		return "", &stage.MissingError{What: fmt.Sprintf("the address %s needs a variable that is not set", url),
			Mend: fmt.Sprintf("set it: export %s=...", strings.Join(missing, "=... "))}
	}
	return out, nil
}

// spending words what stages have asked and paid so far, "" where none asks.
func (a *askers) spending() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.desk == nil {
		return ""
	}
	account := a.desk.Spending()
	if account.Asked+account.Stored+account.Shared+account.Faults == 0 && account.Waiting == "" {
		return ""
	}
	return account.String()
}

// account words the whole of what was asked and paid, for the summary.
func (a *askers) account() string {
	text := a.spending()
	if text == "" {
		return ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if actual := a.desk.Spending().Actual(); actual != "" {
		text += " (" + actual + ")"
	}
	return text
}

func (a *askers) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.desk != nil {
		_ = a.desk.Close() // answers are durable already
	}
}
