package pipeline

import (
	"fmt"
	"regexp"
	"strconv"
)

// Policy says what happens to the rows that a stage could not do.
type Policy struct {
	// Drop takes them out; otherwise they stay, with their status.
	Drop bool
	// Stop ends the run when the share of such rows is above Share.
	Stop  bool
	Share float64
}

// Keep is the default policy: faults stay in the table, with their status.
func Keep() Policy { return Policy{} }

// PolicyPattern is also the pattern of `on_fault` in the JSON Schema.
const PolicyPattern = `^(keep|drop|stop|stop above [0-9]+(\.[0-9]+)?%)$`

var policies = regexp.MustCompile(PolicyPattern)

// ParsePolicy reads `keep`, `drop`, `stop` or `stop above 5%`.
func ParsePolicy(text string) (Policy, error) {
	if !policies.MatchString(text) {
		return Policy{}, fmt.Errorf("%q is no policy for faults", text)
	}
	switch text {
	case "keep":
		return Policy{}, nil
	case "drop":
		return Policy{Drop: true}, nil
	case "stop":
		return Policy{Stop: true}, nil
	}
	percent, err := strconv.ParseFloat(text[len("stop above "):len(text)-1], 64)
	if err != nil || percent > 100 {
		return Policy{}, fmt.Errorf("%q is no policy for faults", text)
	}
	return Policy{Stop: true, Share: percent / 100}, nil
}

// percent writes a share as per cent.
func percent(share float64) string { return strconv.FormatFloat(share*100, 'g', 10, 64) + "%" }
