// Package vectors keeps the vectors that a model made of pictures and phrases as
// its answers, so that a study with other phrases, or run again, need not compute
// them, and one that is replayed needs no model.
package vectors

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"icono/internal/answers"
	"icono/internal/stage"
)

// Vector is what a model made of a picture.
type Vector struct {
	Row     string   // for lists: the picture's path
	Picture [32]byte // SHA-256 of the file
	Values  []float32
}

// Keeper keeps the answers of a stage. It is an *asking.Counter.
type Keeper interface {
	// Lookup returns a stored answer, and whether there is one that would be used.
	Lookup(ctx context.Context, r answers.Request) (answers.Answer, bool, error)
	// Record stores answers in one durable step.
	Record(ctx context.Context, all ...answers.Recorded) error
	// Replays reports whether nothing is stored.
	Replays() bool
	// Strict reports whether what is not stored is an error, and is not computed.
	Strict() bool
	// Why says in which parts a request differs from what is stored of its row, ""
	// where nothing is.
	Why(ctx context.Context, r answers.Request) (string, error)
}

// Shelf holds the vectors of one model as it is run. It is safe for concurrent
// use.
type Shelf struct {
	session Keeper
	model   string
	run     json.RawMessage
	dim     int
}

// New makes a shelf of a stage's answers. facts say what decides a vector beside
// the picture: the model's files, precision, device, preprocessing.
func New(session Keeper, model string, facts []stage.Fact, dim int) (*Shelf, error) {
	run := make([][2]string, len(facts))
	for i, f := range facts {
		run[i] = [2]string{f.Name, f.Value}
	}
	text, err := json.Marshal(run)
	return &Shelf{session: session, model: model, run: text, dim: dim}, err
}

// question is the request of a vector, as it is stored.
type question struct {
	Run     json.RawMessage `json:"run"`
	Picture *digest         `json:"picture,omitempty"`
	Phrase  string          `json:"phrase,omitempty"`
}

type digest struct {
	SHA256 string `json:"sha256"`
}

func (s *Shelf) request(row string, q question) (answers.Request, error) {
	q.Run = s.run
	body, err := json.Marshal(q)
	return answers.Request{Row: row, Provider: provider, Model: s.model, Body: body}, err
}

// provider is that of stored answers of models on this machine.
const provider = "local"

func ofPicture(picture [32]byte) question {
	return question{Picture: &digest{hex.EncodeToString(picture[:])}}
}

// answer is a vector as it is stored: float32 values, little endian, in base64.
type answer struct {
	Embedding string `json:"embedding"`
}

// Find returns the vector of a picture, nil where none is kept.
func (s *Shelf) Find(ctx context.Context, row string, picture [32]byte) ([]float32, error) {
	return s.find(ctx, row, ofPicture(picture))
}

// Why says in which parts the request for a picture's vector differs from what is stored
// of its row, "" where nothing is.
func (s *Shelf) Why(ctx context.Context, row string, picture [32]byte) (string, error) {
	r, err := s.request(row, ofPicture(picture))
	if err != nil {
		return "", err
	}
	return s.session.Why(ctx, r)
}

// FindPhrase returns the vector of a phrase, nil where none is kept.
func (s *Shelf) FindPhrase(ctx context.Context, phrase string) ([]float32, error) {
	return s.find(ctx, phraseRow(phrase), question{Phrase: phrase})
}

func phraseRow(phrase string) string { return "phrase " + phrase }

func (s *Shelf) find(ctx context.Context, row string, q question) ([]float32, error) {
	r, err := s.request(row, q)
	if err != nil {
		return nil, err
	}
	a, found, err := s.session.Lookup(ctx, r)
	if err != nil || !found {
		return nil, err
	}
	var kept answer
	err = json.Unmarshal(a.Body, &kept)
	raw, wrong := base64.StdEncoding.DecodeString(kept.Embedding)
	if err != nil || wrong != nil || len(raw) != 4*s.dim {
		return nil, fmt.Errorf("the stored vector of %s cannot be read: it is not of %d values; `--record all` makes it anew", row, s.dim)
	}
	out := make([]float32, s.dim)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out, nil
}

// Keep stores vectors of pictures in one durable step. A replay stores nothing.
func (s *Shelf) Keep(ctx context.Context, all []Vector) error {
	list := make([]kept, len(all))
	for i, v := range all {
		list[i] = kept{v.Row, ofPicture(v.Picture), v.Values}
	}
	return s.keep(ctx, list)
}

// KeepPhrases stores the vectors of phrases.
func (s *Shelf) KeepPhrases(ctx context.Context, phrases []string, vectors [][]float32) error {
	list := make([]kept, len(phrases))
	for i, p := range phrases {
		list[i] = kept{phraseRow(p), question{Phrase: p}, vectors[i]}
	}
	return s.keep(ctx, list)
}

// kept is a vector that is to be stored.
type kept struct {
	row    string
	of     question
	values []float32
}

func (s *Shelf) keep(ctx context.Context, all []kept) error {
	if s.session.Replays() || len(all) == 0 {
		return nil
	}
	list := make([]answers.Recorded, len(all))
	for i, v := range all {
		r, err := s.request(v.row, v.of)
		if err != nil {
			return err
		}
		raw := make([]byte, 0, 4*len(v.values))
		for _, x := range v.values {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
		body, err := json.Marshal(answer{base64.StdEncoding.EncodeToString(raw)})
		if err != nil {
			return err
		}
		list[i] = answers.Recorded{Request: r, Answer: answers.Answer{Body: body, Model: s.model}}
	}
	return s.session.Record(ctx, list...)
}
