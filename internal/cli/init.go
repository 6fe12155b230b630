package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"icono/pipelines"
	"icono/schemas"
)

// schemaFile is where init puts the schema that the editor reads.
const schemaFile = ".icono/pipeline.schema.json"

func (a *app) initCommand() *cobra.Command {
	var from, ci string
	var force bool
	c := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a study to start from",
		Long: `Write a pipeline file from a template, with comments that say what to change, and
the JSON Schema that lets an editor complete it. Nothing that exists is
overwritten unless --force is given.

Templates: ` + strings.Join(pipelines.Names(), ", "),
		Example: `  icono init my-study
  icono init my-study --from image-types
  icono init --ci github          # in the folder of a study`,
		Args: atMost(1, "folder"),
		RunE: func(_ *cobra.Command, args []string) error {
			folder := "."
			if len(args) > 0 {
				folder = args[0]
			}
			if strings.TrimSpace(folder) == "" {
				return wrong("the folder's name is empty")
			}
			if ci != "" {
				return a.workflow(folder, ci, force)
			}
			text, err := pipelines.Read(from)
			if err != nil {
				return wrong("there is no template %q\nchoose %s", from, strings.Join(pipelines.Names(), ", "))
			}
			schema, err := schemas.Read("pipeline")
			if err != nil {
				return failed(err)
			}
			file := filepath.Join(folder, defaultFile)
			if _, err := os.Stat(file); err == nil && !force {
				return wrong("%s exists already\nchoose another folder, or replace it with --force", file)
			}
			text = append([]byte("# yaml-language-server: $schema="+schemaFile+"\n"), text...)
			for _, write := range []func() error{
				func() error { return put(filepath.Join(folder, schemaFile), schema) },
				func() error { return ignore(folder) },
				func() error { return keepBytes(folder) },
				func() error { return put(file, text) },
				func() error { return os.MkdirAll(filepath.Join(folder, "data"), 0o755) },
				func() error { return os.MkdirAll(filepath.Join(folder, "media"), 0o755) },
			} {
				if err := write(); err != nil {
					return failed(fmt.Errorf("the study cannot be written: %w", err))
				}
			}
			fmt.Fprintf(a.Out, "wrote %s from the template %s\nnext: put your table into data/ and your pictures into media/, change the lines of the\nfile that are marked `change`, then\n  icono validate %s\n", file, from, folder)
			return nil
		},
	}
	c.Flags().StringVar(&from, "from", "colour-mood", "the `template`")
	c.Flags().StringVar(&ci, "ci", "", "write the workflow that checks a study at a `service` instead: github or gitlab")
	c.Flags().BoolVar(&force, "force", false, "replace a file that exists")
	_ = c.RegisterFlagCompletionFunc("from", cobra.FixedCompletions(pipelines.Names(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// workflow writes the workflow that checks a study, where its service looks for it: at the
// top of the repository that the study is in.
func (a *app) workflow(folder, service string, force bool) error {
	text, name, err := pipelines.Workflow(service)
	if err != nil {
		return wrong("%v", err)
	}
	top, study := repository(folder)
	text = bytes.Replace(text, []byte("STUDY: ."), []byte("STUDY: "+strconv.Quote(study)), 1)
	path := filepath.Join(top, filepath.FromSlash(name))
	if _, err := os.Stat(path); err == nil && !force {
		return wrong("%s exists already\nadd a job to it whose STUDY is %q, or replace it with --force", path, study)
	}
	if _, err := os.Stat(filepath.Join(folder, defaultFile)); err != nil {
		fmt.Fprintf(a.Err, "warning: the folder %s has no %s: put the pipeline file that is to be checked into STUDY, one job for each\n", folder, defaultFile)
	}
	if err := put(path, text); err != nil {
		return failed(fmt.Errorf("the workflow cannot be written: %w", err))
	}
	fmt.Fprintf(a.Out, "wrote %s\nnext: change its lines that are marked `change`, run the study once (icono run), and keep the\nlock and the cassettes (icono answers export --vectors) in git\n", path)
	return nil
}

// repository is the top of the git repository that a folder is in, and the folder as seen
// from there; the folder itself where it is in none.
func repository(folder string) (top, within string) {
	at, err := filepath.Abs(folder)
	if err != nil {
		return folder, "."
	}
	for dir := at; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			if dir == at {
				return folder, "."
			}
			rel, err := filepath.Rel(dir, at)
			if err != nil {
				return folder, "."
			}
			up, err := filepath.Rel(at, dir)
			if err != nil {
				return folder, "."
			}
			return filepath.Join(folder, up), filepath.ToSlash(rel)
		}
		if dir == filepath.Dir(dir) {
			return folder, "."
		}
	}
}

func put(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// keepBytes has git keep files as they are, since the lock states their sums, and put
// the locks of branches together, where the folder has no .gitattributes yet.
func keepBytes(folder string) error {
	path := filepath.Join(folder, ".gitattributes")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return put(path, []byte(`# The lock states the sums of files, so git must not change their line ends. Locks of
# two branches are put together line by line; icono run settles what both changed. So are
# recorded answers, of which none that was paid for is lost.
* -text
*.lock merge=union
*.pictures.sha256 merge=union
cassettes/**/*.jsonl merge=union
`))
}

// ignore keeps what is not a study's own text out of git, where the folder has
// no .gitignore yet.
func ignore(folder string) error {
	path := filepath.Join(folder, ".gitignore")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return put(path, []byte("/out/\n"))
}
