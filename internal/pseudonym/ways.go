package pseudonym

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ways are other ways of writing a name: letters such as ü in one character or in two,
// and of handles those without what stands around them, in patterns, with other marks
// between their parts, and with ü as ue or u.
func ways(text string, sort Sort) (out []string) {
	known := map[string]bool{}
	add := func(text string) {
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			if form := form.String(text); !known[form] {
				known[form] = true
				out = append(out, form)
			}
		}
	}
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
		for _, text := range spellings(text) {
			add(text)
			parts := partsOf(text)
			letters := len(strings.Join(parts, ""))
			if len(parts) < 2 || letters < markedWord {
				continue
			}
			for _, between := range []string{"_", ".", "-"} {
				add(strings.Join(parts, between))
			}
			if letters >= longWord {
				for _, way := range glued(parts) {
					add(way)
				}
			}
			for _, way := range reversed(text) {
				add(way)
			}
		}
	}
	return out
}

// gap stands between parts of a name where any mark can stand, or none.
const gap = "\x00"

// glued are the parts of a name with some of them written as one word, and gaps between
// the others.
func glued(parts []string) (out []string) {
	const most = 4 // else all of them or none
	if len(parts) > most {
		return []string{strings.Join(parts, gap), strings.Join(parts, "")}
	}
	for mask := range 1 << (len(parts) - 1) {
		text := parts[0]
		for i, p := range parts[1:] {
			if mask>>i&1 == 0 {
				text += gap
			}
			text += p
		}
		out = append(out, text)
	}
	return out
}

// reversed are a name of a person with the family name first.
func reversed(text string) []string {
	words := strings.Fields(text)
	const least, most = 2, 4
	if len(words) < least || len(words) > most || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsDigit(r) || r == ',' }) || utf8.RuneCountInString(text) < longWord {
		return nil
	}
	last, rest := words[len(words)-1], strings.Join(words[:len(words)-1], " ")
	return []string{last + ", " + rest}
}

// partsOf are the parts of a handle: between its marks, or where it has none before its
// capital letters, as in ErikaMuster.
func partsOf(text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r < 0x80 && strings.ContainsRune("._- ", r) || r >= 0x2010 && r <= 0x2015 })
	if len(parts) != 1 {
		return parts
	}
	const least = 3 // letters of a part: there are none in YouTube's iOS
	var out []string
	from, low := 0, false
	for i, r := range text {
		if low && unicode.IsUpper(r) && i-from >= least && len(text)-i >= least {
			out, from = append(out, text[from:i]), i
		}
		low = unicode.IsLower(r)
	}
	return append(out, text[from:])
}

// spellings are a name as it is, with ä, ö, ü and ß spelled ae, oe, ue and ss, the other
// way round, and without marks on its letters. Short names have but the one.
func spellings(text string) []string {
	out := []string{text}
	if utf8.RuneCountInString(text) < longWord {
		return out
	}
	text = norm.NFC.String(text)
	bare := func(text string) string {
		if ascii(text) {
			return text
		}
		return strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(text))
	}
	others := []string{bare(text), strings.ReplaceAll(text, "ß", "ss")} // ß in capitals is SS
	if strings.ContainsAny(text, "äöüßÄÖÜ") {
		plain := replacing(umlauts).Replace(text)
		others = append(others, plain, bare(plain))
	}
	if strings.Contains(text, "ae") || strings.Contains(text, "oe") || strings.Contains(text, "ue") || strings.Contains(text, "Ae") || strings.Contains(text, "Oe") || strings.Contains(text, "Ue") {
		others = append(others, replacing(umlautsBack).Replace(text))
	}
	if strings.ContainsAny(text, apostrophes) {
		others = append(others, strings.Map(func(r rune) rune {
			if strings.ContainsRune(apostrophes, r) {
				return -1
			}
			return r
		}, text))
	}
	for _, other := range others {
		if other != text && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	return out
}

// apostrophes are what people write for one.
const apostrophes = "'’‘ʼ′`´"

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// umlauts are letters and how they are spelled without them.
const umlauts = "ä ae ö oe ü ue ß ss Ä Ae Ö Oe Ü Ue"

// umlautsBack are the same the other way round, but for ss, which is mostly no ß.
const umlautsBack = "ae ä oe ö ue ü Ae Ä Oe Ö Ue Ü"

func replacing(pairs string) *strings.Replacer { return strings.NewReplacer(strings.Fields(pairs)...) }

// What people put around their names: what follows in brackets or behind a bar, a dash
// or a comma, titles, and offices.
var (
	behind = regexp.MustCompile(`\s*(?:[(\[{|•·:/,]|\s[–—-]\s).*$`)
	// bracketed is a name in brackets, of several words with capitals.
	bracketed = regexp.MustCompile(`[(\[]((?:\p{Lu}[\p{L}\p{M}'’-]+)(?: \p{Lu}[\p{L}\p{M}'’-]*| (?:von|van|de|der|und|and|für|of))*(?: \p{Lu}[\p{L}\p{M}'’-]+))[)\]]`)
	title     = regexp.MustCompile(`^(?i:(?:prof|dr|mr|mrs|ms|dipl|mag|ing|med|h\.? ?c)\.?(?:[- ]?(?:ing|med|phil|h\.? ?c)\.)?\s+)+`)
	office    = regexp.MustCompile(`(?i:\s+(?:md[bla]|mdep|mdl|mp|mep|phd|ph\.d\.|m\.?a\.?|b\.?a\.?|m\.?sc\.?|official|offiziell))+$`)
)

// bareNames are a display name without what stands around it: `Anna Müster` of `Dr. Anna
// Müster 🌻 | MdB`. There are none where nothing does, and where one short word would be
// left.
func bareNames(text string) (out []string) {
	cores := []string{text, behind.ReplaceAllString(text, "")}
	if m := bracketed.FindStringSubmatch(text); m != nil {
		cores = append(cores, m[1])
	}
	for _, core := range cores {
		core = title.ReplaceAllString(strings.TrimSpace(core), "")
		core = strings.TrimFunc(core, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		core = office.ReplaceAllString(core, "")
		if words := len(strings.Fields(core)); core != text && (words > 1 || utf8.RuneCountInString(core) >= longWord) {
			out = append(out, core)
		}
	}
	return out
}
