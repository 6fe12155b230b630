package stage

// Status says how one row went in one stage. An empty answer, a refused one, a
// cut-off one and a missing file are different things.
type Status string

// The values of a status column.
const (
	OK         Status = "ok"
	Missing    Status = "missing"    // there is no picture or file
	Unreadable Status = "unreadable" // there is one, but it cannot be decoded
	Refused    Status = "refused"    // the model declined to answer
	Truncated  Status = "truncated"  // the answer was cut off
	Invalid    Status = "invalid"    // the answer does not fit the codebook
	Failed     Status = "failed"     // the request failed after all retries
	Skipped    Status = "skipped"    // not attempted
)

// Statuses lists all values, in the order of the constants: the dictionary of
// every status column.
func Statuses() []Status {
	return []Status{OK, Missing, Unreadable, Refused, Truncated, Invalid, Failed, Skipped}
}
