package report

import (
	"fmt"
	"slices"
	"strings"
)

// byHand is what stands for a model where people gave the answers.
const byHand = "hand-coded"

// coders returns the models that a stage states, and whether people have coded.
func (m *composer) coders(id string) (models []string, people bool) {
	for _, s := range m.facts.Stages {
		for _, f := range s.Facts {
			if s.ID == id && f.Name == "model" {
				models = strings.Split(f.Value, ", ")
			}
		}
	}
	n := len(models)
	models = slices.DeleteFunc(models, func(name string) bool { return name == byHand })
	return models, len(models) < n
}

// with says which model a stage has coded with; nothing where it does not say.
func (m *composer) with(id string) prose {
	models, people := m.coders(id)
	if len(models) == 0 {
		return nil
	}
	out := say(" with the model ", strings.Join(models, ", "))
	if people {
		out = append(out, word{Text: ", and in part by people"})
	}
	return out
}

// people reports whether people have given all the answers of a stage.
func (m *composer) people(id string) bool {
	models, people := m.coders(id)
	return people && len(models) == 0
}

// by says which stage has coded.
func (m *composer) by(id string) prose {
	if m.people(id) {
		return say("by people, not by a model (stage ", id, ")")
	}
	return append(say("by the stage ", id, m.kindOf(id)), m.with(id)...)
}

// kindOf returns " (clip)" for the stage that the run tells of.
func (m *composer) kindOf(id string) string {
	for _, s := range m.facts.Stages {
		if s.ID == id {
			return " (" + s.Kind + ")"
		}
	}
	return ""
}

// siblings counts the variables that the stage of a variable has coded.
func (m *composer) siblings(v *variable) int {
	n := 0
	for _, w := range m.all.variables {
		if v.stage != "" && w.stage == v.stage {
			n++
		}
	}
	return n
}

// whole says who coded the variables of a stage that codes several.
func (m *composer) whole(v *variable) prose {
	out := append(say(fmt.Sprintf("%d variables were coded ", m.siblings(v))), m.by(v.stage)...)
	out = append(out, v.book()...)
	if _, faults := m.faultsOf(v.stage); faults != "" {
		out = append(out, word{Text: "; " + faults})
	}
	return append(out, word{Text: "."})
}

// book names the codebook of a variable, if there is one.
func (v *variable) book() prose {
	if v.means.Source == "" {
		return nil
	}
	return say(" by the codebook ", v.means.Source)
}
