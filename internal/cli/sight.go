package cli

import (
	"context"
	"fmt"
	"slices"

	"icono/internal/detect"
	"icono/internal/onnx"
	"icono/internal/sight"
)

// OpenSight implements vision.Readers.
func (b *backends) OpenSight(ctx context.Context, stageID string, s sight.Service, device string) (sight.Reader, error) {
	var err error
	if s.Google.BaseURL, err = expand(s.Google.BaseURL); err != nil {
		return nil, err
	}
	if s.Local != nil {
		model := s.Local.Detector
		s.Local.Open = func(ctx context.Context) (sight.Detector, error) { return b.detector(ctx, model, device) }
	}
	desk, err := b.askers.Desk()
	if err != nil {
		return nil, err
	}
	return sight.Open(ctx, desk, stageID, s)
}

// detector opens a model for objects: a named one, or that of a path.
func (b *backends) detector(ctx context.Context, model, device string) (*detect.Detector, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	runtime, err := b.library()
	if err != nil {
		return nil, err
	}
	path := model
	if slices.ContainsFunc(detect.Catalogue(), func(n detect.Named) bool { return n.Name == model }) {
		store := detect.DefaultStore()
		store.Progress, store.Warn = b.progress, func(text string) { fmt.Fprintln(b.out, "warning: "+text) }
		if path, err = store.Install(ctx, model); err != nil {
			return nil, err
		}
	}
	d, err := detect.Open(runtime, detect.Options{Path: path, Device: device, Threads: 1, MinScore: sight.LeastScore})
	if err != nil {
		return nil, fmt.Errorf("the model %s cannot be used: %w", model, err)
	}
	b.detectors = append(b.detectors, d)
	return d, nil
}

// library opens ONNX Runtime once. The caller holds the lock.
func (b *backends) library() (*onnx.Runtime, error) {
	if b.runtime == nil {
		runtime, err := onnx.Open("")
		if err != nil {
			return nil, err
		}
		b.runtime = runtime
	}
	return b.runtime, nil
}
