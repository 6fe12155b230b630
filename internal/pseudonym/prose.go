package pseudonym

import (
	"regexp"
	"strings"
)

// What takes the place of addresses in texts.
const (
	noURL   = "[url]"
	noEmail = "[email]"
)

var (
	address = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)[^\s<>"'` + "`" + `\])}\\]+|\b[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}/[^\s<>"'` + "`" + `\])}\\]*`)
	email   = regexp.MustCompile(`[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}`)
	mention = regexp.MustCompile(`(^|[^\p{L}\d_./])@([\p{L}\d_](?:[\p{L}\d_.]*[\p{L}\d_])?)`)
)

// Prose replaces what names somebody in a text that people or models wrote: the names,
// web addresses, mail addresses, and whatever follows an @.
func (n *Names) Prose(text string) string {
	if strings.ContainsAny(text, "./") {
		text = address.ReplaceAllString(text, noURL)
	}
	if !strings.Contains(text, "@") {
		return n.Text(text)
	}
	text = n.Text(email.ReplaceAllString(text, noEmail))
	return mention.ReplaceAllStringFunc(text, func(m string) string {
		at := strings.IndexByte(m, '@')
		if who := m[at+1:]; !Is(who) {
			return m[:at+1] + n.key.Of(fold(who))
		}
		return m
	})
}
