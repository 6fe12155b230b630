// Package cliptest makes a tiny multilingual model with the files that
// open_clip exports have, for tests: its image tower gives the mean red, green
// and blue of a picture, its text tower adds up red, green and blue over the
// words of a phrase, in German and English. What it answers can be computed by
// hand.
package cliptest

import (
	"encoding/json"
	"os"
	"path/filepath"

	"icono/internal/onnx/graph"
)

// Size is the side of the pictures.
const Size = 8

// The special tokens of the tokenizer.
const (
	Start int64 = 0
	Pad   int64 = 1
	End   int64 = 2
)

// Options choose among the forms that exports have.
type Options struct {
	Int64 bool // token ids are int64, not int32
	Mask  bool // the text tower takes an attention mask and token types, and any batch
	// Length is the number of positions of the text tower; 0 lets the input
	// say any, and tokenizer.json 9.
	Length int64
	// Mean and Std say how pictures are prepared, the same for all colours; 0
	// is CLIP's way.
	Mean, Std float32
}

// words are the vocabulary after the special tokens, each with its colour.
func words() []struct {
	token  string
	colour [3]float32
} {
	return []struct {
		token  string
		colour [3]float32
	}{
		{"▁a", [3]float32{}}, {"▁ein", [3]float32{}}, {"▁picture", [3]float32{}}, {"▁Bild", [3]float32{}},
		{"▁red", [3]float32{1}}, {"▁rot", [3]float32{1}}, {"es", [3]float32{}},
		{"▁green", [3]float32{0, 1}}, {"▁grün", [3]float32{0, 1}},
		{"▁blue", [3]float32{0, 0, 1}}, {"▁blau", [3]float32{0, 0, 1}}, {"▁", [3]float32{}},
	}
}

// Write writes the model's files into a folder, as open_clip exports have them.
func Write(dir string, o Options) error {
	vision, err := o.vision()
	if err != nil {
		return err
	}
	text, err := o.text()
	if err != nil {
		return err
	}
	prepare := map[string]any{"size": []int{Size, Size}, "mode": "RGB", "interpolation": "bicubic", "resize_mode": "shortest", "fill_color": 0}
	if o.Std != 0 {
		prepare["mean"], prepare["std"] = [3]float32{o.Mean, o.Mean, o.Mean}, [3]float32{o.Std, o.Std, o.Std}
	}
	for name, content := range map[string]any{
		"visual/model.onnx": vision, "visual/preprocess_cfg.json": prepare,
		"textual/model.onnx": text, "textual/tokenizer.json": o.tokenizer(),
		"textual/tokenizer_config.json": map[string]any{"pad_token": "<pad>"},
	} {
		data, ok := content.([]byte)
		if !ok {
			if data, err = json.Marshal(content); err != nil {
				return err
			}
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// vision is the mean of each channel, turned back into shares of 255.
func (o Options) vision() ([]byte, error) {
	mean, std := [3]float32{0.48145466, 0.4578275, 0.40821073}, [3]float32{0.26862954, 0.26130258, 0.27577711}
	if o.Std != 0 {
		mean, std = [3]float32{o.Mean, o.Mean, o.Mean}, [3]float32{o.Std, o.Std, o.Std}
	}
	g := graph.New("mean colour")
	image := g.Input("image", graph.Float, graph.Fixed(1), graph.Fixed(3), graph.Fixed(Size), graph.Fixed(Size))
	means := g.Node("ReduceMean", []string{image}, []string{"means"}, graph.Ints("axes", 2, 3), graph.Int("keepdims", 0))
	scaled := g.Node("Mul", []string{means, g.Floats("std", nil, std[:]...)}, []string{"scaled"})
	g.Node("Add", []string{scaled, g.Floats("mean", nil, mean[:]...)}, []string{"embedding"})
	g.Output("embedding", graph.Float, graph.Fixed(1), graph.Fixed(3))
	return g.Marshal()
}

// text adds up the colours of the words. Padding counts as red, so that a
// tower with a mask must be given the right one.
func (o Options) text() ([]byte, error) {
	elem, batch, length := graph.Int32, graph.Fixed(1), graph.Sym("L")
	if o.Int64 {
		elem = graph.Int64
	}
	if o.Mask {
		batch = graph.Sym("N")
	}
	if o.Length > 0 {
		length = graph.Fixed(o.Length)
	}
	table := make([]float32, 3*4)
	if o.Mask {
		table[3*Pad] = 1
	}
	for _, w := range words() {
		table = append(table, w.colour[:]...)
	}
	g := graph.New("colour words")
	name := "text"
	if o.Mask {
		name = "input_ids"
	}
	ids := g.Input(name, elem, batch, length)
	colours := g.Node("Gather", []string{g.Floats("table", []int64{int64(len(table) / 3), 3}, table...), ids}, []string{"colours"}, graph.Int("axis", 0))
	if o.Mask {
		mask := g.Input("attention_mask", elem, batch, length)
		types := g.Input("token_type_ids", elem, batch, length)
		used := g.Node("Sub", []string{mask, types}, []string{"used"})
		weights := g.Node("Cast", []string{used}, []string{"weights"}, graph.Int("to", int64(graph.Float)))
		wide := g.Node("Unsqueeze", []string{weights, g.Int64s("last", []int64{1}, 2)}, []string{"wide"})
		colours = g.Node("Mul", []string{colours, wide}, []string{"masked"})
	}
	g.Node("ReduceSum", []string{colours, g.Int64s("positions", []int64{1}, 1)}, []string{"embedding"}, graph.Int("keepdims", 0))
	g.Output("embedding", graph.Float, batch, graph.Fixed(3))
	return g.Marshal()
}

func (o Options) tokenizer() map[string]any {
	vocab := [][2]any{{"<s>", 0}, {"<pad>", 0}, {"</s>", 0}, {"<unk>", 0}}
	for _, w := range words() {
		vocab = append(vocab, [2]any{w.token, -2})
	}
	special := func(name string, id int64) map[string]any {
		return map[string]any{"id": id, "content": name, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}
	}
	item := func(kind, id string) map[string]any {
		return map[string]any{kind: map[string]any{"id": id, "type_id": 0}}
	}
	ids := func(name string, id int64) map[string]any {
		return map[string]any{"id": name, "ids": []int64{id}, "tokens": []string{name}}
	}
	file := map[string]any{
		"version": "1.0", "truncation": nil, "padding": nil,
		"added_tokens": []any{special("<s>", Start), special("<pad>", Pad), special("</s>", End)},
		"normalizer":   map[string]any{"type": "NFKC"},
		"pre_tokenizer": map[string]any{"type": "Sequence", "pretokenizers": []any{
			map[string]any{"type": "WhitespaceSplit"},
			map[string]any{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}}},
		"post_processor": map[string]any{"type": "TemplateProcessing", "single": []any{item("SpecialToken", "<s>"), item("Sequence", "A"), item("SpecialToken", "</s>")},
			"special_tokens": map[string]any{"<s>": ids("<s>", Start), "</s>": ids("</s>", End)}},
		"model": map[string]any{"unk_id": 3, "vocab": vocab},
	}
	if o.Length == 0 {
		file["truncation"] = map[string]any{"max_length": 9, "direction": "Right", "strategy": "LongestFirst", "stride": 0}
	}
	return file
}
