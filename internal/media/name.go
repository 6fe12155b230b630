package media

import (
	"path"
	"strings"
)

// extensions are the endings of picture files. Those of pictures that cannot
// be decoded are listed too: a later stage says so for each, with the reason.
func extensions() []string {
	return []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".svg"}
}

func isPicture(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	for _, e := range extensions() {
		if e == ext {
			return true
		}
	}
	return false
}

// skipped reports whether a name has a part that is hidden or macOS's own, or
// is 4CAT's list of what it downloaded.
func skipped(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == "__MACOSX" || strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	return strings.HasSuffix(name, ".metadata.json")
}
