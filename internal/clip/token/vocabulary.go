package token

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"strings"
)

// vocabulary is OpenAI's list of merges for CLIP, in the order in which they
// were learnt, one pair of symbols a line after a title line; see LICENSE.
// Only the lines that CLIP uses are kept.
//
//go:embed merges.txt.gz
var vocabulary []byte

// wordEnd is the distance from a byte's id to the id of its end-of-word form,
// and firstMerge the id that the first merge makes.
const (
	wordEnd    = 256
	firstMerge = 512
	mergeCount = Start - firstMerge
)

// wordEndMark ends each symbol of the list that stands at the end of a word.
const wordEndMark = "</w>"

// byteIDs gives each byte's id. The ids follow the byte alphabet of GPT-2:
// first the bytes that print in Latin-1, then the others.
func byteIDs() (ids [256]int32) {
	next := int32(0)
	for _, printing := range []bool{true, false} {
		for b := range 256 {
			if prints(b) == printing {
				ids[b] = next
				next++
			}
		}
	}
	return ids
}

func prints(b int) bool {
	return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE && b <= 0xFF
}

// readMerges reads the gzipped list. Each line names two symbols that exist
// already, as the alphabet spells them: a byte that prints stands for itself,
// the others are U+0100 and following in the order of their ids, the first of
// which is that of byte 0.
func readMerges(list []byte, byteID [256]int32) (map[pair]int32, error) {
	file, err := gzip.NewReader(bytes.NewReader(list))
	if err != nil {
		return nil, fmt.Errorf("token: the embedded vocabulary: %w", err)
	}
	symbols := make(map[string]int32, Size)
	for b, id := range byteID {
		spelled := string(rune(b))
		if !prints(b) {
			spelled = string(0x100 + id - byteID[0])
		}
		symbols[spelled] = id
		symbols[spelled+wordEndMark] = id + wordEnd
	}
	merges := make(map[pair]int32, mergeCount)
	lines := bufio.NewScanner(file)
	lines.Scan() // the title
	for next := int32(firstMerge); lines.Scan(); next++ {
		left, right, _ := strings.Cut(lines.Text(), " ")
		l, known := symbols[left]
		r, alsoKnown := symbols[right]
		if !known || !alsoKnown {
			return nil, fmt.Errorf("token: the embedded vocabulary: merge %d joins an unknown symbol: %q", next-firstMerge, lines.Text())
		}
		merges[pair{l, r}] = next
		symbols[left+right] = next
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("token: the embedded vocabulary: %w", err)
	}
	if len(merges) != mergeCount || len(symbols) != Start {
		return nil, fmt.Errorf("token: the embedded vocabulary has %d merges and %d symbols, want %d and %d", len(merges), len(symbols), mergeCount, Start)
	}
	return merges, nil
}
