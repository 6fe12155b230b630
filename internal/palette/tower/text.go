package tower

import (
	"fmt"

	"icono/internal/clip/token"
	"icono/internal/onnx/graph"
)

// Text writes the text tower: input_ids [N,77] -> text_embeds [N,25]. The words
// of a phrase that palette knows are added up, each along its concept's
// dimension, and brought to unit length; all other tokens count nothing, so
// that a phrase without a known word is all zeros.
func Text(tok *token.Tokenizer) ([]byte, error) {
	concepts := Concepts()
	table := make([]byte, token.Size) // 0, or 1 + the concept
	for i, c := range concepts {
		for _, word := range c.Words {
			ids := tok.Tokens(word)
			if len(ids) != 1 {
				return nil, fmt.Errorf("tower: %q, a word of %q, has %d tokens, want 1", word, c.Name, len(ids))
			}
			if table[ids[0]] != 0 {
				return nil, fmt.Errorf("tower: %q, a word of %q, has been taken", word, c.Name)
			}
			table[ids[0]] = byte(i + 1)
		}
	}
	directions := make([]float32, (len(concepts)+1)*Dim)
	for i := range concepts {
		directions[(i+1)*Dim+i] = 1
	}

	b := newBuilder("palette_text")
	b.Doc("palette knows words for colour, light and texture; all others count nothing")
	b.Meta("model", "palette")
	ids := b.Input("input_ids", graph.Int64, graph.Sym("batch"), graph.Fixed(token.Length))
	concept := b.node("Gather", b.Raw("concepts", graph.Uint8, []int64{token.Size}, table), ids)
	concept = b.with([]graph.Attr{graph.Int("to", int64(graph.Int32))}, "Cast", concept)
	rows := b.node("Gather", b.Floats("directions", []int64{int64(len(concepts) + 1), Dim}, directions...), concept)
	second := b.Int64s("second", []int64{1}, 1)
	sum := b.with([]graph.Attr{graph.Int("keepdims", 0)}, "ReduceSum", rows, second)
	squares := b.node("ReduceSum", b.node("Mul", sum, sum), second)
	length := b.node("Max", b.node("Sqrt", squares), b.float(1)) // at least one word, or none
	b.Node("Div", []string{sum, length}, []string{"text_embeds"})
	b.Output("text_embeds", graph.Float, graph.Sym("batch"), graph.Fixed(Dim))
	return b.Marshal()
}
