package clip_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"icono/internal/clip"
	"icono/internal/clip/cliptest"
)

// Weights that a model keeps in a file beside it are among its files: they decide its
// vectors as well.
func TestWeightsBesideTheModel(t *testing.T) {
	weights := []byte{0x00, 0x00, 0x80, 0x3f}
	m, err := tiny(t, cliptest.Options{}, func(dir string) {
		path := filepath.Join(dir, "visual", "model.onnx")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := func(b []byte, field protowire.Number, s string) []byte {
			return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
		}
		number := func(b []byte, field protowire.Number, v uint64) []byte {
			return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
		}
		// TensorProto: dims, data_type float, name, external_data, data_location; it is
		// an initializer of ModelProto.graph.
		tensor := text(number(number(nil, 1, 1), 2, 1), 8, "w")
		tensor = number(text(tensor, 13, string(text(text(nil, 1, "location"), 2, "model.onnx_data"))), 14, 1)
		for name, content := range map[string][]byte{path: text(data, 7, string(text(nil, 5, string(tensor)))), path + "_data": weights} {
			if err := os.WriteFile(name, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(weights)
	if want := (clip.File{Name: "visual/model.onnx_data", SHA256: hex.EncodeToString(sum[:])}); !slices.Contains(m.Files(), want) {
		t.Errorf("%v is not among %v", want, m.Files())
	}
}
