package bundle

import (
	"context"
	"regexp"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
)

// Seen is what the values of a column show.
type Seen struct {
	// Web, Long, Telling, Called and Picture are true of columns of which most values are
	// web addresses, numbers of at least six digits, no plain words, words behind an @,
	// and paths of pictures; Truth where all are such as yes and no.
	Web, Long, Telling, Called, Picture, Truth bool
	// Person and Account are true of columns of which most values look like names of
	// persons, some words with capitals, and like handles, one word with a mark, a digit
	// or a capital in it.
	Person, Account bool
	// Example is a value.
	Example string
}

// looked is how many rows tell what a column holds.
const looked = 500

// Look looks at the values of each column.
func (l *Loaded) Look(ctx context.Context) ([]Seen, error) {
	type count struct{ web, long, telling, called, picture, truth, person, account, all int }
	counts, out := make([]count, l.Out.NumFields()), make([]Seen, l.Out.NumFields())
	rows := 0
	for rec, err := range l.Spool.Rows(ctx, memory.DefaultAllocator) {
		if err != nil {
			return nil, err
		}
		for c, col := range rec.Columns() {
			text, whole := columns.IsText(col.DataType()), arrow.IsInteger(col.DataType().ID())
			for i := range min(col.Len(), looked) {
				value := strings.TrimSpace(columns.Format(col, i))
				if col.IsNull(i) || value == "" {
					continue
				}
				n := &counts[c]
				if n.all++; out[c].Example == "" {
					out[c].Example = strings.Clone(value)
				}
				if !text && !whole {
					continue
				}
				if scheme, _, cut := strings.Cut(strings.ToLower(value), "://"); cut && (scheme == "http" || scheme == "https") {
					n.web++
				}
				if digits := strings.TrimLeft(value, "-"); len(digits) >= 6 && strings.Trim(digits, "0123456789") == "" {
					n.long++
				}
				if marked(value) {
					n.telling++
				}
				if value[0] == '@' && !strings.ContainsAny(value, " \n") {
					n.called++
				}
				if picture(value) {
					n.picture++
				}
				if person.MatchString(value) {
					n.person++
				}
				if marked(value) && !strings.ContainsAny(value, " \n/") && strings.ContainsFunc(value, unicode.IsLetter) && !measure.MatchString(value) {
					n.account++
				}
				if strings.Contains(truths, " "+strings.ToLower(value)+" ") {
					n.truth++
				}
			}
		}
		if rows += int(rec.NumRows()); rows >= looked {
			break
		}
	}
	for c, n := range counts {
		out[c].Called, out[c].Picture = n.called*2 > n.all, n.picture*2 > n.all
		out[c].Person, out[c].Account = n.person*2 > n.all, n.account*2 > n.all
		out[c].Web, out[c].Long, out[c].Telling, out[c].Truth = n.web*2 > n.all, n.long*2 > n.all, n.telling*2 > n.all, n.all > 0 && n.truth == n.all
	}
	return out, nil
}

// person is what names of persons look like, with titles, particles and initials.
var person = regexp.MustCompile(`^(?:(?:Dr|Prof|Dipl|Mag)\.(?:[ -]\p{L}+\.)* )*\p{Lu}[\p{L}\p{M}'’.-]+(?: (?:von|van|de|der|den|du|di|da|zu|zur|del|la|al|bin)){0,2}(?: \p{Lu}[\p{L}\p{M}'’.-]*){1,3}$`)

// measure is a number with a unit, such as 1.2K.
var measure = regexp.MustCompile(`^[-+]?[\d.,:%]+\p{L}{0,3}\d?$`)

// truths are what coders write where something is the case or is not.
const truths = " yes no ja nein true false wahr falsch y n j 0 1 none unclear unklar na n/a - "

// marked reports whether a text has a digit, a mark that names have, or letters of both
// cases behind its first.
func marked(text string) bool {
	inner := text[min(1, len(text)):]
	return strings.ToLower(inner) != inner && strings.ToUpper(inner) != inner || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("._-/", r) })
}
