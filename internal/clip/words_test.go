package clip_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"icono/internal/clip"
	"icono/internal/clip/cliptest"
	"icono/internal/clip/token"
	"icono/internal/onnx"
)

// tiny opens a tiny multilingual model from a folder.
func tiny(t *testing.T, o cliptest.Options, change func(dir string)) (*clip.Model, error) {
	t.Helper()
	path, _ := onnx.Locate()
	if path == "" {
		t.Skip("skipped: needs ONNX Runtime's library")
	}
	dir := t.TempDir()
	if err := cliptest.Write(dir, o); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(dir)
	}
	runtime, err := onnx.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = runtime.Close() })
	m, err := clip.Open(runtime, clip.Options{Dir: dir, Device: "cpu", Precision: "fp32"})
	if err == nil {
		t.Cleanup(func() { _ = m.Close() })
	}
	return m, err
}

func TestOwnTokenizer(t *testing.T) {
	for name, o := range map[string]cliptest.Options{
		"open_clip":    {Length: 12},
		"int64, mask":  {Length: 12, Int64: true, Mask: true},
		"int32, mask":  {Mask: true},
		"any length":   {},
		"own channels": {Length: 12, Mean: 0.5, Std: 0.25},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := tiny(t, o, nil)
			if err != nil {
				t.Fatal(err)
			}
			length := int(o.Length)
			if length == 0 {
				length = 9 // as tokenizer.json says
			}
			var all [][]int64
			var used []int
			for _, phrase := range []string{"ein  rotes Bild", "a blue picture", "grün"} {
				ids, n, err := m.EncodePhrase(phrase)
				if err != nil {
					t.Fatal(err)
				}
				all, used = append(all, ids), append(used, n)
			}
			want := append([]int64{cliptest.Start, 5, 9, 10, 7, cliptest.End}, slices.Repeat([]int64{cliptest.Pad}, length-6)...)
			if !slices.Equal(all[0], want) || used[0] != 6 || used[2] != 3 {
				t.Errorf("ids %v, %d of them in use; want %v", all[0], used[0], want)
			}
			vectors, err := m.EmbedTexts(context.Background(), all, used)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range [][]float32{{1, 0, 0}, {0, 0, 1}, {0, 1, 0}} {
				if !slices.Equal(vectors[i], want) {
					t.Errorf("phrase %d gives %v, want %v", i, vectors[i], want)
				}
			}
			checkPicture(t, m)
		})
	}
}

// checkPicture sends one colour through the normaliser and the image tower,
// three pictures at once.
func checkPicture(t *testing.T, m *clip.Model) {
	t.Helper()
	area := 3 * m.Size() * m.Size()
	if m.Size() != cliptest.Size || m.Dim() != 3 {
		t.Fatalf("size %d, dim %d", m.Size(), m.Dim())
	}
	pixels := slices.Repeat([]byte{200, 0, 150}, area/3)
	values := make([]float32, 3*area)
	for i := range 3 {
		m.Normalizer().Apply(pixels, values[i*area:(i+1)*area])
	}
	vectors := make([]float32, 3*3)
	if err := m.EmbedImages(context.Background(), values, 3, vectors); err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		if want := []float64{0.8, 0, 0.6}[i%3]; math.Abs(float64(v)-want) > 1e-5 {
			t.Errorf("value %d is %v, want %v", i, v, want)
		}
	}
}

func TestFilesOfTheFolder(t *testing.T) {
	m, err := tiny(t, cliptest.Options{Length: 12, Mean: 0.5, Std: 0.25}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range m.Files() {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	if want := []string{"textual/model.onnx", "textual/tokenizer.json", "visual/model.onnx"}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
	if !strings.Contains(m.OwnPreparation(), "0.25") {
		t.Errorf("preparation %q", m.OwnPreparation())
	}
}

func TestPhraseTooLong(t *testing.T) {
	m, err := tiny(t, cliptest.Options{Length: 12}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, n, err := m.EncodePhrase(strings.Repeat("rot ", 10)); n != 12 || err != nil {
		t.Errorf("%d ids in use, %v", n, err)
	}
	var long *clip.TooLongError
	if _, _, err := m.EncodePhrase(strings.Repeat("rot ", 11)); !errors.As(err, &long) || long.Tokens != 11 || long.Limit != 10 {
		t.Errorf("got %v", err)
	}
}

// TestCLIPTokens: a folder without tokenizer.json, or with CLIP's own, has
// CLIP's tokens.
func TestCLIPTokens(t *testing.T) {
	own := func(dir string) {
		vocab := map[string]int{"<|endoftext|>": token.End}
		for i := range token.End {
			vocab[string(rune(0x10000+i))] = i
		}
		text, err := json.Marshal(map[string]any{"model": map[string]any{"type": "BPE", "end_of_word_suffix": "</w>", "vocab": vocab}})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "textual/tokenizer.json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(string){"own": own, "none": func(dir string) { _ = os.Remove(filepath.Join(dir, "textual/tokenizer.json")) }} {
		t.Run(name, func(t *testing.T) {
			_, err := tiny(t, cliptest.Options{Length: 77}, change)
			// The tiny table ends long before CLIP's ids: the tower says so.
			if err == nil || !strings.Contains(err.Error(), "49406") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRefusedFolders(t *testing.T) {
	write := func(name, text string) func(string) {
		return func(dir string) {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		change func(string)
		want   string
	}{
		{write("visual/preprocess_cfg.json", `{"interpolation": "bilinear"}`), "another filter than bicubic"},
		{write("visual/preprocess_cfg.json", `{"resize_mode": "squash"}`), "not cropped to the square"},
		{write("preprocessor_config.json", `{"do_center_crop": false}`), "not cropped to the square"},
		{write("visual/preprocess_cfg.json", `{"std": [0, 1, 1]}`), "must be positive"},
		{write("visual/preprocess_cfg.json", `[`), "cannot be read"},
		{write("textual/tokenizer.json", `{"model": {"type": "WordLevel", "vocab": {}}}`), `a model of type "WordLevel"`},
		{write("textual/tokenizer_config.json", `{"pad_token": {"content": "<fill>"}}`), "which token fills up"},
	} {
		t.Run(c.want, func(t *testing.T) {
			if _, err := tiny(t, cliptest.Options{Length: 12}, c.change); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestMultilingualIsNamed(t *testing.T) {
	if !clip.HasOwnTokenizer("clip-xlm-roberta-b-32") || clip.HasOwnTokenizer("clip-vit-b-32") || clip.HasOwnTokenizer("./models/x") {
		t.Error("the catalogue has no multilingual model, or too many")
	}
	if _, err := (clip.Store{Dir: t.TempDir()}).Install(context.Background(), "clip-xlm-roberta-b-32", "fp16"); err == nil || !strings.Contains(err.Error(), "fp32 only") {
		t.Errorf("got %v", err)
	}
}
