package cli

import (
	"context"
	"fmt"

	"icono/internal/pipeline"
	"icono/internal/trace"
)

// replayed runs a study by its stored and recorded answers alone, and hands on what
// happened to the rows whose key keep accepts; nil accepts all. The study's files are
// open as long. Nothing is asked, downloaded or written. What is not answered yet is
// skipped.
func (a *app) replayed(ctx context.Context, args []string, flags studyFlags, keep func(key string) bool, use func(*study, *trace.Run) error) error {
	r := trace.NewRecorder(keep)
	flags.ask.look, flags.ask.offline, flags.ask.record = true, true, "new_episodes"
	flags.ask.heard = r.Heard
	s, err := a.open(ctx, args, flags, true)
	if err != nil {
		return err
	}
	defer s.close()
	if err := a.admit(s.faults); err != nil {
		return err
	}
	s.settings.Warn = func(text string) { fmt.Fprintf(a.Err, "warning: %s\n", text) }
	r.Begin(s.plan)
	facts, err := a.replay(ctx, s, pipeline.RunSettings{Tap: r.Tap})
	if err != nil {
		return err
	}
	s.backends.closeModels()
	return use(s, r.End(facts))
}
