package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// event is one line of `go test -json`, as `go doc test2json` describes it.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build output
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// skip is a test that did not run, and why.
type skip struct{ test, reason string }

// summary collects the events of one run of go test.
type summary struct {
	out            io.Writer
	passed, failed int
	skipped        []skip

	output map[id][]string // what a test or package wrote, until it ends
	builds map[string][]string
	parent map[id]bool // tests that have subtests
	broken map[id]bool // tests that failed, with the tests and the package above them
}

// id names a test; the package itself has no test.
type id struct{ pkg, test string }

// above returns the test or package that e is part of.
func (i id) above() (id, bool) {
	cut := strings.LastIndexByte(i.test, '/')
	return id{i.pkg, i.test[:max(cut, 0)]}, i.test != ""
}

// read reads events to the end of r and prints as packages and failures end.
// Lines that are no events are printed as they are.
func (s *summary) read(r io.Reader) error {
	s.output, s.builds = map[id][]string{}, map[string][]string{}
	s.parent, s.broken = map[id]bool{}, map[id]bool{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		switch {
		case len(line) == 0:
		case json.Unmarshal(line, &e) == nil && e.Action != "":
			s.take(e)
		default:
			fmt.Fprintf(s.out, "%s", line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *summary) take(e event) {
	i := id{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		s.builds[e.ImportPath] = append(s.builds[e.ImportPath], e.Output)
	case "run":
		up, _ := i.above()
		s.parent[up] = true
	case "output":
		s.output[i] = append(s.output[i], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e, i)
		} else {
			s.endTest(e, i)
		}
		delete(s.output, i)
	}
}

// endTest counts a test. One with subtests counts through them, unless it fails
// for a reason of its own.
func (s *summary) endTest(e event, i id) {
	switch e.Action {
	case "skip":
		s.skipped = append(s.skipped, skip{i.test, reason(s.output[i])})
	case "fail":
		fmt.Fprintf(s.out, "--- FAIL %s %s\n%s", i.pkg, i.test, indent(s.output[i]))
		s.fail(i)
	case "pass":
		if !s.parent[i] {
			s.passed++
		}
	}
}

// fail counts a failure that has not been counted through a part of it.
func (s *summary) fail(i id) {
	if !s.broken[i] {
		s.failed++
	}
	for ok := true; ok; i, ok = i.above() {
		s.broken[i] = true
	}
}

// endPackage prints a package's line. If it failed, all that it wrote and that
// no test has shown follows: a panic, a failed build, a race after the last test.
func (s *summary) endPackage(e event, i id) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(s.out, "ok       %-48s %6.1fs\n", i.pkg, e.Elapsed)
	case "skip":
		fmt.Fprintf(s.out, "no tests %s\n", i.pkg)
	case "fail":
		fmt.Fprintf(s.out, "FAIL     %s\n%s%s", i.pkg, indent(s.builds[e.FailedBuild]), indent(s.output[i]))
		for other, lines := range s.output {
			if other.pkg == i.pkg && other.test != "" {
				fmt.Fprintf(s.out, "--- did not end: %s\n%s", other.test, indent(lines))
			}
		}
		s.fail(i)
	}
}

// print prints the reasons of the skips, each once with the number of tests, and
// then the counts as the last line.
func (s *summary) print() {
	tests := map[string][]string{}
	for _, k := range s.skipped {
		tests[k.reason] = append(tests[k.reason], k.test)
	}
	if len(tests) > 0 {
		fmt.Fprintln(s.out, "\nskipped:")
	}
	for _, why := range slices.Sorted(maps.Keys(tests)) {
		fmt.Fprintf(s.out, "  %d x %s%s\n", len(tests[why]), why, examples(tests[why]))
	}
	fmt.Fprintf(s.out, "\n%d passed, %d failed, %d skipped\n", s.passed, s.failed, len(s.skipped))
}

// examples names up to three tests in brackets.
func examples(tests []string) string {
	names := slices.Sorted(slices.Values(tests))
	switch more := len(names) - 3; {
	case names[len(names)-1] == "":
		return ""
	case more > 0:
		return fmt.Sprintf(" (%s and %d more)", strings.Join(names[:3], ", "), more)
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// frame are the lines that go test puts around what a test says.
var frame = regexp.MustCompile(`^\s*(=== |--- SKIP)`)

// place is the source position before what a test logs.
var place = regexp.MustCompile(`^\s*[\w.-]+\.go:\d+: `)

// reason is what a skipped test said.
func reason(output []string) string {
	var said []string
	for _, line := range output {
		if !frame.MatchString(line) {
			line = strings.TrimPrefix(place.ReplaceAllString(line, ""), "skipped: ")
			said = append(said, strings.TrimSpace(line))
		}
	}
	if text := strings.TrimSpace(strings.Join(said, " ")); text != "" {
		return text
	}
	return "no reason given"
}

func indent(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		if line != "" {
			b.WriteString("    " + strings.TrimSuffix(line, "\n") + "\n")
		}
	}
	return b.String()
}
