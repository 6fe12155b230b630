// Command testsum runs `go test -json` with its arguments and prints what a
// person needs of it: one line a package, every failure in full, then a line
// that counts passed, failed and skipped tests, and the reasons of the skips.
// It fails if any test, build or package fails, or if go test does.
//
//	go run ./internal/gen/testsum [-notes FILE] -- [flags of go test] packages
//
// The file of notes has one line for each check outside of go test that was
// skipped, with its reason; they are counted with the skipped tests.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	notes := flag.String("notes", "", "`file` with a line for each other check that was skipped")
	flag.Parse()
	ok, err := run(os.Stdout, os.Stderr, *notes, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// run runs go test with args, prints its summary to out, and reports whether
// everything passed.
func run(out, stderr io.Writer, notes string, args []string) (bool, error) {
	skipped, err := readNotes(notes)
	if err != nil {
		return false, err
	}
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	s := summary{out: out, skipped: skipped}
	readErr := s.read(stdout)
	waitErr := cmd.Wait()
	if readErr != nil {
		return false, readErr
	}
	s.print()
	if waitErr != nil && s.failed == 0 {
		return false, fmt.Errorf("go test: %w", waitErr)
	}
	return waitErr == nil && s.failed == 0, nil
}

// readNotes returns the lines of a file as skips; no name and no file are none.
func readNotes(path string) ([]skip, error) {
	text, err := os.ReadFile(path)
	if path == "" || os.IsNotExist(err) {
		return nil, nil
	}
	var out []skip
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, skip{reason: line})
		}
	}
	return out, err
}
