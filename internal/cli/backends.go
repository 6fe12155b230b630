package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"icono/internal/clip"
	"icono/internal/detect"
	"icono/internal/onnx"
	"icono/internal/palette"
	"icono/internal/stage"
	"icono/stages"
	clipkind "icono/stages/clip"
)

// backends opens the parts of the machine that kinds need, each when it is
// first asked for, and closes them at the end.
type backends struct {
	out  io.Writer
	live bool
	// offline has nothing downloaded.
	offline bool

	askers *askers

	mu       sync.Mutex
	runtime  *onnx.Runtime
	encoders map[clipkind.Request]*encoder
	// detectors are closed before the library.
	detectors []*detect.Detector
}

func newBackends(out io.Writer, live bool) *backends {
	return &backends{out: out, live: live, askers: &askers{}, encoders: map[clipkind.Request]*encoder{}}
}

func (b *backends) all() stages.Backends {
	return stages.Backends{Models: b, Shelves: b.askers, Askers: b.askers, Readers: b}
}

// Names implements clip.Models.
func (b *backends) Names() []string {
	names := []string{palette.Name}
	for _, m := range clip.Catalogue() {
		names = append(names, m.Name)
	}
	return names
}

// Open implements clip.Models.
func (b *backends) Open(ctx context.Context, r clipkind.Request) (clipkind.Encoder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e, ok := b.encoders[r]; ok {
		return e, nil
	}
	runtime, err := b.library()
	if err != nil {
		return nil, err
	}
	e := &encoder{name: r.Name, palette: r.Model == palette.Name, runtime: runtime.Version()}
	o := clip.Options{Dir: r.Model, Device: r.Device, Precision: r.Precision, Threads: r.Threads, ImageSize: r.ImageSize}
	store := clip.DefaultStore()
	store.Progress, store.Warn = b.progress, func(text string) { e.notes = append(e.notes, text) }
	named := false
	switch {
	case r.Model == palette.Name:
		o.Dir, o.Vision, o.Text = "", palette.Vision(), palette.Text()
	case slices.Contains(b.Names(), r.Model):
		if b.offline && !store.Has(r.Model, r.Precision) {
			return nil, &stage.MissingError{What: fmt.Sprintf("the model %s is not on this machine, and this command downloads nothing", r.Model),
				Mend: "run the study here, or record its vectors where it was run: icono answers export --vectors"}
		}
		dir, err := store.Install(ctx, r.Model, r.Precision)
		if err != nil {
			for _, note := range e.notes { // no run will tell them
				fmt.Fprintln(b.out, "warning: "+note)
			}
			return nil, err
		}
		o.Dir, named = dir, true
	}
	model, err := clip.Open(runtime, o)
	if err != nil {
		return nil, fmt.Errorf("the model %s cannot be used: %w", r.Model, err)
	}
	if named {
		if err := store.Check(o.Dir, model.Files()); err != nil {
			_ = model.Close() // the error that matters is the first
			return nil, err
		}
	}
	e.Model = model
	b.encoders[r] = e
	return e, nil
}

// progress shows a download.
func (b *backends) progress(name string, done, total int64) {
	if !b.live {
		return
	}
	if total > 0 {
		fmt.Fprintf(b.out, "\r\x1b[2Kdownloading %s: %d of %d MB", name, done>>20, total>>20)
	} else {
		fmt.Fprintf(b.out, "\r\x1b[2Kdownloading %s: %d MB", name, done>>20)
	}
	if done == total {
		fmt.Fprint(b.out, "\r\x1b[2K")
	}
}

// close closes models and library.
func (b *backends) close() {
	b.askers.close()
	b.closeModels()
}

// closeModels closes models and library, so that another study can open its own: a
// process has one library.
func (b *backends) closeModels() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.encoders {
		_ = e.Close() // nothing was written to them
	}
	for _, d := range b.detectors {
		_ = d.Close()
	}
	if b.runtime != nil {
		_ = b.runtime.Close()
	}
	clear(b.encoders)
	b.detectors, b.runtime = nil, nil
}

// encoder is an open model as the kind clip wants it.
type encoder struct {
	*clip.Model
	name, runtime string
	palette       bool
	notes         []string // about how the model was got
}

// Notes implements clip.Encoder.
func (e *encoder) Notes() []string { return slices.Concat(e.notes, e.Model.Notes()) }

// EmbedTexts implements clip.Encoder.
func (e *encoder) EmbedTexts(ctx context.Context, phrases []string) ([][]float32, error) {
	ids, lengths := make([][]int64, len(phrases)), make([]int, len(phrases))
	for i, p := range phrases {
		var err error
		if ids[i], lengths[i], err = e.EncodePhrase(p); err != nil {
			return nil, fmt.Errorf("the phrase %q: %w", p, err)
		}
	}
	return e.Model.EmbedTexts(ctx, ids, lengths)
}

// LogitScale implements clip.Encoder.
func (e *encoder) LogitScale() float64 { return clip.DefaultScale }

// Facts implements clip.Encoder.
func (e *encoder) Facts() []stage.Fact {
	facts := []stage.Fact{{Name: "model", Value: e.name}, {Name: "vector length", Value: fmt.Sprint(e.Dim())}, {Name: "picture side", Value: fmt.Sprint(e.Size())},
		{Name: "precision", Value: e.Precision()}, {Name: "device", Value: e.Device()}, {Name: "ONNX Runtime", Value: e.runtime}}
	if own := e.OwnPreparation(); own != "" {
		facts = append(facts, stage.Fact{Name: "pictures prepared with", Value: own})
	}
	for _, f := range e.Files() {
		facts = append(facts, stage.Fact{Name: f.Name, Value: "sha256:" + f.SHA256})
	}
	return facts
}

// Explain implements clip.Encoder.
func (e *encoder) Explain(string) string {
	if !e.palette {
		return "its vector is zero; choose other words"
	}
	var known []string
	for _, c := range palette.Words() {
		known = append(known, c.Words[0])
	}
	return "palette measures colour and light only; it knows words such as " + strings.Join(known, ", ")
}
