package stage

import "strings"

// OptionError says which option of a stage's `with` is wrong. The stage knows
// the option; the engine, which owns the file, turns it into a place in it.
type OptionError struct {
	// Path leads to the option: {"labels", "Collage", "0"}. Empty means the
	// stage as a whole.
	Path []string
	// Start and End are byte offsets into the option's text if it is text
	// with a grammar of its own, such as an expression; both 0 mean all of it.
	Start, End int
	// Message says what is wrong, Hint what would be right.
	Message, Hint string
	// Warning marks what is allowed but probably not meant.
	Warning bool
}

// Error gives path, message and hint on one line.
func (e *OptionError) Error() string {
	var b strings.Builder
	if len(e.Path) > 0 {
		b.WriteString(strings.Join(e.Path, ".") + ": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// MissingError says that something this machine lacks keeps a stage from
// running: a library, a model, a key. Mend is what the user can do about it.
type MissingError struct{ What, Mend string }

// Error gives what is missing and how to mend it.
func (e *MissingError) Error() string { return e.What + "\n" + e.Mend }
