// Package cli is the command line: one file a command. It wires the catalogue
// of kinds, the engine and the libraries of this machine together.
package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"icono/internal/suggest"
)

// Streams are the standard streams of the process.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// app is what every command shares.
type app struct {
	Streams
	version string
	json    bool
	plain   bool
}

// Main runs the program with arguments and returns its exit code. version is the
// release, which reports and locks state, and after a space what else tells builds
// apart.
func Main(ctx context.Context, args []string, s Streams, version string) int {
	release, _, _ := strings.Cut(version, " ")
	a := &app{Streams: s, version: release}
	root := a.root()
	root.Version = version
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	var known *exitError
	if err != nil && !errors.As(err, &known) {
		err = wrong("%v", err)
	}
	return a.exit(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "icono",
		Short: "Code images from one YAML file",
		Long: `icono codes images the way content analysts do, from one YAML file kept in git:
load a table of posts and its pictures, classify them, join, save and report.`,
		Example: `  icono init my-study            # write a study to start from
  icono validate my-study        # check everything, run nothing
  icono plan my-study            # what would run, on how many rows
  icono run my-study             # run it
  icono explain clip.labels      # what an option means`,
		Version:       a.version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("icono {{.Version}}\n")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print results and faults as JSON, for programs")
	root.PersistentFlags().BoolVar(&a.plain, "plain", false, "no colour and no moving progress line")
	root.AddCommand(a.initCommand(), a.validateCommand(), a.planCommand(), a.runCommand(), a.verifyCommand(), a.whyCommand(), a.diffCommand(), a.methodsCommand(), a.shareCommand(), a.answersCommand(), a.doctorCommand(),
		a.explainCommand(), a.schemaCommand())
	root.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return wrong("there is no command `%s`\n%s", args[0], cmp.Or(suggest.Hint(args[0], commandNames(root)), "`icono --help` lists the commands"))
	}
	root.Args = cobra.ArbitraryArgs
	root.SetFlagErrorFunc(badFlag)
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil && c != root {
		c.Short = "Print a script that completes commands in your shell"
		c.RunE = func(c *cobra.Command, args []string) error {
			return wrong("`icono completion` needs the name of a shell: %s", strings.Join(commandNames(c), ", "))
		}
	}
	return root
}

func commandNames(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return names
}

// badFlag words a flag that is unknown or has a wrong value.
func badFlag(c *cobra.Command, err error) error {
	names := regexp.MustCompile(`--[a-z-]+`).FindAllString(c.Flags().FlagUsages(), -1)
	hint := "`" + c.CommandPath() + " --help` lists the flags"
	if _, name, unknown := strings.Cut(err.Error(), "unknown flag: "); unknown {
		if near := suggest.Nearest(name, names); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	text := err.Error()
	if at := strings.Index(text, ": strconv."); at >= 0 {
		text = text[:at] + ": a whole number is wanted"
	}
	return wrong("%s\n%s", text, hint)
}

// atMost allows up to n arguments.
func atMost(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) <= n:
			return nil
		case n == 0:
			return wrong("`%s` takes no arguments, and was given %s", c.CommandPath(), strings.Join(args, " "))
		}
		return wrong("`%s` takes one %s, and was given %d: %s", c.CommandPath(), what, len(args), strings.Join(args, " "))
	}
}

// terminal reports whether a stream is a terminal that can show colour.
func (a *app) terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && !a.plain && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// width returns the columns of a terminal, or 100.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 20 {
			return columns
		}
	}
	return 100
}
