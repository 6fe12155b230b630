package bundle

import (
	"path"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/pseudonym"
)

// register adds what a cell names.
func register(names *pseudonym.Names, c Column, text string, sort pseudonym.Sort) {
	names.Add(text, sort)
	if sort == pseudonym.Handle {
		for _, part := range several(c.Name, text) {
			names.Add(part, sort)
		}
		return
	}
	if scheme, rest, web := strings.Cut(text, "://"); web && !strings.ContainsAny(scheme, `/\.`) {
		for i, part := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("/?&=#", r) }) {
			if i > 0 && telling(part) { // the host comes first
				names.Add(part, pseudonym.ID)
			}
		}
		return
	}
	if !strings.ContainsAny(text, `/\`) {
		return
	}
	parts := strings.Split(strings.ReplaceAll(text, `\`, "/"), "/")
	for i, part := range parts {
		switch {
		case i == len(parts)-1 && media.IsPicture(part):
			names.Add(strings.TrimSuffix(part, path.Ext(part)), pseudonym.ID)
		case telling(part) && !strings.EqualFold(path.Ext(part), ".zip"):
			names.Add(part, pseudonym.Handle) // folders are called after accounts
		}
	}
}

// telling reports whether a part of a path or an address names something, and is no
// plain word such as media or status: it has a digit, a mark, or letters of both cases.
func telling(part string) bool {
	const least = 5
	if len(part) < least {
		return false
	}
	mark := strings.ContainsFunc(part, func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("._-", r) })
	inner := part[1:]
	return mark || strings.ToLower(inner) != inner
}

// registerMembers adds what the members of JSON in the cells of a column name, by the
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
		pseudonym.Members(text, func(member, value string) {
			key := plain(member)
			c := Column{Name: member}
			switch {
			case handleName.MatchString(key):
				register(names, c, value, pseudonym.Handle)
			case idName.MatchString(key) || idOf.MatchString(key) || idEnd.MatchString(member) || urlName.MatchString(key):
				register(names, c, value, pseudonym.ID)
			}
		})
	}
}
