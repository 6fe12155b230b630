package lock

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"icono/internal/stage"
)

// Hint says what may lie behind a difference of a file or a folder of pictures, "" where
// nothing more is known than that it differs. list are the pictures of the lock.
func Hint(study stage.Study, list map[string]Sum, d Difference) string {
	if d.Locked == "" || d.Found == "" || !slices.Contains([]string{"reads", "cassettes", "writes", "the list of pictures"}, d.What) {
		return ""
	}
	if files, names := expand(study, d.Name); names != nil {
		return folder(d.Name, names, list)
	} else if len(files) != 1 {
		return ""
	}
	text, err := readAll(study, d.Name)
	if err == nil && bytes.Contains(text, []byte("\r\n")) && sumText(strings.ReplaceAll(string(text), "\r\n", "\n")) == Sum(d.Locked) {
		return "only its line ends were changed, to those of Windows: git did that; put the line `* -text` into .gitattributes, and check the file out anew"
	}
	return ""
}

// folder tells which pictures a folder has now, as far as the list says which it had:
// a sample lists those that were drawn alone.
func folder(name string, now []string, list map[string]Sum) string {
	const most = 5
	var added []string
	listed := 0
	for _, path := range now {
		if _, known := list[path]; known {
			listed++
		} else {
			added = append(added, path)
		}
	}
	var gone []string
	dir := strings.TrimSuffix(name, "/") + "/"
	for path := range list {
		if strings.HasPrefix(path, dir) && !slices.Contains(now, path) {
			gone = append(gone, path)
		}
	}
	slices.Sort(gone)
	var parts []string
	for _, part := range []struct {
		what  string
		paths []string
	}{{"not among those that were read: ", added}, {"gone: ", gone}} {
		switch n := len(part.paths); {
		case n > most:
			parts = append(parts, fmt.Sprintf("%s%s and %d more", part.what, strings.Join(part.paths[:most], ", "), n-most))
		case n > 0:
			parts = append(parts, part.what+strings.Join(part.paths, ", "))
		}
	}
	return fmt.Sprintf("these are the names of its pictures, %d now", len(now)) + strings.Join(append([]string{""}, parts...), "; ")
}
