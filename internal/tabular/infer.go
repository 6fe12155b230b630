package tabular

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
)

// maxDigits is the number of digits above which a number stays text: beyond
// it float64 (and so Excel, R and pandas) loses digits of ids.
const maxDigits = 15

// candidates is the set of types that all values of a column fit so far.
type candidates uint8

const (
	asBool candidates = 1 << iota
	asInt
	asFloat
	asDate
	asTime  // date and time without a zone
	asZoned // date and time with one
	anyType = asBool | asInt | asFloat | asDate | asTime | asZoned
)

// inference finds the type of a column over its values.
type inference struct {
	fits   candidates
	some   bool           // a value was not null
	forced arrow.DataType // that the user sets; nil for none
	// decimal stands before the fraction of numbers; 0 for a point and no
	// thousands.
	decimal byte
	scratch []byte
	// verbatim is a column that stays text, but for numbers with fractions.
	verbatim, fraction bool
	written            notations // of the numbers, where decimal is 0
}

// add takes a value; it reports whether it fits the type that is forced.
func (in *inference) add(c cell) bool {
	in.some = true
	if in.forced != nil {
		return fits(in.forced, c, in.decimal)
	}
	text := c.text
	if c.kind == bareCell || c.kind == quotedCell {
		text = in.plain(text)
	}
	if in.fits == 0 {
		return true
	}
	if in.verbatim && bytes.IndexByte(text, '.') >= 0 {
		in.fraction = true
	}
	switch c.kind {
	case boolCell:
		in.fits &= asBool
	case jsonCell:
		in.fits = 0
	case textCell:
		in.fits &= asDate | asTime | asZoned
	case numberCell:
		in.fits &= asInt | asFloat
	}
	if in.fits&asBool != 0 && !isBool(c.text) {
		in.fits &^= asBool
	}
	if in.fits&(asInt|asFloat) != 0 {
		in.fits &^= (asInt | asFloat) &^ numeric(text)
	}
	if in.fits&(asDate|asTime|asZoned) != 0 {
		in.fits &^= (asDate | asTime | asZoned) &^ temporal(c.text)
	}
	return true
}

// plain returns the text of a cell as numeric takes numbers; one that does not
// keep to the notation is no number. Without a notation it gathers what speaks
// for which.
func (in *inference) plain(text []byte) []byte {
	if in.decimal == 0 {
		in.written.add(text)
		return text
	}
	if plain, ok := plainNumber(&in.scratch, text, in.decimal); ok {
		return plain
	}
	return nil
}

// resolve returns the narrowest type that all values fit.
func (in *inference) resolve() arrow.DataType {
	if in.forced != nil {
		return in.forced
	}
	if !in.some {
		return arrow.BinaryTypes.String
	}
	switch f := in.fits; {
	case f&asBool != 0:
		return arrow.FixedWidthTypes.Boolean
	case f&asInt != 0:
		return arrow.PrimitiveTypes.Int64
	case f&asFloat != 0:
		return arrow.PrimitiveTypes.Float64
	case f&asDate != 0:
		return arrow.FixedWidthTypes.Date32
	case f&asTime != 0:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case f&asZoned != 0:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	}
	return arrow.BinaryTypes.String
}

func isBool(text []byte) bool {
	if len(text) != 4 && len(text) != 5 {
		return false
	}
	switch string(text) {
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return true
	}
	return false
}

// numeric returns which of asInt and asFloat a text fits. A leading zero, a
// leading plus or more than 15 digits make it no number.
func numeric(text []byte) candidates {
	number := text
	if len(number) > 0 && number[0] == '-' {
		number = number[1:]
	}
	whole := 0
	for whole < len(number) && isDigit(number[whole]) {
		whole++
	}
	switch {
	case whole == 0:
		switch string(text) {
		case "inf", "-inf", "Inf", "-Inf": // as pandas and R write it
			return asFloat
		}
		return 0
	case number[0] == '0' && whole > 1, whole > maxDigits:
		return 0
	case whole == len(number):
		if number[0] == '0' && len(text) > 1 {
			return asFloat // -0
		}
		return asInt | asFloat
	}
	rest := number[whole:]
	if rest[0] == '.' {
		rest = rest[1:]
		n := 0
		for n < len(rest) && isDigit(rest[n]) {
			n++
		}
		if n == 0 {
			return 0
		}
		rest = rest[n:]
	}
	if len(rest) == 0 {
		return asFloat
	}
	if rest[0] != 'e' && rest[0] != 'E' {
		return 0
	}
	rest = rest[1:]
	if len(rest) > 0 && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	if len(rest) == 0 || len(rest) > 3 {
		return 0
	}
	if _, ok := digits(rest); !ok {
		return 0
	}
	if _, ok := parseFloat(text); !ok {
		return 0 // beyond what a float holds
	}
	return asFloat
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// typeNamed returns the type that a user calls by name.
func typeNamed(name string) arrow.DataType {
	switch name {
	case "int":
		return arrow.PrimitiveTypes.Int64
	case "float":
		return arrow.PrimitiveTypes.Float64
	case "bool":
		return arrow.FixedWidthTypes.Boolean
	case "date":
		return arrow.FixedWidthTypes.Date32
	case "datetime":
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	}
	return arrow.BinaryTypes.String
}

// parseInt, parseFloat and parseBool read values as a user who sets a type
// means them: leading zeros and a plus are allowed, and yes and no.
func parseInt(text []byte) (int64, bool) {
	if len(text) <= maxDigits {
		if n, ok := digits(text); ok && len(text) > 0 {
			return int64(n), true
		}
	}
	v, err := strconv.ParseInt(string(text), 10, 64)
	return v, err == nil
}

func parseFloat(text []byte) (float64, bool) {
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil
}

func parseBool(text []byte) (v, ok bool) {
	switch strings.ToLower(string(text)) {
	case "true", "t", "yes", "y", "1":
		return true, true
	case "false", "f", "no", "n", "0":
		return false, true
	}
	return false, false
}
