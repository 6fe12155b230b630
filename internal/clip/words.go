package clip

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"icono/internal/clip/token"
	"icono/internal/clip/tokenjson"
)

// TooLongError reports a phrase with more tokens than the model reads. Nothing
// is cut off silently.
type TooLongError struct {
	Tokens, Limit int // without the special tokens around a phrase
}

// Error gives both numbers.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("the phrase has %d tokens, and the model reads at most %d: shorten it", e.Tokens, e.Limit)
}

// words turns phrases into the token ids that a text tower reads.
type words struct {
	tokens func(phrase string) ([]int64, error) // with the special tokens, of any length
	frame  int                                  // number of special tokens
	length int                                  // positions of the text tower
	pad    int64
}

// encode returns the ids of a phrase, filled up to the length of the text
// tower, and how many of them are in use.
func (w *words) encode(phrase string) (ids []int64, used int, err error) {
	tokens, err := w.tokens(phrase)
	if err != nil {
		return nil, 0, err
	}
	if len(tokens) > w.length {
		return nil, 0, &TooLongError{Tokens: len(tokens) - w.frame, Limit: w.length - w.frame}
	}
	ids = make([]int64, w.length)
	for i := copy(ids, tokens); i < len(ids); i++ {
		ids[i] = w.pad
	}
	return ids, len(tokens), nil
}

// EncodePhrase returns the token ids of a phrase as EmbedTexts takes them, and
// how many of them are in use. A phrase that is too long is a *TooLongError.
func (m *Model) EncodePhrase(phrase string) (ids []int64, used int, err error) {
	return m.words.encode(phrase)
}

// openWords finds out how the text tower's tokens are made: as a
// tokenizer.json beside it says, else as CLIP's are. It needs the tower.
func (m *Model) openWords(dir string) error {
	length := int(m.text.session.Inputs()[m.text.input].Shape[1])
	path := ""
	if dir != "" {
		path = firstFile(dir, "tokenizer.json", "textual", "onnx")
	}
	if path == "" {
		return m.clipWords(length)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	t, err := tokenjson.Parse(text)
	if errors.Is(err, tokenjson.ErrCLIP) {
		return m.clipWords(length)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if length <= 0 {
		length = t.Length()
	}
	if length <= 0 {
		length = token.Length
	}
	if length <= t.Frame() {
		return fmt.Errorf("the text tower reads %d tokens, too few for a phrase", length)
	}
	pad, err := padID(t, filepath.Dir(path))
	if err != nil {
		return err
	}
	m.words = words{tokens: func(phrase string) ([]int64, error) {
		return t.Tokens(strings.Join(strings.Fields(phrase), " ")) // as open_clip cleans every text
	}, frame: t.Frame(), length: length, pad: pad}
	_, err = m.note(dir, path)
	return err
}

// clipWords chooses CLIP's own tokens.
func (m *Model) clipWords(length int) error {
	t, err := token.New()
	if err != nil {
		return err
	}
	if length <= 0 {
		length = token.Length
	}
	if length <= 2 {
		return fmt.Errorf("the text tower reads %d tokens, too few for a phrase", length)
	}
	m.words = words{tokens: func(phrase string) ([]int64, error) {
		return append(append([]int64{token.Start}, t.Tokens(phrase)...), token.End), nil
	}, frame: 2, length: length, pad: token.End}
	return nil
}

// firstFile returns the path of the file in dir or in one of its folders, ""
// where there is none.
func firstFile(dir, name string, folders ...string) string {
	for _, sub := range append([]string{""}, folders...) {
		path := filepath.Join(dir, sub, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// padID finds the id that fills up short phrases: in tokenizer.json, or by the
// token's name in tokenizer_config.json, or by its usual names.
func padID(t *tokenjson.Tokenizer, dir string) (int64, error) {
	if id, ok := t.Pad(); ok {
		return id, nil
	}
	names := []string{"<pad>", "[PAD]"}
	text, err := os.ReadFile(filepath.Join(dir, "tokenizer_config.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if err == nil {
		var c struct {
			Pad any `json:"pad_token"` // a text, or an object with it
		}
		if err := json.Unmarshal(text, &c); err != nil {
			return 0, fmt.Errorf("tokenizer_config.json is not JSON: %w", err)
		}
		if o, ok := c.Pad.(map[string]any); ok {
			c.Pad = o["content"]
		}
		if name, ok := c.Pad.(string); ok {
			names = []string{name}
		}
	}
	for _, name := range names {
		if id, ok := t.ID(name); ok {
			return id, nil
		}
	}
	return 0, errors.New("neither tokenizer.json nor tokenizer_config.json says which token fills up short phrases")
}
