package answers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Difference is one part in which a request differs from a recorded one.
type Difference struct {
	// Part is what a person would call it: provider, model, base URL, repeat,
	// prompt, picture, parameter, answer format, order.
	Part string
	// Path is where it stands in the body, such as "messages[1].content[0].text".
	Path string
	// Here and Recorded are the two values, long ones around where they part;
	// "" where the part is missing.
	Here, Recorded string
}

func (d Difference) String() string {
	name := d.Part
	if d.Path != "" && d.Path != d.Part {
		name += " (" + d.Path + ")"
	}
	side := func(s string) string {
		if s == "" {
			return "nothing"
		}
		return s
	}
	return name + ": " + side(d.Here) + " here, " + side(d.Recorded) + " recorded"
}

// Compare lists how a request differs from a recorded one.
func Compare(here, recorded Request) []Difference {
	var all []Difference
	field := func(part, a, b string) {
		if a != b {
			all = append(all, Difference{Part: part, Here: quoted(a), Recorded: quoted(b)})
		}
	}
	field("provider", here.Provider, recorded.Provider)
	field("model", here.Model, recorded.Model)
	field("base URL", here.BaseURL, recorded.BaseURL)
	if here.Provider != recorded.Provider { // questions of two protocols have nothing in common
		return all
	}
	if here.Repeat != recorded.Repeat {
		all = append(all, Difference{Part: "repeat", Here: strconv.Itoa(here.Repeat), Recorded: strconv.Itoa(recorded.Repeat)})
	}
	if bytes.Equal(here.Body, recorded.Body) {
		return all
	}
	a, okA := leaves(here.Body)
	b, okB := leaves(recorded.Body)
	if !okA || !okB {
		x, y := excerpt(string(here.Body), string(recorded.Body))
		return append(all, Difference{Part: "body", Here: x, Recorded: y})
	}
	abreast(a, b)
	alike := true // but for the order of members
	for _, path := range slices.Sorted(maps.Keys(union(a, b))) {
		x, inA := a[path]
		y, inB := b[path]
		if inA == inB && x == y {
			continue
		}
		alike = false
		if path == "model" && here.Model != recorded.Model || path == "repeat" && here.Repeat != recorded.Repeat {
			continue // said above
		}
		part := partOf(path)
		if part == "picture" && !strings.HasSuffix(path, ".sha256") && a[sibling(path, "sha256")] != b[sibling(path, "sha256")] {
			continue // another picture has other dimensions too
		}
		if part == "parameter" || part == "picture" {
			all = append(all, Difference{part, path, clip(x, 80), clip(y, 80)})
			continue
		}
		x, y = excerpt(x, y)
		all = append(all, Difference{part, path, x, y})
	}
	if alike {
		x, y := excerpt(string(here.Body), string(recorded.Body))
		all = append(all, Difference{Part: "order", Here: x, Recorded: y})
	}
	return all
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return strconv.Quote(s)
}

// leaves lists the values of a JSON text by their paths, as JSON.
func leaves(body []byte) (map[string]string, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, false
	}
	all := map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				walk(strings.TrimPrefix(path+"."+name, "."), member)
			}
			if len(v) == 0 {
				all[path] = "{}"
			}
		case []any:
			for i, item := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), item)
			}
			if len(v) == 0 {
				all[path] = "[]"
			}
		case string:
			all[path] = strconv.Quote(v)
		default:
			all[path] = fmt.Sprint(v)
		}
	}
	walk("", v)
	return all, true
}

var contentPart = regexp.MustCompile(`^(messages\[\d+\]\.content)\[(\d+)\](.*)$`)

// abreast puts the texts of two questions beside each other of which one shows a picture
// before them and the other none.
func abreast(a, b map[string]string) {
	for _, one := range []struct{ with, without map[string]string }{{a, b}, {b, a}} {
		moved := map[string]string{}
		for path := range one.without {
			m := contentPart.FindStringSubmatch(path)
			if m == nil {
				continue
			}
			first := m[1] + "[0]"
			if _, shows := one.with[first+".image.sha256"]; !shows {
				continue
			}
			if _, both := one.without[first+".image.sha256"]; both {
				continue
			}
			n, _ := strconv.Atoi(m[2]) // digits
			moved[path] = fmt.Sprintf("%s[%d]%s", m[1], n+1, m[3])
		}
		values := map[string]string{}
		for from, to := range moved {
			values[to] = one.without[from]
			delete(one.without, from)
		}
		maps.Copy(one.without, values)
	}
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// sibling is the path of another member of the same object.
func sibling(path, name string) string {
	return path[:strings.LastIndex(path, ".")+1] + name
}

// partOf says what stands at a path.
func partOf(path string) string {
	top := path
	if i := strings.IndexAny(path, ".["); i >= 0 {
		top = path[:i]
	}
	last := path[strings.LastIndex(path, ".")+1:]
	switch {
	case last == "sha256", path == "image", strings.Contains(path, "image") && strings.Contains(path, "."):
		return "picture"
	case slices.Contains([]string{"messages", "prompt", "system", "input", "instructions", "contents", "text"}, top):
		return "prompt"
	case slices.Contains([]string{"response_format", "format", "schema"}, top):
		return "answer format"
	}
	return "parameter"
}

// around is how many bytes an excerpt shows on each side of the difference.
const around = 30

// excerpt cuts two texts to where they begin to differ.
func excerpt(a, b string) (string, string) {
	if a == "" || b == "" {
		return clip(a, 4*around), clip(b, 4*around)
	}
	at, _ := overlap([]byte(a), []byte(b))
	cut := func(s string) string {
		from, to := max(0, at-around), min(len(s), at+around)
		for from > 0 && !utf8.RuneStart(s[from]) {
			from--
		}
		for to < len(s) && !utf8.RuneStart(s[to]) {
			to++
		}
		t := s[from:to]
		if from > 0 {
			t = "…" + t
		}
		if to < len(s) {
			t += "…"
		}
		return t
	}
	return cut(a), cut(b)
}
