package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"icono/internal/lock"
)

// verified refuses a study that is not as in its lock: what is shared is what was run.
func (s *sharing) verified(ctx context.Context) error {
	locked, err := readLock(s.path)
	if err != nil {
		return err
	}
	v := &verification{app: s.quiet(), locked: locked, Differences: []lock.Difference{}}
	if err := v.run(ctx, s.path, studyFlags{workers: s.flags.workers}); err != nil {
		return failed(s.interrupted(ctx, err))
	}
	defer v.study.close()
	lines := append(v.Faults, v.study.differences(lock.Of(v.Differences, lock.Cause, lock.Effect))...)
	switch {
	case len(lines) > 0:
		if more := len(lines) - mostLines; more > 0 {
			lines = append(lines[:mostLines], fmt.Sprintf("and %d more: icono verify lists them", more))
		}
		return &exitError{exitDiffers, fmt.Errorf("the study is not as in %s, and is not shared:\n%s\nrun it, so that the lock says what is shared: icono run", filepath.Base(lock.Path(s.path)), strings.Join(lines, "\n"))}
	case v.Unchecked != "":
		return &exitError{exitMissing, errors.New(v.Unchecked)}
	}
	return nil
}

// mostLines bounds how many differences are listed.
const mostLines = 10
