package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
	"unicode"
)

// Limits of what a process may say. A page full of words gives a megabyte.
const (
	mostOutput    = 64 << 20
	mostComplaint = 4 << 10
	mostQuoted    = 300
	lingering     = 2 * time.Second // after the process was ended
)

// inherited are the variables of the environment that the program is given: no
// key or password of this process is any of its business.
const inherited = " PATH HOME TMPDIR TESSDATA_PREFIX LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH "

// environment holds each process to one thread: pictures are read side by side.
func environment() []string {
	env := []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C"}
	for _, entry := range os.Environ() {
		if name, _, ok := strings.Cut(entry, "="); ok && strings.Contains(inherited, " "+name+" ") {
			env = append(env, entry)
		}
	}
	return env
}

// run runs the program on an input, and gives what it writes to its standard
// output and the beginning of what it complains of. It is killed when ctx ends,
// whose error is returned then, or after the limit. Other errors are *Error.
func (p *program) run(ctx context.Context, limit time.Duration, input io.Reader, args ...string) (out []byte, said string, err error) {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if p.data != "" {
		args = append(args, "--tessdata-dir", p.data)
	}
	cmd := exec.CommandContext(within, p.path, args...)
	cmd.Env, cmd.Stdin, cmd.WaitDelay = environment(), input, lingering
	written, complaint := &bounded{most: mostOutput}, &bounded{most: mostComplaint, cut: true}
	cmd.Stdout, cmd.Stderr = written, complaint
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case within.Err() != nil:
		return nil, "", &Error{Detail: fmt.Sprintf("tesseract took longer than %s and was ended", limit), Timeout: true}
	case written.full:
		return nil, "", &Error{Detail: fmt.Sprintf("tesseract wrote more than %d MB and was ended", mostOutput>>20)}
	case err != nil:
		return nil, "", &Error{Detail: failure(err, complaint.kept.String())}
	}
	return written.kept.Bytes(), complaint.kept.String(), nil
}

// failure words why the program failed.
func failure(err error, complaint string) string {
	what := fmt.Sprintf("tesseract cannot be run: %v", err)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		what = fmt.Sprintf("tesseract failed (%s)", exit)
	}
	if said := clean(complaint); said != "" {
		what += ": " + said
	}
	return what
}

// clean makes one line of what a program says: no control characters, no
// remarks that are no faults, and not too long.
func clean(text string) string {
	var lines []string
	for _, line := range strings.Split(strings.ToValidUTF8(text, ""), "\n") {
		line = strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, line))
		if line != "" && !strings.HasPrefix(line, "Estimating resolution") && line != "Error during processing." {
			lines = append(lines, line)
		}
	}
	runes := []rune(strings.Join(lines, "; "))
	if len(runes) > mostQuoted {
		return string(runes[:mostQuoted]) + "..."
	}
	return string(runes)
}

// bounded keeps what is written up to a limit. Beyond it, it drops the rest if
// cut is set, and else refuses it, which ends the process.
type bounded struct {
	kept      bytes.Buffer // not embedded: it would be read into past the limit
	most      int
	cut, full bool
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.most-b.kept.Len())
	b.kept.Write(p[:n])
	if n == len(p) {
		return n, nil
	}
	b.full = true
	if b.cut {
		return len(p), nil
	}
	return n, io.ErrShortWrite
}
