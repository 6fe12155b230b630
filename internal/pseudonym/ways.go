package pseudonym

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ways are other ways of writing a name: letters such as ü in one character or in two,
// and of handles those without what stands around them, in patterns, and with other
// marks between their parts.
func ways(text string, sort Sort) (out []string) {
	add := func(text string) { out = append(out, norm.NFC.String(text), norm.NFD.String(text)) }
	add(text)
	add(norm.NFKC.String(text)) // of letters such as 𝐀, which only look otherwise
	if sort != Handle {
		return out
	}
	for _, text := range append(bareNames(text), text) {
		add(text)
		for _, dot := range []string{`\.`, `\\.`} { // in patterns, and those in quotes
			if strings.Contains(text, ".") {
				add(strings.ReplaceAll(text, ".", dot))
			}
		}
		parts := strings.FieldsFunc(text, func(r rune) bool { return r < 0x80 && strings.ContainsRune("._- ", r) })
		if len(parts) < 2 || len(strings.Join(parts, "")) < longWord {
			continue
		}
		for _, between := range []string{"", " ", "_", ".", "-"} {
			add(strings.Join(parts, between))
		}
	}
	return out
}

// What people put around their names: what follows in brackets or behind a bar, a dash
// or a comma, titles, and offices.
var (
	behind = regexp.MustCompile(`\s*(?:[(\[{|•·:/,]|\s[–—-]\s).*$`)
	title  = regexp.MustCompile(`^(?i:(?:prof|dr|mr|mrs|ms|dipl|mag|ing|med|h\.? ?c)\.?(?:[- ]?(?:ing|med|phil|h\.? ?c)\.)?\s+)+`)
	office = regexp.MustCompile(`(?i:\s+(?:md[bla]|mdep|mdl|mp|mep|phd|ph\.d\.|m\.?a\.?|b\.?a\.?|m\.?sc\.?|official|offiziell))+$`)
)

// bareNames are a display name without what stands around it: `Anna Müster` of `Dr. Anna
// Müster 🌻 | MdB`. There are none where nothing does, and where one short word would be
// left.
func bareNames(text string) (out []string) {
	for _, core := range []string{text, behind.ReplaceAllString(text, "")} {
		core = title.ReplaceAllString(strings.TrimSpace(core), "")
		core = strings.TrimFunc(core, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		core = office.ReplaceAllString(core, "")
		if words := len(strings.Fields(core)); core != text && (words > 1 || utf8.RuneCountInString(core) >= longWord) {
			out = append(out, core)
		}
	}
	return out
}
