package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"icono/internal/answers"
	"icono/internal/bundle"
	"icono/internal/pseudonym"
)

// shareFlags say what is shared, and as what.
type shareFlags struct {
	out, key, date, who     string
	title, license, version string
	authors                 []string
	choice                  bundle.Choice
	force, dry              bool
	workers                 int
}

// keyFile keeps the key of pseudonyms in the folder of what a run keeps for itself.
const keyFile = "share.key"

func (a *app) shareCommand() *cobra.Command {
	var f shareFlags
	c := &cobra.Command{
		Use:   "share [FILE or FOLDER]",
		Short: "Make of a study a folder that can be given to others",
		Long: `Write a folder with the pipeline, codebooks, recorded answers, tables, outputs and lock
of a study, in which accounts and posts have pseudonyms and pictures are left out. It is
a study itself: icono verify and icono run replay it, offline and at no cost. Before the
folder is put in its place it is run, every code is compared with that of the study, and
every file is searched for every name that was replaced.

Pseudonyms are keyed hashes. The key is made once and kept in .icono/share.key, so that
the next folder has the same ones; it is never part of the folder. Keep it, and to yourself.

Columns that no stage uses are left out (--keep NAME keeps one). Those that name accounts,
posts, files or web addresses are found by their names and contents; --hide NAME adds one,
--show NAME says that one names nobody, --drop NAME leaves one out. --dry-run lists what
would become of each column, with a value of it: read that list first.

What was read in pictures, captions and descriptions stays, without names and addresses
that are known: it can still identify people. Read it before you publish it.`,
		Example: `  icono share --dry-run
  icono share -o ../my-study-shared --author "Muster, Erika <0000-0002-1825-0097>" --license CC-BY-4.0
  icono verify ../my-study-shared`,
		Args: atMost(1, "file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.newSharing(f, args)
			if err != nil {
				return err
			}
			// Never stopped: a signal that comes when the folder has its place changes nothing.
			ctx, _ := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
			err = s.run(ctx, args)
			if sig := signalOf(context.Cause(ctx)); err != nil && sig != 0 {
				return &exitError{128 + int(sig), errors.New("interrupted: nothing was shared")}
			}
			return err
		},
	}
	c.Flags().StringVarP(&f.out, "output", "o", "", "the `folder` to write (default: NAME-shared beside the study)")
	c.Flags().StringVar(&f.key, "key-file", "", "the `file` with the key of the pseudonyms; made where there is none (default .icono/share.key)")
	c.Flags().StringVar(&f.who, "who", "", "a `file` for you alone: which name and which picture has which pseudonym, as CSV")
	c.Flags().StringArrayVar(&f.choice.Hide, "hide", nil, "a `column` that names accounts or persons (repeatable)")
	c.Flags().StringArrayVar(&f.choice.Show, "show", nil, "a `column` that names nobody, although it looks so: codes, counts (repeatable)")
	c.Flags().StringArrayVar(&f.choice.Keep, "keep", nil, "a `column` to share although no stage uses it (repeatable)")
	c.Flags().StringArrayVar(&f.choice.Drop, "drop", nil, "a `column` to leave out (repeatable)")
	c.Flags().StringArrayVar(&f.choice.Words, "word", nil, "a `name` that is an everyday word too: it stays in texts, but behind an @ (repeatable)")
	c.Flags().StringArrayVar(&f.authors, "author", nil, "`\"Family, Given <ORCID>\"`, for the citation (repeatable)")
	c.Flags().StringVar(&f.title, "title", "", "the title (default: the name of the pipeline)")
	c.Flags().StringVar(&f.license, "license", "", "the licence, by its SPDX `identifier` such as CC-BY-4.0")
	c.Flags().StringVar(&f.version, "release", "", "the `version` of what is shared")
	c.Flags().StringVar(&f.date, "date", "", "the `day` of publication, as 2026-11-30 (default today)")
	c.Flags().BoolVar(&f.force, "force", false, "replace a folder that icono share has written")
	c.Flags().BoolVar(&f.dry, "dry-run", false, "list what would become of each column, and write nothing")
	c.Flags().IntVar(&f.workers, "workers", 0, "how many things to compute at once (default: the processors)")
	return c
}

