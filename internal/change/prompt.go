package change

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Marks of the text that a codebook makes.
var (
	heading  = regexp.MustCompile(`^(#{1,2}) (?:\d+\. )?(.+)$`)
	category = regexp.MustCompile("^- `(.+?)`(?:: .*)?$")
)

// passages takes a prompt apart: the text of each variable, category and section, by a
// name, and the names in their order. A text without headings is one passage.
func passages(prompt string) (texts map[string]string, order []string) {
	texts = map[string]string{}
	name, variable, sections := "its text", "", 0
	for _, line := range strings.Split(prompt, "\n") {
		if m := heading.FindStringSubmatch(line); m != nil {
			if name, variable = "section "+m[2], ""; m[1] == "##" {
				name, variable = m[2], m[2]
			}
			sections++
		} else if m := category.FindStringSubmatch(line); m != nil && variable != "" {
			name = "category " + m[1] + " of " + variable
		} else if variable != "" && line != "" && line[0] != ' ' {
			name = variable // what follows the list of categories
		}
		if _, known := texts[name]; !known {
			order = append(order, name)
		}
		if line = strings.TrimSpace(line); line == "" || heading.MatchString(line) {
			line = ""
		} else {
			line += "\n"
		}
		texts[name] += line
	}
	if sections == 0 {
		return map[string]string{"its text": prompt}, []string{"its text"}
	}
	return texts, order
}

// promptParts names the passages in which two prompts differ. What a codebook says of
// how to proceed and answer follows from its variables: it is named where nothing else
// differs.
func promptParts(old, now string) []string {
	if old == now {
		return nil
	}
	before, was := passages(old)
	after, is := passages(now)
	var out, follow []string
	add := func(name, what string) {
		if name == "section Process" || name == "section Answer" {
			follow = append(follow, name+what)
			return
		}
		out = append(out, name+what)
	}
	for _, name := range is {
		switch text, known := before[name]; {
		case !known:
			add(name, " (new)")
		case text != after[name]:
			add(name, "")
		}
	}
	for _, name := range was {
		if _, known := after[name]; !known {
			add(name, " (gone)")
		}
	}
	switch {
	case len(out) == 0 && len(follow) == 0 && !slices.Equal(was, is):
		return []string{"the order of its categories"}
	case len(out) == 0 && len(follow) == 0:
		return []string{"its spaces"}
	case len(out) == 0:
		return follow
	}
	return out
}

// few is how many names a cause lists.
const few = 3

// listed is a short list of names, as text.
func listed(names []string) string {
	if n := len(names); n > few {
		return strings.Join(names[:few], ", ") + " and " + strconv.Itoa(n-few) + " more"
	}
	return strings.Join(names, ", ")
}

// shown is a value in a few words.
func shown(text string) string {
	text = unquoted(text)
	if r := []rune(text); len(r) > 40 {
		text = string(r[:40]) + "…"
	}
	return cmp.Or(text, "none")
}
