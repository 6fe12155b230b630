package tabular

import "bytes"

// plainNumber returns a number without what divides its thousands and with a
// point before its fraction: 1234.5 for 1.234,5 if decimal is a comma. It
// reports whether the text keeps to that notation: groups of three digits, and
// no other separators. A text that is no number may come back as it is. The
// result lies in text or in scratch, which grows as need be.
func plainNumber(scratch *[]byte, text []byte, decimal byte) ([]byte, bool) {
	group := byte(',')
	if decimal == ',' {
		group = '.'
	}
	if bytes.IndexByte(text, group) < 0 && (decimal == '.' || bytes.IndexByte(text, decimal) < 0) {
		return text, true
	}
	dst, rest := (*scratch)[:0], text
	if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
		dst, rest = append(dst, rest[0]), rest[1:]
	}
	n := digitRun(rest)
	if n == 0 {
		return text, false
	}
	dst, rest = append(dst, rest[:n]...), rest[n:]
	if len(rest) > 0 && rest[0] == group && (n > 3 || dst[len(dst)-n] == '0') {
		return text, false
	}
	for len(rest) > 0 && rest[0] == group {
		if digitRun(rest[1:]) != 3 {
			return text, false
		}
		dst, rest = append(dst, rest[1:4]...), rest[4:]
	}
	if len(rest) > 0 && rest[0] == decimal {
		if n = digitRun(rest[1:]); n == 0 {
			return text, false
		}
		dst, rest = append(append(dst, '.'), rest[1:n+1]...), rest[n+1:]
	}
	dst = append(dst, rest...)
	*scratch = dst
	return dst, bytes.IndexByte(rest, '.') < 0 && bytes.IndexByte(rest, ',') < 0
}

// digitRun is the number of digits that a text begins with.
func digitRun(text []byte) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

// notations is what the separators in the numbers of a column can mean.
type notations struct {
	commas, points bool // some number has one
	// notGerman and notEnglish: some value is no number with a decimal comma
	// and points between thousands, or the other way round.
	notGerman, notEnglish bool
	example               string
	buf                   []byte
}

// add takes a value.
func (n *notations) add(text []byte) {
	if n.notGerman && n.notEnglish || len(text) <= maxDigits && digitRun(text) == len(text) && (text[0] != '0' || len(text) == 1) {
		return
	}
	if !n.notGerman && !n.fits(text, ',') {
		n.notGerman = true
	}
	if !n.notEnglish && !n.fits(text, '.') {
		n.notEnglish = true
	}
	comma, point := bytes.IndexByte(text, ',') >= 0, bytes.IndexByte(text, '.') >= 0
	if (comma && !n.commas || point && !n.points) && !(n.notGerman && n.notEnglish) {
		n.example = string(text)
	}
	n.commas, n.points = n.commas || comma, n.points || point
}

func (n *notations) fits(text []byte, decimal byte) bool {
	plain, ok := plainNumber(&n.buf, text, decimal)
	return ok && numeric(plain) != 0
}

// germanOnly reports whether the column holds numbers with decimal commas and
// can mean nothing else.
func (n *notations) germanOnly() bool { return n.commas && !n.notGerman && n.notEnglish }

// unclear reports whether the column holds numbers with commas that were not
// read as such.
func (n *notations) unclear() bool { return n.commas && !(n.notGerman && n.notEnglish) }

// grouped reports whether the points in the column may all divide thousands.
func (n *notations) grouped() bool { return n.points && !n.commas && !n.notGerman }
