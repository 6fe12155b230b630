package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"icono/internal/clip"
	"icono/internal/detect"
	"icono/internal/onnx"
	"icono/internal/palette"
	"icono/internal/suggest"
)

// finding is one thing that doctor looked at.
type finding struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	What string `json:"what"`
	Mend string `json:"mend,omitempty"`
	// Needed marks what the embedded model cannot run without.
	Needed bool `json:"needed"`
}

func (a *app) doctorCommand() *cobra.Command {
	var model string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is on this machine, and how to get what is not",
		Long: `Look for the library that runs models, for devices, for models and for room on
the disk, and say for each missing thing what mends it. The exit code is 3 if
something is missing that even the embedded model needs.`,
		Example: "  icono doctor\n  icono doctor --fetch clip-vit-b-32",
		Args:    atMost(0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			if model != "" {
				return a.fetchModel(c.Context(), model)
			}
			found := a.examine(c.Context())
			missing := false
			for _, f := range found {
				missing = missing || f.Needed && !f.OK
			}
			if a.json {
				e := json.NewEncoder(a.Out)
				e.SetIndent("", "  ")
				if err := e.Encode(found); err != nil {
					return failed(err)
				}
			} else {
				a.printFindings(found)
			}
			if missing {
				return &exitError{code: exitMissing}
			}
			return nil
		},
	}
	c.Flags().StringVar(&model, "fetch", "", "download a named `model`, so that a run finds it")
	_ = c.RegisterFlagCompletionFunc("fetch", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return modelNames(), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

func modelNames() []string {
	var names []string
	for _, m := range clip.Catalogue() {
		names = append(names, m.Name)
	}
	for _, m := range detect.Catalogue() {
		names = append(names, m.Name)
	}
	return names
}

// fetchModel downloads what is missing of a named model.
func (a *app) fetchModel(ctx context.Context, name string) error {
	if names := modelNames(); !slices.Contains(names, name) {
		return wrong("there is no model %q to download: %s", name, suggest.Hint(name, names))
	}
	progress := newBackends(a.Err, a.terminal(a.Err)).progress
	warn := func(text string) { fmt.Fprintf(a.Err, "warning: %s\n", text) }
	install := func() (string, error) {
		store := clip.DefaultStore()
		store.Progress, store.Warn = progress, warn
		return store.Install(ctx, name, "fp32")
	}
	if slices.ContainsFunc(detect.Catalogue(), func(n detect.Named) bool { return n.Name == name }) {
		install = func() (string, error) {
			store := detect.DefaultStore()
			store.Progress, store.Warn = progress, warn
			return store.Install(ctx, name)
		}
	}
	place, err := install()
	if err != nil {
		return failed(err)
	}
	fmt.Fprintf(a.Out, "%s is in %s\n", name, place)
	return nil
}

func (a *app) printFindings(found []finding) {
	for _, f := range found {
		mark := "ok     "
		if !f.OK {
			mark = "missing"
		}
		if a.terminal(a.Out) {
			colour := "32"
			if !f.OK {
				colour = "33"
			}
			mark = "\x1b[" + colour + "m" + mark + "\x1b[0m"
		}
		fmt.Fprintf(a.Out, "%s  %-22s %s\n", mark, f.Name, f.What)
		for line := range strings.Lines(f.Mend) {
			fmt.Fprintf(a.Out, "         %-22s %s\n", "", strings.TrimSpace(line))
		}
	}
}

// examine looks at the machine.
func (a *app) examine(ctx context.Context) []finding {
	found := []finding{{Name: "icono", OK: true, What: fmt.Sprintf("%s, %s/%s, %d processors", a.version, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())}}
	found = append(found, runtimeFindings()...)
	found = append(found, finding{Name: palette.Name, OK: true, What: "embedded: colour and light, for trying things"})
	store := clip.DefaultStore()
	for _, m := range clip.Catalogue() {
		f := finding{Name: m.Name, OK: store.Has(m.Name, "fp32"), What: m.About}
		if !f.OK {
			f.Mend = fmt.Sprintf("icono doctor --fetch %s   (about %d MB, to %s)", m.Name, m.Megabytes, filepath.Join(store.Dir, m.Name))
		}
		found = append(found, f)
	}
	found = append(found, readerFindings(ctx)...)
	found = append(found, keyFindings()...)
	return append(found, diskFinding())
}

func runtimeFindings() []finding {
	r, err := onnx.Open("")
	if err != nil {
		return []finding{{Name: "ONNX Runtime", Needed: true, What: "runs the models", Mend: err.Error()}}
	}
	defer func() { _ = r.Close() }() // looked at, no more
	found := []finding{{Name: "ONNX Runtime", OK: true, Needed: true, What: r.Version() + " at " + r.Path()}, {Name: "device cpu", OK: true, What: "always"}}
	cuda := finding{Name: "device cuda", OK: true, What: "usable"}
	if err := r.CheckCUDA(); err != nil {
		cuda.OK, cuda.What = false, err.Error()
		cuda.Mend = "make setup-cuda   (needs an NVIDIA GPU with its driver, CUDA 13 and cuDNN 9; `device: auto` goes on without)"
	}
	return append(found, cuda)
}

// diskFinding tries to write where spooled tables go.
func diskFinding() finding {
	f := finding{Name: "temporary files", OK: true, Needed: true, What: os.TempDir()}
	file, err := os.CreateTemp("", "icono-doctor-*")
	if err != nil {
		f.OK, f.Mend = false, fmt.Sprintf("it cannot be written (%v): set TMPDIR to a folder that can", err)
		return f
	}
	_ = file.Close()
	_ = os.Remove(file.Name())
	return f
}
