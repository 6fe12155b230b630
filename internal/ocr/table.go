package ocr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The columns of Tesseract's table: its first line, and the level of words.
const (
	tableHead  = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
	columns    = 12
	levelWords = "5"
)

// parse reads what the program wrote: the table of words and the text, one
// after the other. No word holds a tabulator, so that the rows of the table are
// known by their columns. Boxes are relative to a picture of w x h pixels.
func (r *Result) parse(out []byte, w, h int) error {
	text, table, ok := strings.Cut(strings.ToValidUTF8(string(out), "\uFFFD"), tableHead+"\n")
	if !ok {
		return &Error{Detail: "tesseract wrote no table of words: " + clean(string(out))}
	}
	for table != "" {
		line, rest, _ := strings.Cut(table, "\n")
		fields := strings.Split(line, "\t")
		if len(fields) != columns {
			break
		}
		table = rest
		word, ok, err := readWord(fields, w, h)
		if err != nil {
			return err
		}
		if ok {
			r.Words = append(r.Words, word)
			r.Confidence += word.Confidence
		}
	}
	if len(r.Words) > 0 {
		r.Confidence /= float64(len(r.Words))
	}
	r.Text = strings.TrimSpace(strings.ReplaceAll(text+table, "\f", ""))
	return nil
}

// readWord reads a row; ok is false for one that holds no word: a block, a
// line, or white space where Tesseract saw a figure.
func readWord(fields []string, w, h int) (word Word, ok bool, err error) {
	word.Text = strings.TrimSpace(fields[columns-1])
	if fields[0] != levelWords || word.Text == "" {
		return Word{}, false, nil
	}
	var n [10]int
	for i := range n {
		if n[i], err = strconv.Atoi(fields[i]); err != nil {
			return Word{}, false, &Error{Detail: fmt.Sprintf("tesseract wrote a table that cannot be read: %q is no number", clean(fields[i]))}
		}
	}
	sure, err := strconv.ParseFloat(fields[10], 64)
	if err != nil || math.IsNaN(sure) {
		return Word{}, false, &Error{Detail: fmt.Sprintf("tesseract wrote a table that cannot be read: %q is no confidence", clean(fields[10]))}
	}
	part := func(v, of int) float64 { return min(1, max(0, float64(v)/float64(of))) }
	word.Confidence = min(1, max(0, sure/100))
	word.Block, word.Paragraph, word.Line = n[2], n[3], n[4]
	word.Box = Box{part(n[6], w), part(n[7], h), part(n[6]+n[8], w), part(n[7]+n[9], h)}
	return word, true, nil
}
