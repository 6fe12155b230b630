package tabular

import (
	"strconv"
	"time"

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
	fits candidates
	some bool // a value was not null
}

func (in *inference) add(c cell) {
	in.some = true
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
		in.fits &^= (asInt | asFloat) &^ numeric(c.text)
	}
	if in.fits&(asDate|asTime|asZoned) != 0 {
		in.fits &^= (asDate | asTime | asZoned) &^ temporal(c.text)
	}
}

// resolve returns the narrowest type that all values fit.
func (in *inference) resolve() arrow.DataType {
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
	switch string(text) {
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return true
	}
	return false
}

// numeric returns which of asInt and asFloat a text fits. A leading zero, a
// leading plus or more than 15 digits make it no number.
func numeric(text []byte) candidates {
	digits := text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	whole := 0
	for whole < len(digits) && isDigit(digits[whole]) {
		whole++
	}
	switch {
	case whole == 0:
		if s := string(text); s == "inf" || s == "-inf" {
			return asFloat
		}
		return 0
	case digits[0] == '0' && whole > 1, whole > maxDigits:
		return 0
	case whole == len(digits):
		if digits[0] == '0' && len(text) > 1 {
			return asFloat // -0
		}
		return asInt | asFloat
	}
	rest := digits[whole:]
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
	for _, b := range rest {
		if !isDigit(b) {
			return 0
		}
	}
	return asFloat
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// temporal returns which of asDate, asTime and asZoned a text fits.
func temporal(text []byte) candidates {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' || !isDigit(text[0]) {
		return 0
	}
	if len(text) == 10 {
		if _, err := time.Parse(time.DateOnly, string(text)); err != nil {
			return 0
		}
		return asDate | asTime // a date may stand among times
	}
	_, zoned, ok := parseTime(string(text))
	switch {
	case !ok:
		return 0
	case zoned:
		return asZoned
	}
	return asTime
}

// parseTime reads the forms of ISO 8601 that exports use; zoned tells whether
// the text names its zone.
func parseTime(text string) (t time.Time, zoned, ok bool) {
	if len(text) == 10 {
		t, err := time.Parse(time.DateOnly, text)
		return t, false, err == nil
	}
	if len(text) < 16 || text[10] != 'T' && text[10] != ' ' {
		return t, false, false
	}
	text = text[:10] + "T" + text[11:]
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, false, true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05 UTC", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05 Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true, true
		}
	}
	return t, false, false
}

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

// parseInt and parseFloat read numbers as a user who sets a type means them:
// leading zeros and a plus are allowed.
func parseInt(text []byte) (int64, bool) {
	v, err := strconv.ParseInt(string(text), 10, 64)
	return v, err == nil
}

func parseFloat(text []byte) (float64, bool) {
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil
}
