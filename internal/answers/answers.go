// Package answers keeps every answer that a model or service gave, so that
// nothing is asked, or paid, twice.
//
// A Store is one SQLite file in the study's .icono folder; a Cassette is the
// same answers of one stage as sorted JSON lines, for git and for sharing; a
// Session is one stage's use of both in one run, under a record Mode. An answer
// is durable before Session.Do returns it. What went wrong with a request is a
// FaultError: data, kept beside the answers, never mistaken for one. A Budget
// caps what a run may spend.
package answers

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strings"
)

// Answer is what a model or service returned for one request. Its Body is
// shared between callers: it must not be changed.
type Answer struct {
	// Body is the response. JSON is kept without the white space between its
	// tokens and else byte for byte; anything else is kept as it is.
	Body []byte
	// Model is the model that answered, as the server names it.
	Model string
	Usage Usage
	// Note labels an answer that did not come the usual way, such as
	// "hand-coded". It travels with the answer everywhere.
	Note string
}

// Usage counts the tokens of an answer. CachedInput is a part of Input, and
// Reasoning a part of Output.
type Usage struct {
	Input       int64 `json:"input,omitempty"`
	CachedInput int64 `json:"cached_input,omitempty"`
	Output      int64 `json:"output,omitempty"`
	Reasoning   int64 `json:"reasoning,omitempty"`
}

// Plus is the sum of two usages; counts that are too large stay at the largest.
func (u Usage) Plus(v Usage) Usage {
	return Usage{plus(u.Input, v.Input), plus(u.CachedInput, v.CachedInput), plus(u.Output, v.Output), plus(u.Reasoning, v.Reasoning)}
}

// compact is JSON without white space between tokens; other bytes unchanged.
func compact(body []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, body) != nil {
		return body
	}
	return b.Bytes()
}

// same reports whether two answers say the same.
func (a Answer) same(b Answer) bool {
	return a.Model == b.Model && a.Usage == b.Usage && a.Note == b.Note && bytes.Equal(a.Body, b.Body)
}

// sum is a checksum over all of an answer: it finds damage that SQLite does
// not look for, and differences without reading two bodies.
func (a Answer) sum() int64 {
	b := make([]byte, 0, 128)
	for _, s := range []string{a.Model, a.Note} {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...)
	}
	for _, n := range []int64{a.Usage.Input, a.Usage.CachedInput, a.Usage.Output, a.Usage.Reasoning} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	return int64(crc32.Update(crc32.Checksum(b, castagnoli), castagnoli, a.Body))
}

// Origin tells where an answer or a fault came from.
type Origin string

const (
	Stored Origin = "stored" // by an earlier request, in the store or a cassette
	Asked  Origin = "asked"  // by this call
	Shared Origin = "shared" // by an identical request that was in flight
)

// Mode says what may be asked; names and meanings are VCR's.
type Mode string

const (
	NewEpisodes Mode = "new_episodes" // use what is stored, ask for the rest, store it
	None        Mode = "none"         // replay: what is not stored is a *MissError
	Once        Mode = "once"         // record a stage that has no answers yet, replay one that has
	All         Mode = "all"          // ask everything again, once a run
)

// ParseMode reads a mode's name.
func ParseMode(name string) (Mode, error) {
	switch m := Mode(name); m {
	case NewEpisodes, None, Once, All:
		return m, nil
	}
	return "", fmt.Errorf("there is no record mode %q: it is one of %s", name, strings.Join([]string{string(NewEpisodes), string(None), string(Once), string(All)}, ", "))
}
