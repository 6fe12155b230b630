package bundle

import (
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/pseudonym"
)

// register adds what a cell names.
func register(names *pseudonym.Names, c Column, text string, sort pseudonym.Sort) {
	if sort == pseudonym.ID && c.path && common(text) {
		return
	}
	if sort == pseudonym.Handle && (strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")) {
		found := false
		pseudonym.Members(text, func(member, value string) {
			found = true
			registerMember(names, member, value, true)
		})
		if found {
			return
		}
	}
	names.Add(text, sort)
	if sort == pseudonym.Handle {
		for _, part := range several(c, text) {
			names.Add(part, sort)
		}
		return
	}
	if scheme, rest, web := strings.Cut(text, "://"); web && !strings.ContainsAny(scheme, `/\.`) {
		for i, part := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("/?&=#", r) }) {
			switch {
			case i == 0: // the host
			case strings.HasPrefix(part, "@"):
				names.Add(part, pseudonym.Handle)
			case telling(part):
				names.Add(part, pseudonym.ID)
			}
		}
		return
	}
	parts := strings.Split(strings.ReplaceAll(text, `\`, "/"), "/")
	for i, part := range parts {
		switch {
		case len(parts) == 1 && !c.folder, common(part):
		case i == len(parts)-1 && media.IsPicture(part):
			names.Add(strings.TrimSuffix(part, path.Ext(part)), pseudonym.ID)
		case c.folder || telling(part) && !strings.EqualFold(path.Ext(part), ".zip"):
			names.Add(part, pseudonym.Handle) // folders are called after accounts
		}
	}
}

// telling reports whether a part of a path or an address names something, and is no
// plain word such as media or status: it has a digit, a mark, or letters of both cases.
func telling(part string) bool {
	const least = 5
	return len(part) >= least && marked(part)
}

// common reports whether a folder is called after a day or what lies in it: such a name
// is replaced in paths, and looked for nowhere else.
func common(folder string) bool {
	words := strings.FieldsFunc(strings.ToLower(folder), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if day.MatchString(folder) {
		return true
	}
	letters := false
	for _, w := range words {
		digits := strings.Trim(w, "0123456789") == ""
		if letters = letters || !digits; !digits && !strings.Contains(commonWords, " "+w+" ") {
			return false
		}
	}
	return letters
}

var day = regexp.MustCompile(`^(19|20)\d\d([-_. ]?\d\d){0,2}$`)

// commonWords are what folders are called after that lies in them.
const commonWords = ` media medien image images img imgs picture pictures pic pics photo photos foto fotos bilder video videos post posts story stories reel reels feed data daten file files download downloads export exports archive archives raw input inputs output instagram facebook twitter tiktok youtube telegram x campaign campaigns election elections wahl party parties all new old final sample samples test train study corpus dataset scrape scraped crawl screenshot screenshots thumb thumbs thumbnail thumbnails ad ads by `

// several are the names in a cell that lists some: with , ; or | between them, and of
// columns of mentions with spaces too. In a column of one name to a cell they are those
// that look like names: what stands behind a name can be an office.
func several(c Column, text string) []string {
	if !strings.ContainsAny(text, c.between) {
		return nil
	}
	var out []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(c.between, r) }) {
		if at := strings.LastIndex(part, ": "); at >= 0 && strings.ContainsAny(part[:at], `'"`) {
			part = part[at+2:] // of a dictionary of Python
		}
		part = strings.TrimSpace(part)
		if c.listing || strings.HasPrefix(part, "@") || telling(part) && !strings.Contains(part, " ") || person.MatchString(part) {
			out = append(out, strings.Trim(part, `@[](){}"'`))
		}
	}
	return out
}

// hidden is what a cell of a column becomes whose values are replaced: of a list of
// accounts, each of them.
func (c Column) hidden(names *pseudonym.Names, text string) string {
	text = strings.TrimSpace(text)
	if !c.Handle {
		return names.Of(text)
	}
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		if out := names.Cell(text); out != text {
			return out
		}
	}
	if !c.listing || !strings.ContainsAny(text, c.between) {
		return names.Name(text)
	}
	var b strings.Builder
	for text != "" {
		end := strings.IndexAny(text, c.between)
		if end < 0 {
			end = len(text)
		}
		part := strings.TrimSpace(text[:end])
		b.WriteString(strings.Replace(text[:end], part, names.Name(part), 1))
		if text = text[end:]; text != "" { // all marks have one byte
			b.WriteByte(text[0])
			text = text[1:]
		}
	}
	return b.String()
}

// registerMembers adds what the members of JSON, or of literals of Python, in the cells of a column name, by the
// names of these members.
func registerMembers(col arrow.Array, names *pseudonym.Names) {
	texts, is := columns.Text(col)
	if !is {
		return
	}
	for i := range texts.Len() {
		if texts.IsNull(i) {
			continue
		}
		text := strings.TrimSpace(texts.At(i))
		if text == "" || text[0] != '{' && text[0] != '[' {
			continue
		}
		pseudonym.Members(text, func(member, value string) { registerMember(names, member, value, false) })
	}
}

// registerMember adds what a member of JSON names. What stands in a list names accounts
// where listed says so.
func registerMember(names *pseudonym.Names, member, value string, listed bool) {
	key := plain(member)
	c := named(member)
	switch {
	case member == "" && listed, calledAccount(key):
		register(names, c, value, pseudonym.Handle)
	case calledPost(member, key), urlName.MatchString(key):
		register(names, c, value, pseudonym.ID)
	}
}
