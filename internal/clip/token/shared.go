package token

// Within reports whether one of the ranges holds r. The ranges are pairs of
// first and last characters, in ascending order.
func Within(ranges string, r rune) bool { return within(ranges, r) }

// NewerMark reports whether r is a combining mark that Hugging Face's
// normalisation, of Unicode 9, does not know and so leaves where it stands.
func NewerMark(r rune) bool { return r >= firstNewer && within(newerMarks, r) }

// AppendLower appends the lower case of one character, as Hugging Face's
// tokenizers have it: whatever stands beside it, so that Σ becomes σ also at a
// word's end.
func AppendLower(dst []byte, r rune) []byte {
	if r == 'İ' {
		return append(dst, "i\u0307"...)
	}
	return append(dst, string(lower(r))...)
}
