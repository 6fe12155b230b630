package tokenjson

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf8"
)

// charsmap replaces characters as SentencePiece's compiled rules say: a double
// array (Aoe 1989) that finds the rule, and the replacements one after the
// other, each ended by a zero byte.
type charsmap struct {
	units        []uint32
	replacements string
}

func newCharsmap(data []byte) (normaliser, error) {
	fault := errors.New("the precompiled_charsmap in tokenizer.json is damaged")
	if len(data) < 4 {
		return nil, fault
	}
	size := int(binary.LittleEndian.Uint32(data))
	if size%4 != 0 || size == 0 || size > len(data)-4 || !utf8.Valid(data[4+size:]) {
		return nil, fault
	}
	m := &charsmap{units: make([]uint32, size/4), replacements: string(data[4+size:])}
	for i := range m.units {
		m.units[i] = binary.LittleEndian.Uint32(data[4+4*i:])
	}
	return m.apply, nil
}

// A unit of the double array, as darts-clone packs it.
func hasLeaf(unit uint32) bool  { return unit>>8&1 == 1 }
func leaf(unit uint32) int      { return int(unit & (1<<31 - 1)) }
func label(unit uint32) uint32  { return unit & (1<<31 | 0xFF) }
func offset(unit uint32) uint32 { return unit >> 10 << (unit & (1 << 9) >> 6) }
func (m *charsmap) at(i uint32) uint32 {
	if int64(i) < int64(len(m.units)) {
		return m.units[i]
	}
	return 1 << 31 // the label of no byte
}

// find returns the replacement of the shortest beginning of text that has one.
func (m *charsmap) find(text string) (string, bool) {
	place := offset(m.at(0))
	for i := 0; i < len(text) && text[i] != 0; i++ {
		place ^= uint32(text[i])
		unit := m.at(place)
		if label(unit) != uint32(text[i]) {
			break
		}
		place ^= offset(unit)
		if !hasLeaf(unit) {
			continue
		}
		start := leaf(m.at(place))
		if start > len(m.replacements) {
			break
		}
		found, _, _ := strings.Cut(m.replacements[start:], "\x00")
		return found, true
	}
	return "", false
}

// wholeCluster is the length in bytes below which a rule may replace what a
// reader takes for one character as a whole, marks and all, although it
// matches a beginning of it only. Models were trained with texts that
// SentencePiece had treated otherwise; it is done here because the published
// tokenizers do it.
const wholeCluster = 6

func (m *charsmap) apply(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for text != "" {
		n := cluster(text)
		if n < wholeCluster {
			if found, ok := m.find(text[:n]); ok {
				b.WriteString(found)
				text = text[n:]
				continue
			}
		}
		for _, r := range text[:n] {
			char := string(r)
			if found, ok := m.find(char); ok {
				char = found
			}
			b.WriteString(char)
		}
		text = text[n:]
	}
	return b.String()
}
