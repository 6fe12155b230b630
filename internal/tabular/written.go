package tabular

import (
	"bytes"
	"time"
)

// zoneOffset returns the minutes before UTC of a zone that goes by one word,
// as CrowdTangle and German exports write it. Words that mean several zones
// (BST, IST) are left out; those of the United States are as RFC 5322 has them.
func zoneOffset(word string) (minutes int64, ok bool) {
	switch word {
	case "UTC", "GMT", "Z", "WET":
		return 0, true
	case "CET", "MEZ", "WEST":
		return 60, true
	case "CEST", "MESZ", "EET", "OEZ":
		return 120, true
	case "EEST", "OESZ":
		return 180, true
	case "EST", "CDT":
		return -300, true
	case "EDT":
		return -240, true
	case "CST", "MDT":
		return -360, true
	case "MST", "PDT":
		return -420, true
	case "PST":
		return -480, true
	}
	return 0, false
}

// parseWritten reads a time as parseTime does, and further forms that a user
// who sets the type means: a zone by its word, and German dates
// (31.12.2021, 1.2.2021 9:05 Uhr).
func parseWritten(text []byte) (micros int64, form timeForm) {
	if micros, form = parseTime(text); form != noTime {
		return micros, form
	}
	if at := bytes.LastIndexByte(text, ' '); at > 0 {
		if minutes, ok := zoneOffset(string(text[at+1:])); ok {
			micros, form = parseWritten(text[:at])
			if form != localForm {
				return 0, noTime
			}
			return micros - minutes*minute, zonedForm
		}
	}
	return parseGerman(text)
}

// parseGerman reads day, month and year with points, and a time after it.
func parseGerman(text []byte) (micros int64, form timeForm) {
	var parts [3]int
	for i := range parts {
		n := digitRun(text)
		if most := []int{2, 2, 4}[i]; n == 0 || n > most || i == 2 && n != most {
			return 0, noTime
		}
		parts[i], _ = digits(text[:n])
		text = text[n:]
		if i < 2 {
			if len(text) == 0 || text[0] != '.' {
				return 0, noTime
			}
			text = text[1:]
		}
	}
	d, m, y := parts[0], parts[1], parts[2]
	if m < 1 || m > 12 || d < 1 || d > monthDays(y, m) {
		return 0, noTime
	}
	micros = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() * second
	if len(text) == 0 {
		return micros, dateForm
	}
	text = bytes.TrimPrefix(text, []byte(","))
	if len(text) == 0 || text[0] != ' ' && text[0] != 'T' {
		return 0, noTime
	}
	text = bytes.TrimSuffix(text[1:], []byte(" Uhr"))
	if digitRun(text) == 1 {
		text = append([]byte("0"), text...)
	}
	clock, rest, ok := parseClock(text)
	if !ok || len(rest) > 0 {
		return 0, noTime
	}
	return micros + clock, localForm
}
