package cliptest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"icono/internal/onnx/graph"
)

// clipTokens is the number of CLIP's tokens.
const clipTokens = 49408

// WriteTransformers writes a tiny model with the files, inputs and outputs that
// transformers.js' exports of OpenAI's CLIP have: CLIP's tokens, any batch. Its
// image tower gives the mean red, green and blue of a picture of Size pixels,
// its text tower the sum of three numbers from 0 to 1 of each token, which mean
// nothing: what it answers is lawful, but no judgement of pictures.
func WriteTransformers(dir string) error {
	g := graph.New("mean colour")
	image := g.Input("pixel_values", graph.Float, graph.Sym("batch_size"), graph.Fixed(3), graph.Sym("height"), graph.Sym("width"))
	means := g.Node("ReduceMean", []string{image}, []string{"means"}, graph.Ints("axes", 2, 3), graph.Int("keepdims", 0))
	g.Node("Add", []string{means, g.Floats("light", nil, 2)}, []string{"image_embeds"})
	g.Output("image_embeds", graph.Float, graph.Sym("batch_size"), graph.Fixed(3))
	vision, err := g.Marshal()
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(5, 6))
	table := make([]float32, 3*clipTokens)
	for i := range table {
		table[i] = r.Float32()
	}
	g = graph.New("sum of tokens")
	ids := g.Input("input_ids", graph.Int64, graph.Sym("batch_size"), graph.Sym("sequence_length"))
	values := g.Node("Gather", []string{g.Floats("table", []int64{clipTokens, 3}, table...), ids}, []string{"values"}, graph.Int("axis", 0))
	g.Node("ReduceSum", []string{values, g.Int64s("positions", []int64{1}, 1)}, []string{"text_embeds"}, graph.Int("keepdims", 0))
	g.Output("text_embeds", graph.Float, graph.Sym("batch_size"), graph.Fixed(3))
	text, err := g.Marshal()
	if err != nil {
		return err
	}
	prepare, err := json.Marshal(map[string]any{"crop_size": Size, "size": Size, "do_center_crop": true, "resample": 3})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "onnx"), 0o755); err != nil {
		return err
	}
	for name, data := range map[string][]byte{"onnx/vision_model.onnx": vision, "onnx/text_model.onnx": text, "preprocessor_config.json": prepare} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), data, 0o644); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
