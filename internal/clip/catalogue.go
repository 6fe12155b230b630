package clip

import (
	"fmt"
	"slices"
)

// Named is a model that can be downloaded.
type Named struct {
	Name  string
	About string
	// repo is the model's path on the hub.
	repo string
	// Megabytes is about how much is downloaded.
	Megabytes int
	// Tokenizer says that phrases become tokens by a tokenizer of the model's
	// own, and not by CLIP's.
	Tokenizer bool
}

// Catalogue lists the named models: OpenAI's CLIP as ONNX exports, and LAION's
// multilingual model as the photo library Immich exports it with open_clip
// (visual and textual folders, text as int32, one picture and one phrase at a
// time). Both towers of the latter are trained from the same 5 billion pairs
// of LAION-5B, at 224 x 224 pixels and 77 tokens; its licence is MIT. Its file
// names follow the exporter's source, its size the published weights of 1.46
// GB; neither was compared with the hub.
func Catalogue() []Named {
	return []Named{
		{"clip-vit-b-32", "OpenAI CLIP ViT-B/32, the method's own", "Xenova/clip-vit-base-patch32", 606, false},
		{"clip-vit-b-16", "OpenAI CLIP ViT-B/16, finer patches, slower", "Xenova/clip-vit-base-patch16", 600, false},
		{"clip-vit-l-14", "OpenAI CLIP ViT-L/14, larger", "Xenova/clip-vit-large-patch14", 1711, false},
		{"clip-vit-l-14-336", "OpenAI CLIP ViT-L/14 for pictures of 336 x 336", "Xenova/clip-vit-large-patch14-336", 1712, false},
		{"clip-xlm-roberta-b-32", "LAION CLIP ViT-B/32 with XLM-RoBERTa: phrases in German, English, French, Arabic, Chinese and about 100 languages",
			"immich-app/XLM-Roberta-Base-ViT-B-32__laion5b_s13b_b90k", 1480, true},
	}
}

// find returns the model of a name.
func find(name string) (Named, bool) {
	all := Catalogue()
	at := slices.IndexFunc(all, func(n Named) bool { return n.Name == name })
	if at < 0 {
		return Named{}, false
	}
	return all[at], true
}

// HasOwnTokenizer reports whether the name is that of a model whose phrases
// are not counted in CLIP's tokens.
func HasOwnTokenizer(name string) bool {
	n, ok := find(name)
	return ok && n.Tokenizer
}

// files are the files of a model, relative to its folder.
func (n Named) files(precision string) ([]string, error) {
	if n.Tokenizer {
		if precision != "" && precision != "fp32" {
			return nil, fmt.Errorf("the model %s is published with precision fp32 only, not %s", n.Name, precision)
		}
		return []string{"visual/preprocess_cfg.json", "visual/model.onnx", "textual/tokenizer.json", "textual/tokenizer_config.json", "textual/model.onnx"}, nil
	}
	suffix := map[string]string{"fp16": "_fp16", "int8": "_quantized"}[precision]
	return []string{"preprocessor_config.json", "onnx/vision_model" + suffix + ".onnx", "onnx/text_model" + suffix + ".onnx"}, nil
}
