package bundle

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
)

// What columns are called that name accounts or persons, posts, places of files, and
// web addresses: the last part of their names in lower case, letters and digits alone.
var (
	handleName = regexp.MustCompile(`^(owner|profile|channel(title)?|page(title)?|creator|poster|nickname|taggedusers?|usertags|(first|last|given|family|sur)names?|(vor|nach)namen?|names?|candidates?|kandidat(in|en)?|politicians?|persons?|sender|members?|konto|konten|autor(in|en|innen)?|verfasser(in|innen)?|(be)?nutzer(in|innen)?|absender(in)?|kanal|profil|commenters?|influencers?|bloggers?|abgeordneter?n?|bürgermeister(in)?|ansprechpartner(in)?|urheber(in)?|politiker(in|innen)?|(spitzen|direkt)kandidat(in|en)?|names?(of(the)?|d(es|er))(konto|account|user|nutzer|profil|kanal|seite|person|kandidat)(e?s|en|in|innen)?|((telefon|handy|mobil|ruf|fax)nummer|(telefon|handy)(nr)?)|bylines?|likers|mdb|(forwarded)?from(name)?|sourcename|chat(name|title)?)$`)
	handleEnd  = regexp.MustCompile(`^handle[^d]|forwardedfromname$|((vor|nach|klar|ruf|spitz|familien)namen?|(account|konto|profil|kanal|seiten)(inhaber|besitzer|betreiber)(in)?|(user|screen|account|kandidat(in|en)?|author|owner|profile|channel|page|creator|sponsor|group|candidate|advertiser|member|person|politician|artist|influencer|sender|poster|real|full|display|nick|(be)?nutzer|seiten|kanal|profil|konto|autoren)names?|owners?|(post|creat|shar|writt?|upload)(ed|en)by|users?|handles?|accounts?|(co)?authors?|mentions?|(author|user|owner)full|(channel|page)title|(e?mail|phone|telefon)(number|nummer|address|adresse)?)$`)
	idName     = regexp.MustCompile(`^(ids?|idstr|(post|beitrags?|tweet|video|datei)(nr|nummer|number)|uuid|guid|(sec|u)?uid|fbid(v2)?|shortcode|code|pk|key|permalink)$`)
	idOf       = regexp.MustCompile(`^(user|media|post|owner|author|account|profile|channel|page|item|tweet|status|video|reel|story|comment|creator|message|thread|object|content|parent|sponsor|group|facebook|instagram|twitter|tiktok|youtube|telegram)(id|pk|code)s?$`)
	idEnd      = regexp.MustCompile(`(?i:(^|[_. ])ids?)$|[a-z]I[dD]s?$`)
	pathName   = regexp.MustCompile(`^(file(name|path)?|path|folder|image(path|file|s)?|img|picture(path)?|photo(path)?|media(path|file)?|video(path|file)?|name)$`)
	urlName    = regexp.MustCompile(`(url|link|uri|href)s?$`)
	// platform are columns that may name accounts, by their values.
	platform = regexp.MustCompile(`^(instagram|insta|ig|twitter|x|facebook|fb|tiktok|youtube|telegram|threads|mastodon|bluesky|linkedin|wer|who|inreplyto|mobile?|tel)$`)
	// vague are names of columns of ids and paths, and of codes too: their values tell.
	vague = regexp.MustCompile(`^(key|media|images?|img|pictures?|photos?|videos?)$|(^|[^t])code$`)
	// listing are columns of several names to a cell, spaced those with spaces between.
	listing = regexp.MustCompile(`mention|tagged|usertag|(user|handle|account|author|member|candidate|politician|person|name)s$|autoren|konten`)
	spaced  = regexp.MustCompile(`mention|tagged|usertag|coauthor`)
)

// gendered is the ending of German words that name women too: Kandidat/in.
var gendered = regexp.MustCompile(`(\pL)[/*:·]-?(in|innen)$`)

// plain is the last part of a column's name that is no number, in lower case, letters
// and digits alone, without the number that it ends with: mentions of `mentions/0`.
func plain(name string) string {
	if open := strings.LastIndex(name, "("); open > 0 && strings.HasSuffix(strings.TrimSpace(name), ")") {
		name = name[:open] // says which
	}
	name = gendered.ReplaceAllString(name, "$1$2")
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '/' })
	for len(parts) > 1 && strings.Trim(parts[len(parts)-1], "0123456789") == "" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) > 0 {
		name = parts[len(parts)-1]
	}
	low := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
	if idName.MatchString(low) {
		return low
	}
	return strings.TrimRight(low, "0123456789")
}

// named is a column with what its name tells of its cells.
func named(name string) Column {
	plain := plain(name)
	c := Column{Name: name, path: pathName.MatchString(plain), folder: plain == "folder", listing: listing.MatchString(plain), between: ",;|\n\t"}
	if spaced.MatchString(plain) {
		c.between += " "
	}
	return c
}

// namesAccounts reports whether a column names accounts or persons, by its name or since
// its values begin with an @.
func namesAccounts(plain string, t arrow.DataType, values Seen) bool {
	switch {
	case columns.IsText(t) && values.Called:
		return true
	case platform.MatchString(plain):
		return columns.IsText(t) && !values.Truth && (values.Person || values.Account || values.Long)
	case !calledAccount(plain), !nominal(t), values.Truth:
		return false
	case arrow.IsInteger(t.ID()):
		return values.Long
	}
	return true
}

// namesPosts reports whether a column names posts, files, or places in the web.
func namesPosts(name, plain string, inListing bool, t arrow.DataType, values Seen) bool {
	text := columns.IsText(t)
	switch {
	case text && (urlName.MatchString(plain) || values.Web || values.Picture):
		return true
	case text && vague.MatchString(plain) && !values.Telling:
		return false
	}
	return calledPost(name, plain) || inListing && text
}

// calledAccount and calledPost report whether a column or a member of JSON is called as
// those are that name accounts or persons, and that are ids of posts.
func calledAccount(plain string) bool {
	return handleName.MatchString(plain) || handleEnd.MatchString(plain)
}

func calledPost(name, plain string) bool {
	return idName.MatchString(plain) || idOf.MatchString(plain) || idEnd.MatchString(name)
}

// nominal reports whether a column can hold names: no measures, no truth values.
func nominal(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.BOOL, arrow.FLOAT32, arrow.FLOAT64, arrow.TIMESTAMP, arrow.DATE32, arrow.DATE64:
		return false
	}
	return true
}

func nested(t arrow.DataType) bool { return arrow.IsNested(t.ID()) }
