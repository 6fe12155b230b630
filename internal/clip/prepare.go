package clip

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// preparation is how a model wants its pictures.
type preparation struct {
	size      int // side of the square; 0 where the folder does not say
	mean, std [3]float32
}

// prepareFile is the part of preprocessor_config.json (Hugging Face) and of
// preprocess_cfg.json (open_clip) that decides how pictures are prepared.
type prepareFile struct {
	ImageMean  []float32 `json:"image_mean"`
	ImageStd   []float32 `json:"image_std"`
	Crop       any       `json:"crop_size"`
	CenterCrop *bool     `json:"do_center_crop"`
	Resample   *int      `json:"resample"` // Pillow's number

	Mean          []float32 `json:"mean"`
	Std           []float32 `json:"std"`
	Interpolation string    `json:"interpolation"`
	ResizeMode    string    `json:"resize_mode"`

	Size any `json:"size"`
}

// bicubic is Pillow's number of the filter that icono computes.
const bicubic = 3

// readPreparation reads how a folder's model wants its pictures; CLIP's way is
// what the folder does not say. What icono does not compute is an error.
func readPreparation(dir string) (preparation, error) {
	p := preparation{mean: channelMean(), std: channelStd()}
	path := ""
	for _, name := range []string{"preprocessor_config.json", "preprocess_cfg.json"} {
		if path == "" {
			path = firstFile(dir, name, "visual")
		}
	}
	if path == "" {
		return p, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return p, err
	}
	name := filepath.Base(path)
	var f prepareFile
	if err := json.Unmarshal(text, &f); err != nil {
		return p, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	switch {
	case f.Interpolation != "" && f.Interpolation != "bicubic" || f.Resample != nil && *f.Resample != bicubic:
		return p, fmt.Errorf("%s asks for another filter than bicubic, which icono does not compute", name)
	case f.ResizeMode != "" && f.ResizeMode != "shortest" || f.CenterCrop != nil && !*f.CenterCrop:
		return p, fmt.Errorf("%s asks for pictures that are not cropped to the square in their centre, which icono does not compute", name)
	}
	for _, v := range []struct {
		from []float32
		to   *[3]float32
	}{{f.ImageMean, &p.mean}, {f.Mean, &p.mean}, {f.ImageStd, &p.std}, {f.Std, &p.std}} {
		if len(v.from) == 3 {
			copy(v.to[:], v.from)
		}
	}
	if min(p.std[0], p.std[1], p.std[2]) <= 0 {
		return p, fmt.Errorf("%s names the standard deviations %v; they must be positive", name, p.std)
	}
	if p.size = side(f.Crop); p.size == 0 {
		p.size = side(f.Size)
	}
	return p, nil
}

// side reads 224, [224, 224], {"height": 224, "width": 224} or
// {"shortest_edge": 224}.
func side(v any) int {
	switch v := v.(type) {
	case float64:
		return int(v)
	case []any:
		if len(v) > 0 {
			return side(v[0])
		}
	case map[string]any:
		for _, key := range []string{"height", "shortest_edge"} {
			if n, ok := v[key].(float64); ok {
				return int(n)
			}
		}
	}
	return 0
}

// Normalizer returns what turns pictures into the values that the image tower
// reads.
func (m *Model) Normalizer() *Normalizer { return tabulate(m.prepared.mean, m.prepared.std) }

// OwnPreparation says with which mean and standard deviation the model wants
// its pictures, or "" where they are CLIP's.
func (m *Model) OwnPreparation() string {
	if m.prepared.mean == channelMean() && m.prepared.std == channelStd() {
		return ""
	}
	return fmt.Sprintf("mean %v, standard deviation %v", m.prepared.mean, m.prepared.std)
}
