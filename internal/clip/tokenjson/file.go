package tokenjson

import (
	"encoding/json"
	"errors"
	"fmt"
)

// clipSize is the number of tokens of CLIP's own vocabulary.
const clipSize = 49408

// file is a tokenizer.json. Parts are decoded when their type is known.
type file struct {
	Truncation *struct {
		MaxLength int `json:"max_length"`
	} `json:"truncation"`
	Padding       *padding        `json:"padding"`
	Added         []addedToken    `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"`
	Model         json.RawMessage `json:"model"`
}

type padding struct {
	Strategy  any    `json:"strategy"` // "BatchLongest" or {"Fixed": 77}
	Direction string `json:"direction"`
	ID        int64  `json:"pad_id"`
}

func (p *padding) fixed() int {
	m, _ := p.Strategy.(map[string]any)
	n, _ := m["Fixed"].(float64)
	return int(n)
}

// ErrCLIP says that a tokenizer.json describes CLIP's own byte-pair encoding,
// which package token computes.
var ErrCLIP = errors.New("the tokenizer is CLIP's own")

// Parse reads a tokenizer.json. It gives ErrCLIP for CLIP's own tokenizer and
// an *UnsupportedError for one that needs a part that is not computed here.
func Parse(text []byte) (*Tokenizer, error) {
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("it is no tokenizer.json: %w", err)
	}
	t := &Tokenizer{}
	var err error
	if t.model, err = parseModel(f.Model); err != nil {
		return nil, err
	}
	if t.normalise, err = parseNormaliser(f.Normalizer); err != nil {
		return nil, err
	}
	if t.split, err = parseSplitter(f.PreTokenizer); err != nil {
		return nil, err
	}
	if t.before, t.after, err = parseFrame(f.PostProcessor); err != nil {
		return nil, err
	}
	if t.added, err = newAdded(f.Added, t.model, t.normalise); err != nil {
		return nil, err
	}
	t.ids = func(token string) (int64, bool) {
		for _, a := range f.Added {
			if a.Content == token {
				return a.ID, true
			}
		}
		return t.model.id(token)
	}
	if f.Truncation != nil {
		t.length = f.Truncation.MaxLength
	}
	if p := f.Padding; p != nil {
		if p.Direction != "" && p.Direction != "Right" {
			return nil, unsupported("padding to the %s", p.Direction)
		}
		t.pad, t.hasPad = p.ID, true
		if n := p.fixed(); n > 0 {
			t.length = n
		}
	}
	return t, nil
}

// typed is the part that every component of the file begins with.
type typed struct {
	Type string `json:"type"`
}

// typeOf returns the type of a component, "" for none.
func typeOf(raw json.RawMessage) (string, error) {
	var t *typed
	if len(raw) == 0 {
		return "", nil
	}
	if err := json.Unmarshal(raw, &t); err != nil || t == nil {
		return "", err
	}
	return t.Type, nil
}

// modelFile holds the options of every kind of model.
type modelFile struct {
	Type         string          `json:"type"`
	Vocab        json.RawMessage `json:"vocab"`
	UnkID        *int            `json:"unk_id"`
	ByteFallback bool            `json:"byte_fallback"`
	UnkToken     string          `json:"unk_token"`
	Prefix       *string         `json:"continuing_subword_prefix"`
	MaxChars     *int            `json:"max_input_chars_per_word"`
	Suffix       string          `json:"end_of_word_suffix"`
}

func parseModel(raw json.RawMessage) (model, error) {
	if len(raw) == 0 {
		return nil, errors.New("it is no tokenizer.json: it has no model")
	}
	var f modelFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("the model in tokenizer.json cannot be read: %w", err)
	}
	if f.Type == "" { // files of older versions leave it out
		switch {
		case len(f.Vocab) > 0 && f.Vocab[0] == '[':
			f.Type = "Unigram"
		case f.MaxChars != nil:
			f.Type = "WordPiece"
		}
	}
	switch f.Type {
	case "Unigram":
		return newUnigram(f)
	case "WordPiece":
		return newWordPiece(f)
	case "BPE":
		var vocab map[string]int64
		if err := json.Unmarshal(f.Vocab, &vocab); err != nil {
			return nil, fmt.Errorf("the vocabulary in tokenizer.json cannot be read: %w", err)
		}
		if f.Suffix == "</w>" && len(vocab) == clipSize && vocab["<|endoftext|>"] == clipSize-1 {
			return nil, ErrCLIP
		}
		return nil, unsupported("a BPE model that is not CLIP's own")
	}
	return nil, unsupported("a model of type %q", f.Type)
}
