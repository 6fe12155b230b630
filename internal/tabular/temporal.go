package tabular

import "time"

// temporal returns which of asDate, asTime and asZoned a text fits.
func temporal(text []byte) candidates {
	_, form := parseTime(text)
	switch form {
	case dateForm:
		return asDate | asTime // a date may stand among times
	case localForm:
		return asTime
	case zonedForm:
		return asZoned
	}
	return 0
}

// timeForm is how a text states a time.
type timeForm uint8

const (
	noTime    timeForm = iota
	dateForm           // a day
	localForm          // day and time without a zone
	zonedForm          // day and time with one
)

// Microseconds in a unit of time.
const (
	second = int64(1e6)
	minute = 60 * second
	day    = 24 * 60 * minute
)

// parseTime reads the forms of ISO 8601 that exports use: a day, then after T
// or a space hours and minutes, seconds with up to six digits after the point,
// and a zone (Z, UTC or an offset). micros are those since 1970, in UTC where
// there is a zone. Forms that it does not know, such as `CEST`, are no times.
func parseTime(text []byte) (micros int64, form timeForm) {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' {
		return 0, noTime
	}
	y, okY := digits(text[:4])
	m, okM := digits(text[5:7])
	d, okD := digits(text[8:10])
	if !okY || !okM || !okD || m < 1 || m > 12 || d < 1 || d > 28 && d > monthDays(y, m) {
		return 0, noTime
	}
	micros = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() * second
	if len(text) == 10 {
		return micros, dateForm
	}
	if text[10] != 'T' && text[10] != ' ' {
		return 0, noTime
	}
	clock, rest, ok := parseClock(text[11:])
	if !ok {
		return 0, noTime
	}
	micros += clock
	if len(rest) == 0 {
		return micros, localForm
	}
	offset, ok := parseZone(rest)
	if !ok {
		return 0, noTime
	}
	return micros - offset, zonedForm
}

func monthDays(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// digits reads a number of nothing but digits.
func digits(text []byte) (n int, ok bool) {
	for _, b := range text {
		if !isDigit(b) {
			return 0, false
		}
		n = n*10 + int(b-'0')
	}
	return n, true
}

// parseClock reads hh:mm, hh:mm:ss or hh:mm:ss.ffffff and returns what follows.
func parseClock(text []byte) (micros int64, rest []byte, ok bool) {
	if len(text) < 5 || text[2] != ':' {
		return 0, nil, false
	}
	h, okH := digits(text[:2])
	m, okM := digits(text[3:5])
	if !okH || !okM || h > 23 || m > 59 {
		return 0, nil, false
	}
	micros, rest = int64(h)*60*minute+int64(m)*minute, text[5:]
	if len(rest) < 3 || rest[0] != ':' {
		return micros, rest, true
	}
	s, ok := digits(rest[1:3])
	if !ok || s > 59 {
		return 0, nil, false
	}
	micros, rest = micros+int64(s)*second, rest[3:]
	if len(rest) == 0 || rest[0] != '.' {
		return micros, rest, true
	}
	n, unit := 1, second
	for ; n < len(rest) && isDigit(rest[n]); n++ {
		unit /= 10
		if unit == 0 && rest[n] != '0' {
			return 0, nil, false // finer than a microsecond
		}
		micros += int64(rest[n]-'0') * unit
	}
	return micros, rest[n:], n > 1
}

// parseZone reads Z, UTC, +hh:mm or +hhmm, with or without a space before it.
func parseZone(text []byte) (offset int64, ok bool) {
	if text[0] == ' ' {
		text = text[1:]
	}
	switch string(text) {
	case "Z", "UTC":
		return 0, true
	}
	if len(text) < 5 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	minutes := text[3:]
	if minutes[0] == ':' {
		minutes = minutes[1:]
	}
	h, okH := digits(text[1:3])
	m, okM := digits(minutes)
	if !okH || !okM || len(minutes) != 2 || h > 15 || m > 59 {
		return 0, false
	}
	offset = int64(h*60+m) * minute
	if text[0] == '-' {
		offset = -offset
	}
	return offset, true
}
