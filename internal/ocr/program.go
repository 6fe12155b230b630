package ocr

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"icono/internal/fetch"
	"icono/internal/stage"
)

// answering is how long the program may take to say what it is.
const answering = 30 * time.Second

// program is a usable tesseract.
type program struct {
	path      string
	data      string // the folder asked for, or ""
	folder    string // where the traineddata files are; "" where that is not known
	version   string
	library   string // version of Leptonica, which reads the pictures; may be ""
	languages []string
}

var (
	versionLine = regexp.MustCompile(`(?m)^tesseract v?((\d+)\S*)`)
	libraryLine = regexp.MustCompile(`(?m)^\s*leptonica-(\S+)`)
	listHead    = regexp.MustCompile(`^List of available languages(?: in "(.*)")? \(\d+\):$`)
)

// find finds the program and asks it for its version and its languages.
func find(ctx context.Context, name, data string) (program, error) {
	p := program{data: data}
	if name == "" {
		name = "tesseract"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return p, &stage.MissingError{What: fmt.Sprintf("the program tesseract, which reads text, is not on this machine: %v", err),
			Mend: "Debian and Ubuntu: apt-get install tesseract-ocr\nmacOS: brew install tesseract"}
	}
	if p.path, err = filepath.Abs(path); err != nil {
		return p, err
	}
	about, err := p.ask(ctx, "--version")
	if err != nil {
		return p, err
	}
	m := versionLine.FindStringSubmatch(about)
	if m == nil {
		return p, fmt.Errorf("%s is not tesseract: it answers --version with %q", p.path, clean(about))
	}
	if p.version = m[1]; len(m[2]) == 1 && m[2] < "4" {
		return p, &stage.MissingError{What: fmt.Sprintf("%s is version %s of tesseract, which is too old", p.path, p.version), Mend: "install version 4 or later"}
	}
	if m := libraryLine.FindStringSubmatch(about); m != nil {
		p.library = m[1]
	}
	return p, p.list(ctx)
}

// ask runs the program with one option, and gives what it says.
func (p *program) ask(ctx context.Context, option string) (string, error) {
	out, said, err := p.run(ctx, answering, nil, option)
	var failed *Error
	if errors.As(err, &failed) {
		return "", fmt.Errorf("%s %s: %w", p.path, option, err)
	}
	return string(out) + said, err
}

// list asks for the languages.
func (p *program) list(ctx context.Context) error {
	text, err := p.ask(ctx, "--list-langs")
	if err != nil {
		return err
	}
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if m := listHead.FindStringSubmatch(line); m != nil {
			p.folder = m[1]
		} else if own.MatchString(line) {
			p.languages = append(p.languages, line)
		}
	}
	slices.Sort(p.languages)
	for _, dir := range []string{p.data, os.Getenv("TESSDATA_PREFIX")} {
		for _, sub := range []string{"", "tessdata"} {
			if p.folder == "" && dir != "" && len(p.languages) > 0 && isFile(filepath.Join(dir, sub, p.languages[0]+suffix)) {
				p.folder = filepath.Join(dir, sub) // version 4 does not name it
			}
		}
	}
	return nil
}

const suffix = ".traineddata"

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// lacks reports an error for languages that are not there.
func (p *program) lacks(names []string) error {
	var missing, packages []string
	for _, name := range names {
		if slices.Contains(p.languages, name) {
			continue
		}
		missing = append(missing, name)
		if d := debianPackage(name); d != "" {
			packages = append(packages, d)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	where, has := "", "it has none"
	if p.folder != "" {
		where = " in " + p.folder
	}
	if len(p.languages) > 0 {
		has = "it has " + strings.Join(p.languages, ", ")
	}
	mend := "put " + missing[0] + suffix + " there"
	if p.data == "" {
		mend = "macOS: brew install tesseract-lang"
		if len(packages) > 0 {
			mend = "Debian and Ubuntu: apt-get install " + strings.Join(packages, " ") + "\n" + mend
		}
	}
	return &stage.MissingError{What: fmt.Sprintf("tesseract has no data%s for %s; %s", where, strings.Join(missing, ", "), has), Mend: mend}
}

// sum is the SHA-256 of a language's file, "" where its folder is not known.
func (p *program) sum(name string) (string, error) {
	if p.folder == "" {
		return "", nil
	}
	return fetch.Sum(filepath.Join(p.folder, filepath.FromSlash(name)+suffix))
}
