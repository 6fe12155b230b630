package lock

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/pipeline"
	"icono/internal/stage"
)

// Cassettes names the files with the recorded answers of a stage, as paths from the
// pipeline file, none where it has none.
type Cassettes func(stageID string) []string

// Inputs states what a study is made from: what its pipeline says and the files that
// it names, but for the pictures. The error is one of a file that cannot be read.
func Inputs(p *pipeline.Plan, study stage.Study, cassettes Cassettes, program string) (*File, error) {
	d := p.Doc
	passages := d.Passages()
	f := &File{Program: program, Stages: map[string]*Stage{},
		Pipeline: Pipeline{Header: sumText(fmt.Sprintf("%q %q", d.Name, d.About)), Seed: d.Seed, Text: sumText(passages[""])}}
	for _, path := range []string{d.Prices, d.Pictures} {
		if path == "" {
			continue
		}
		sum, err := SumFile(study, path)
		if err != nil {
			return nil, err
		}
		if f.Pipeline.Reads == nil {
			f.Pipeline.Reads = map[string]Sum{}
		}
		f.Pipeline.Reads[path] = sum
	}
	for _, s := range p.Stages {
		out := &Stage{Kind: s.Kind, Text: sumText(passages[s.ID]), From: p.InputIDs(s)}
		out.configure(s)
		var err error
		if out.Reads, err = reads(study, s.Reads); err != nil {
			return nil, err
		}
		if out.Cassettes, err = reads(study, cassettes(s.ID)); err != nil {
			return nil, err
		}
		f.Stages[s.ID] = out
	}
	return f, nil
}

// longest is the length of values that stand in a lock as they are.
const longest = 60

func (s *Stage) configure(p *pipeline.Planned) {
	settings := p.Settings()
	s.Options = map[string]string{}
	for _, o := range settings {
		value := o.Value
		var text string
		if json.Unmarshal([]byte(value), &text) == nil {
			value = text
		}
		if len(value) > longest || strings.ContainsAny(value, "\r\n") {
			value = string(sumText(o.Value))
		}
		s.Options[o.Name] = value
	}
	if policy := p.OnFault.String(); policy != pipeline.Keep().String() {
		s.Options["on_fault"] = policy
	}
	s.Config = sumText(fmt.Sprintf("%q %q %q %+q", s.Kind, s.From, p.OnFault, settings))
}

// reads sums files: those that a pattern finds, each by itself. Of a folder, pattern
// or archive of pictures it sums the names; the pictures are listed when they are
// read.
func reads(study stage.Study, paths []string) (map[string]Sum, error) {
	out := map[string]Sum{}
	for _, path := range paths {
		files, names := expand(study, path)
		if names != nil {
			out[path] = sumText(strings.Join(names, "\n"))
			continue
		}
		for _, file := range files {
			sum, err := SumFile(study, file)
			if err != nil {
				return nil, err
			}
			out[file] = sum
		}
	}
	return out, nil
}

// expand returns the files of a path, or the names of the pictures in it.
func expand(study stage.Study, path string) (files, pictures []string) {
	info, err := os.Stat(study.Resolve(path))
	plain := err == nil && info.Mode().IsRegular()
	if !strings.EqualFold(filepath.Ext(path), ".zip") {
		if r, openErr := study.Open(path); plain || openErr == nil {
			if openErr == nil {
				_ = r.Close()
			}
			return []string{path}, nil
		}
	}
	if names, err := study.Pictures(path); err == nil {
		return nil, names
	}
	found, err := filepath.Glob(study.Resolve(path))
	found = slices.DeleteFunc(found, func(f string) bool {
		info, err := os.Stat(f)
		return err != nil || info.IsDir()
	})
	if err != nil || len(found) == 0 {
		return []string{path}, nil
	}
	dir := path[:strings.LastIndexByte(path, '/')+1]
	for i, f := range found {
		if !strings.ContainsAny(dir, "*?[") {
			found[i] = dir + filepath.Base(f)
		}
	}
	return found, nil
}

// Complete states what came of a run: its stages, and the pictures that they read.
// study is that which the run read through.
func (r *Recorder) Complete(f *File, p *pipeline.Plan, facts []stage.StageFacts, study *Witness) (pictures map[string]Sum) {
	for _, s := range p.Stages {
		if i := slices.IndexFunc(facts, func(f stage.StageFacts) bool { return f.ID == s.ID }); i >= 0 {
			r.fill(f.Stages[s.ID], s, facts[i])
		}
	}
	named := map[string]bool{}
	for _, s := range f.Stages {
		for path := range s.Reads {
			named[path] = true
		}
	}
	pictures = map[string]Sum{}
	study.mu.Lock()
	defer study.mu.Unlock()
	for path, sum := range study.sums {
		if !named[path] && (f.Pipeline.Reads == nil || f.Pipeline.Reads[path] == "") {
			pictures[path] = sum
		}
	}
	if len(pictures) > 0 {
		f.Pictures = Pictures{List: filepath.Base(ListPath(p.Doc.File.Name)), Files: len(pictures), Sum: sumText(string(List(pictures)))}
	}
	return pictures
}

// Inputs returns what a lock says that a study is made from, and nothing of what came
// of it.
func (f *File) Inputs() *File {
	out := *f
	out.Stages = map[string]*Stage{}
	for id, s := range f.Stages {
		out.Stages[id] = &Stage{Kind: s.Kind, Config: s.Config, Options: s.Options, Text: s.Text, From: s.From, Reads: s.Reads, Cassettes: s.Cassettes}
	}
	return &out
}

// Written takes over which files were written, from the lock of a run that wrote.
func (f *File) Written(from *File) {
	for id, s := range f.Stages {
		if other := from.Stages[id]; other != nil {
			s.Writes, s.Contents = other.Writes, other.Contents
		}
	}
}
