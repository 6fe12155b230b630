package gemini

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"

	"icono/internal/chat"
	"icono/internal/picture"
)

var modelName = regexp.MustCompile(`^((models|tunedModels)/)?[^/?#\s]+$`)

// check reports what is wrong with a request beyond what its own Check finds.
func check(r chat.Request) error {
	errs := []error{r.Check()}
	if r.Model != "" && !modelName.MatchString(r.Model) {
		errs = append(errs, fmt.Errorf("the model %q is none of Gemini's; names look like gemini-3.5-flash-lite", r.Model))
	}
	if s := r.Parameters.Seed; s != nil && (*s < math.MinInt32 || *s > math.MaxInt32) {
		errs = append(errs, fmt.Errorf("the seed is %d; Gemini takes %d to %d", *s, math.MinInt32, math.MaxInt32))
	}
	_, err := thinkingOf(r.Model, r.Parameters.ReasoningEffort)
	errs = append(errs, err)
	_, err = resolutionOf(r)
	return errors.Join(append(errs, err)...)
}

// resolutionOf returns the mediaResolution of a request, "" for the model's own:
// that of the pictures' detail, which must be one, since Gemini has one for the
// whole request.
func resolutionOf(r chat.Request) (string, error) {
	var detail chat.Detail
	first := true
	for _, m := range r.Messages {
		for _, p := range m.Parts {
			if p.Image == nil {
				continue
			}
			d := p.Image.Detail
			if d == chat.DetailAuto {
				d = ""
			}
			if !first && d != detail {
				return "", fmt.Errorf("the pictures of one request have the details %s and %s; Gemini sees all pictures of a request at one resolution: give them the same", named(detail), named(d))
			}
			detail, first = d, false
		}
	}
	if detail == "" {
		return "", nil
	}
	return "MEDIA_RESOLUTION_" + strings.ToUpper(string(detail)), nil
}

func named(d chat.Detail) string {
	if d == "" {
		return string(chat.DetailAuto)
	}
	return string(d)
}

// file returns the file of a picture as it is sent, and its type.
func file(m *chat.Image) (data []byte, mime string, err error) {
	name := "the picture"
	if m.Name != "" {
		name += " " + m.Name
	}
	data = m.Data
	if err := picture.Here(data); err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	if m.Prepared != "" {
		if data, err = m.Prepare(data); err != nil {
			return nil, "", fmt.Errorf("%s: %w", name, err)
		}
	}
	switch format := picture.Sniff(data); format {
	case "jpeg", "png", "webp":
		return data, "image/" + format, nil
	case "":
		return nil, "", fmt.Errorf("%s is no picture of a known format; Gemini takes JPEG, PNG and WebP", name)
	default:
		return nil, "", fmt.Errorf("%s is %s; Gemini takes JPEG, PNG and WebP: convert it first", name, strings.ToUpper(format))
	}
}
