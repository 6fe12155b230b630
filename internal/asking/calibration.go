package asking

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"icono/internal/price"
)

// calibrationFile keeps what usage taught about estimates, by stage and model.
const calibrationFile = "calibration.json"

// calibrated reads what earlier runs observed. A file that cannot be read is as
// good as none: it only makes estimates better.
func (d *Desk) calibrated() map[string]price.Calibration {
	out := map[string]price.Calibration{}
	text, err := os.ReadFile(filepath.Join(d.options.Folder, calibrationFile))
	if err == nil && json.Unmarshal(text, &out) != nil {
		return map[string]price.Calibration{}
	}
	return out
}

// keepCalibration writes what this run observed beside what was known.
func (d *Desk) keepCalibration() error {
	if d.reads() {
		return nil
	}
	all, changed := d.calibrated(), false
	for _, l := range d.lines {
		if l.observed.Requests == 0 {
			continue
		}
		c := all[l.calibrates()]
		c.Merge(l.observed)
		all[l.calibrates()], changed = c, true
	}
	if !changed {
		return nil
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(d.options.Folder, calibrationFile)
	temp := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(temp, append(text, '\n'), 0o644); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the folder is gone, and with it what was stored
		}
		return fmt.Errorf("what was learnt for the next plan cannot be kept: %w", err)
	}
	return os.Rename(temp, path)
}

// calibrates names what an observation is about.
func (l *Line) calibrates() string { return l.stage + " " + l.server.Model }