// newSharing checks what the call says.
func (a *app) newSharing(f shareFlags, args []string) (*sharing, error) {
	path, err := locate(args)
	if err != nil {
		return nil, err
	}
	s := &sharing{app: a, flags: f, path: path, echo: bundle.NewEcho()}
	s.report.Title, s.report.License, s.report.Version, s.report.Date, s.report.Program = f.title, f.license, f.version, f.date, a.version
	if f.date == "" {
		s.report.Date = time.Now().Format(time.DateOnly)
	} else if _, err := time.Parse(time.DateOnly, f.date); err != nil {
		return nil, wrong("--date %s is no day: write it as 2026-11-30", f.date)
	}
	if strings.ContainsAny(f.license, " /\"") {
		return nil, wrong("--license %q is no SPDX identifier: for example CC-BY-4.0 or CC0-1.0", f.license)
	}
	if f.license != "" && !bundle.KnownLicense(f.license) {
		s.report.Notes = append(s.report.Notes, fmt.Sprintf("The licence %s is none that icono knows: look its identifier up at https://spdx.org/licenses.", f.license))
	}
	for _, text := range f.authors {
		p, err := bundle.ParsePerson(text)
		if err != nil {
			return nil, wrong("--author: %v", err)
		}
		s.report.Authors = append(s.report.Authors, p)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, failed(err)
	}
	s.out = f.out
	if s.out == "" {
		s.out = filepath.Join(filepath.Dir(dir), filepath.Base(dir)+"-shared")
	}
	if s.out, err = filepath.Abs(s.out); err != nil {
		return nil, failed(err)
	}
	if rel, err := filepath.Rel(resolved(dir), resolved(s.out)); err == nil && rel != "." && !strings.HasPrefix(rel, "..") {
		s.report.Notes = append(s.report.Notes, "The shared folder lies in the study's own: take care that git and globs do not find it there.")
	}
	if rel, err := filepath.Rel(resolved(s.out), resolved(dir)); err == nil && (rel == "." || !strings.HasPrefix(rel, "..")) {
		return nil, wrong("the study lies in %s, which would be replaced\nname another folder: -o NAME", s.out)
	}
	for flag, name := range map[string]string{"--key-file": f.key, "--who": f.who} {
		at, err := filepath.Abs(name)
		if err != nil {
			return nil, failed(err)
		}
		if rel, err := filepath.Rel(dir, at); name != "" && err == nil && !strings.HasPrefix(rel, "..") {
			s.report.Notes = append(s.report.Notes, fmt.Sprintf("The file of %s lies in the folder of the study: take care that git does not keep it.", flag))
		}
		if rel, err := filepath.Rel(s.out, at); name != "" && err == nil && !strings.HasPrefix(rel, "..") {
			return nil, wrong("%s %s would lie in what is shared\nname a file elsewhere", flag, name)
		}
	}
	return s, s.free()
}

// resolved is a path with the links in what exists of it followed.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if up := filepath.Dir(path); up != path {
		return filepath.Join(resolved(up), filepath.Base(path))
	}
	return path
}

// free refuses a folder that holds something else than a bundle.
func (s *sharing) free() error {
	entries, err := os.ReadDir(s.out)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(entries) == 0, s.flags.dry:
		return nil
	case err != nil:
		return wrong("%s cannot be written: %v", s.out, err)
	}
	if other, err := bundle.Foreign(s.out); err != nil {
		return wrong("%s cannot be read: %v", s.out, err)
	} else if other != "" {
		return wrong("the folder %s holds something that `icono share` has not written: %s\nname another one: -o NAME", s.out, other)
	}
	if !s.flags.force {
		return wrong("the folder %s exists already\nreplace it with --force", s.out)
	}
	edited, _, err := bundle.CheckSums(s.out)
	if err != nil {
		return wrong("%s cannot be read: %v", s.out, err)
	}
	if len(edited) > 0 {
		return wrong("%s in the folder %s was changed since it was shared, and would be lost\nkeep a copy of it elsewhere and remove the folder, or name another one: -o NAME", edited[0].Name, s.out)
	}
	return nil
}

// readKey gives the key of the pseudonyms.
func (s *sharing) readKey() (pseudonym.Key, error) {
	path := cmp.Or(s.flags.key, filepath.Join(storePath(s.path), keyFile))
	if s.flags.dry {
		return pseudonym.Key{}, nil // nothing is shown that it makes
	}
	if s.flags.key == "" {
		if err := answers.KeepOut(storePath(s.path)); err != nil {
			return pseudonym.Key{}, failed(err)
		}
	}
	k, made, err := pseudonym.ReadKey(path)
	if err != nil {
		return k, wrong("the key of the pseudonyms: %v", err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		fmt.Fprintf(s.app.Err, "warning: others on this machine may read the key of the pseudonyms: chmod 600 %s\n", path)
	}
	if made {
		fmt.Fprintf(s.app.Err, "made the key of the pseudonyms: %s\n  keep it, out of git and to yourself: another key gives other pseudonyms, and who has it can find out who is who\n", path)
	}
	return k, nil
}

// interrupted is why a run ended: that it was interrupted, where it was.
func (s *sharing) interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
