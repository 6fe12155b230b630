package pseudonym

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What takes the place of addresses in texts: which it was is told by a few letters, so
// that texts with different addresses stay different.
const (
	noURL   = "[url "
	noEmail = "[email "
	closing = "]"
)

// tokenLetters are how many letters tell an address from others.
const tokenLetters = 8

// token takes the place of an address, the same one however its letters are cased.
func (n *Names) token(before, address string) string {
	return before + n.key.Of(handle(address))[1:1+tokenLetters] + closing
}

// unseen are characters without a width, which stand in texts to break words or to hide
// them.
const unseen = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

var (
	address = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)[^\s<>"` + "`" + `\\]+|\b[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}/[^\s<>"` + "`" + `\\]*`)
	email   = regexp.MustCompile(`[\p{L}\p{M}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}`)
	mention = regexp.MustCompile(`(^|[^\p{L}\p{M}\d_./])(?:@|＠|%40)([\p{L}\p{M}\d_](?:[\p{L}\p{M}\d_.-]*[\p{L}\p{M}\d_])?)`)
	home    = regexp.MustCompile(`((?:/home/|/Users/|\\Users\\))([^/\\\s"']+)`)
	percent = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)
	escape  = regexp.MustCompile(`\\(?:u[0-9A-Fa-f]{4}|[nrt/'"])`)
	// scholarly are the hosts of identifiers and licences.
	scholarly = regexp.MustCompile(`^(?i:[a-z][a-z0-9+.-]*://)?(?i:[a-z0-9-]+\.)*(?i:doi\.org|hdl\.handle\.net|orcid\.org|w3\.org|schema\.org|spdx\.org|creativecommons\.org|zenodo\.org|osf\.io)(?:[/:?#]|$)`)
)

// Prose replaces what names somebody in a text that people or models wrote: the names,
// web addresses, mail addresses, whatever follows an @, and whose folder a path begins with.
func (n *Names) Prose(text string) string { return n.prose(text, false) }

// Written is Prose for what the authors of a study wrote themselves, where the addresses
// of scholarly identifiers and licences stay.
func (n *Names) Written(text string) string { return n.prose(text, true) }

func (n *Names) prose(text string, ours bool) string {
	text = n.plain(text)
	if strings.ContainsAny(text, "./") {
		text = address.ReplaceAllStringFunc(text, func(m string) string {
			if ours && scholarly.MatchString(m) {
				return m
			}
			end := len(strings.TrimRight(m, `).,;:!?]}'*_`))
			return n.token(noURL, m[:end]) + m[end:]
		})
	}
	if strings.Contains(text, "@") {
		text = email.ReplaceAllStringFunc(text, func(m string) string { return n.token(noEmail, m) })
	}
	text = n.Text(text)
	if strings.ContainsAny(text, `/\`) {
		text = home.ReplaceAllStringFunc(text, func(m string) string {
			parts := home.FindStringSubmatch(m)
			if Is(parts[2]) {
				return m
			}
			return parts[1] + n.one(parts[2])
		})
	}
	if !strings.ContainsAny(text, "@＠%") {
		return text
	}
	return mention.ReplaceAllStringFunc(text, func(m string) string {
		parts := mention.FindStringSubmatch(m)
		who := parts[2]
		if _, ours := n.issued.Load(who); ours {
			return m
		}
		return m[:len(m)-len(who)] + n.one(norm.NFC.String(fold(who)))
	})
}

// plain undoes the escapes of HTML, of addresses and of JSON in a text, where that shows
// names.
func (n *Names) plain(text string) string {
	if !strings.ContainsAny(text, `&%\`+unseen) && !strings.ContainsFunc(text, styled) {
		return text
	}
	count := func(text string) int { return len(n.Find(text)) + len(n.inside(text)) }
	for known := count(text); ; { // a text may have several kinds of escapes
		best := text
		for _, other := range readings(text) {
			if found := count(other); found > known {
				best, known = other, found
			}
		}
		if best == text {
			return text
		}
		text = best
	}
}

// readings are the ways in which a text can be read that has escapes.
func readings(text string) (out []string) {
	if strings.Contains(text, "&") {
		out = append(out, html.UnescapeString(text))
	}
	if strings.Contains(text, "%") {
		out = append(out, percent.ReplaceAllStringFunc(text, func(m string) string {
			other, err := url.PathUnescape(m)
			if err != nil || !utf8.ValidString(other) {
				return m
			}
			return other
		}))
	}
	if strings.ContainsAny(text, unseen) {
		out = append(out, strings.Map(func(r rune) rune {
			if strings.ContainsRune(unseen, r) {
				return -1
			}
			return r
		}, text))
	}
	if strings.ContainsFunc(text, styled) {
		out = append(out, norm.NFKC.String(text))
	}
	if strings.Contains(text, `\`) {
		out = append(out, escape.ReplaceAllStringFunc(text, unescape))
	}
	return out
}

// styled reports whether a letter is one of those that only look otherwise: 𝐀, Ａ.
func styled(r rune) bool { return r >= 0x1d400 && r <= 0x1d7ff || r >= 0xff10 && r <= 0xff5a }

func unescape(e string) string {
	switch e[1] {
	case 'n', 'r', 't':
		return " "
	case '/', '\'', '"':
		return e[1:]
	}
	var r rune
	for _, c := range strings.ToLower(e[2:]) {
		r = r<<4 | rune(strings.IndexRune("0123456789abcdef", c))
	}
	return string(r)
}

// Cell replaces what names somebody in a cell, which may hold JSON.
func (n *Names) Cell(text string) string { return n.value(text) }
