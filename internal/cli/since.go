package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"icono/internal/lock"
	"icono/internal/stage"
)

// asLocked is the state of a stage that would do again what it did.
const asLocked = "as locked"

// since says of each stage what changed since the lock was written, by id, and under ""
// what changed that belongs to none; nil where
// there is no lock, with an error where there is one that cannot be read. rows is how
// many each stage would yield, -1 where that is not known.
func (s *study) since(ctx context.Context, program string, rows []int64) (map[string]string, *lock.File, error) {
	locked, err := lock.Read(s.plan.Doc.File.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	now, err := s.inputs(program)
	if err != nil {
		return nil, nil, err
	}
	now.Pictures = locked.Pictures // which are compared file by file
	pictures, _, err := lock.CheckPictures(ctx, s.plan.Doc.File.Name, locked, s.library, s.settings.Workers)
	if err != nil {
		return nil, nil, err
	}
	own := map[string][]string{}
	if text := replaced(pictures); text != "" {
		for _, st := range s.plan.Stages {
			if len(st.Inputs) == 0 && stage.Find(st.Out, stage.Image) >= 0 {
				own[st.ID] = append(own[st.ID], text)
			}
		}
	}
	for _, d := range lock.Of(lock.Compare(locked, now), lock.Cause) {
		own[d.Stage] = append(own[d.Stage], briefly(d))
	}
	out := map[string]string{"": strings.Join(own[""], ", ")}
	for _, i := range s.plan.Order {
		st := s.plan.Stages[i]
		state := asLocked
		switch {
		case len(own[st.ID]) > 0:
			state = strings.Join(own[st.ID], ", ")
		case slices.Contains(own[""], "seed changed"):
			state = "seed changed"
		}
		if was := locked.Stages[st.ID]; was != nil && st.Kind == "load" && rows[i] >= 0 && rows[i] != was.Rows {
			state += fmt.Sprintf(" (%+d rows)", rows[i]-was.Rows)
		}
		for _, id := range s.plan.InputIDs(st) {
			if out[id] != asLocked && state == asLocked {
				state = "after " + origin(id, out[id])
			}
		}
		out[st.ID] = state
	}
	return out, locked, nil
}

// replaced words what became of the pictures that the lock lists, "" where they are as
// they were.
func replaced(pictures []lock.Difference) string {
	changed, gone := 0, 0
	for _, d := range pictures {
		switch {
		case d.What != "picture":
			return d.What + " changed"
		case d.Found == "":
			gone++
		default:
			changed++
		}
	}
	var parts []string
	if changed > 0 {
		parts = append(parts, count(changed, "picture")+" changed")
	}
	if gone > 0 {
		parts = append(parts, count(gone, "picture")+" gone")
	}
	return strings.Join(parts, ", ")
}

// origin is the stage that a state hangs on.
func origin(id, state string) string {
	if from, follows := strings.CutPrefix(state, "after "); follows {
		return from
	}
	return id
}

// briefly words a difference in a few words.
func briefly(d lock.Difference) string {
	name := d.Name
	if name == "" {
		name = d.What
	}
	switch {
	case d.What == "stage":
		return "new"
	case d.Locked == "":
		return name + " is new"
	case d.Found == "":
		return name + " is gone"
	}
	return name + " changed"
}

// answered corrects what stages would ask whose inputs are made by other stages: where
// neither they nor what they read changed, they are answered.
func (s *study) answered(quotes map[string]stage.Quote, since map[string]string, locked *lock.File) {
	for _, i := range s.plan.Order {
		st := s.plan.Stages[i]
		q, asks := quotes[st.ID]
		was := (*lock.Stage)(nil)
		if locked != nil {
			was = locked.Stages[st.ID]
		}
		if !asks || q.Requests == 0 || len(q.Reasons) > 0 || was == nil || since[st.ID] != asLocked || was.AnswersSum == "" {
			continue
		}
		open := false
		for k, need := range s.plan.Upstream(i) {
			open = open || need && k != i && quotes[s.plan.Stages[k].ID].Requests > 0
		}
		if !open {
			quotes[st.ID] = stage.Quote{Rows: q.Rows, Stored: int64(was.Answers), Notes: []string{fmt.Sprintf("%s is answered as in the lock: nothing that its questions are made from changed", st.ID)}}
		}
	}
}
