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
	"slices"

	"icono/internal/answers"
	"icono/internal/stage"
)

// Model is a model as a study names it.
type Model struct {
	// Name is how it is told.
	Name string
	// Folder says that it lies in a folder: its files decide its vectors, and the name
	// does not, so that they are found wherever the folder lies.
	Folder bool
}

// inFolder is what the answers of all models in folders are kept under.
const inFolder = "in a folder"

// kept is the model that answers are kept under.
func (m Model) kept() string {
	if m.Folder {
		return inFolder
	}
	return m.Name
}

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
	// Near returns what is stored of a row, the newest first.
	Near(ctx context.Context, row string) ([]answers.Request, error)
}

// Shelf holds the vectors of one model as it is run. It is safe for concurrent
// use.
type Shelf struct {
	session Keeper
	model   string
	run     facts // what decides the vectors of pictures
	phrases facts // and those of phrases
	dim     int
}

// facts are names and values as they are stored.
type facts [][2]string

// Orientation is the fact of a kept vector that says whether pictures are turned.
const Orientation = "EXIF orientation"

// New makes a shelf of a stage's answers. about says what decides a vector beside
// the picture: the model's files, precision, device, preprocessing. orient says
// whether pictures are turned upright.
func New(session Keeper, model Model, about []stage.Fact, orient bool, dim int) *Shelf {
	with := func(orient bool) facts {
		out := facts{}
		for _, f := range about {
			out = append(out, [2]string{f.Name, f.Value})
		}
		return append(out, [2]string{Orientation, fmt.Sprint(orient)})
	}
	// Phrases cannot be turned: they are kept once, as where pictures are not.
	return &Shelf{session: session, model: model.kept(), run: with(orient), phrases: with(false), dim: dim}
}

// question is the request of a vector, as it is stored.
type question struct {
	Run     facts   `json:"run"`
	Picture *digest `json:"picture,omitempty"`
	Phrase  string  `json:"phrase,omitempty"`
}

type digest struct {
	SHA256 string `json:"sha256"`
}

func (s *Shelf) request(row string, q question) (answers.Request, error) {
	switch {
	case q.Picture != nil:
		q.Run = s.run
	case q.Run == nil:
		q.Run = s.phrases
	}
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

// FindPhrase returns the vector of a phrase, nil where none is kept. One that is kept as
// if it had been turned with the pictures is the same.
func (s *Shelf) FindPhrase(ctx context.Context, phrase string) ([]float32, error) {
	v, err := s.find(ctx, phraseRow(phrase), question{Phrase: phrase})
	if v == nil && err == nil && !slices.Equal(s.run, s.phrases) {
		v, err = s.find(ctx, phraseRow(phrase), question{Phrase: phrase, Run: s.run})
	}
	return v, err
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
