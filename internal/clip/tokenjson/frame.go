package tokenjson

import (
	"encoding/json"
	"fmt"
)

// frameFile holds the options of every kind of post-processor.
type frameFile struct {
	Single []struct {
		Special *struct {
			ID string `json:"id"`
		} `json:"SpecialToken"`
		Sequence *struct {
			ID string `json:"id"`
		} `json:"Sequence"`
	} `json:"single"`
	Special map[string]struct {
		IDs []int64 `json:"ids"`
	} `json:"special_tokens"`
	Sep        []any             `json:"sep"` // token, id
	Cls        []any             `json:"cls"`
	Processors []json.RawMessage `json:"processors"`
}

// parseFrame reads the post-processor: the special tokens before and behind a
// text.
func parseFrame(raw json.RawMessage) (before, after []int64, err error) {
	kind, err := typeOf(raw)
	if err != nil || kind == "" {
		return nil, nil, err
	}
	var f frameFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, nil, fmt.Errorf("the post-processor in tokenizer.json cannot be read: %w", err)
	}
	switch kind {
	case "TemplateProcessing":
		return f.template()
	case "RobertaProcessing", "BertProcessing":
		cls, sep := idOf(f.Cls), idOf(f.Sep)
		if cls < 0 || sep < 0 {
			return nil, nil, fmt.Errorf("the post-processor %s in tokenizer.json has no ids for cls and sep", kind)
		}
		return []int64{cls}, []int64{sep}, nil
	case "Sequence":
		for _, p := range f.Processors { // the later ones frame what the earlier ones framed
			b, a, err := parseFrame(p)
			if err != nil {
				return nil, nil, err
			}
			before, after = append(b, before...), append(after, a...)
		}
		return before, after, nil
	}
	return nil, nil, unsupported("the post-processor %s", kind)
}

// idOf reads ["<s>", 0].
func idOf(pair []any) int64 {
	if len(pair) == 2 {
		if id, ok := pair[1].(float64); ok {
			return int64(id)
		}
	}
	return -1
}

func (f *frameFile) template() (before, after []int64, err error) {
	text := false
	for _, piece := range f.Single {
		switch {
		case piece.Sequence != nil && piece.Sequence.ID == "A" && !text:
			text = true
		case piece.Special != nil:
			ids := f.Special[piece.Special.ID].IDs
			if len(ids) == 0 {
				return nil, nil, fmt.Errorf("the template in tokenizer.json uses the token %q without an id", piece.Special.ID)
			}
			if text {
				after = append(after, ids...)
			} else {
				before = append(before, ids...)
			}
		default:
			return nil, nil, unsupported("a template that is not special tokens around one text")
		}
	}
	if !text {
		return nil, nil, unsupported("a template without the text")
	}
	return before, after, nil
}
