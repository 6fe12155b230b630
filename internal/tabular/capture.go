package tabular

import "bytes"

// Zeeschuimer writes a post that it captured as {"nav_index": …,
// "source_platform": …, "data": {the post}}, and 4CAT exports the same capture
// as {the post, "__import_meta": {"nav_index": …, "source_platform": …}}. Both
// are read as 4CAT has them, so that exports of both tools are one table.
const (
	captureData = "data"
	captureMeta = "__import_meta."
)

// marks are the members of a capture as Zeeschuimer writes it that an object
// has.
type marks uint8

const (
	dataMark marks = 1 << iota
	navMark
	platformMark
	isCapture = dataMark | navMark | platformMark
)

// markOf returns the mark that a member is.
func markOf(path []byte) marks {
	switch {
	case string(path) == "nav_index":
		return navMark
	case string(path) == "source_platform":
		return platformMark
	case string(path) == captureData, len(path) > len(captureData) && string(path[:len(captureData)+1]) == captureData+".":
		return dataMark
	}
	return 0
}

// liftCapture appends the column of a capture's member to dst.
func liftCapture(dst, path []byte) []byte {
	if inner, is := bytes.CutPrefix(path, []byte(captureData+".")); is {
		return append(dst, inner...)
	}
	return append(append(dst, captureMeta...), path...)
}
