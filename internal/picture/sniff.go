package picture

import (
	"bytes"
	"strings"
)

// Sniff tells the format from the bytes, never from a name: jpeg png gif webp
// bmp tiff (which can be decoded), heic avif svg jxl jp2 psd ico (which cannot),
// pdf html xml json mp4 webm zip gzip (which are no pictures), text, or "" if
// nothing fits.
func Sniff(data []byte) string {
	if k := standIn(data); k != nil {
		return k.Format
	}
	for _, m := range []struct{ format, magic string }{
		{"jpeg", "\xff\xd8\xff"},
		{"png", "\x89PNG\r\n\x1a\n"},
		{"gif", "GIF87a"}, {"gif", "GIF89a"},
		{"tiff", "II*\x00"}, {"tiff", "MM\x00*"}, {"tiff", "II+\x00"}, {"tiff", "MM\x00+"},
		{"jxl", "\xff\x0a"}, {"jxl", "\x00\x00\x00\x0cJXL \r\n\x87\n"},
		{"jp2", "\x00\x00\x00\x0cjP  \r\n\x87\n"}, {"jp2", "\xff\x4f\xff\x51"},
		{"psd", "8BPS"}, {"ico", "\x00\x00\x01\x00"}, {"pdf", "%PDF-"},
		{"zip", "PK\x03\x04"}, {"zip", "PK\x05\x06"}, {"gzip", "\x1f\x8b"}, {"webm", "\x1a\x45\xdf\xa3"},
	} {
		if bytes.HasPrefix(data, []byte(m.magic)) {
			return m.format
		}
	}
	if len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP" {
		return "webp"
	}
	if len(data) >= 18 && string(data[:2]) == "BM" {
		switch size := le32(data[14:]); size {
		case 12, 40, 52, 56, 64, 108, 124:
			return "bmp"
		}
	}
	if format := sniffBoxes(data); format != "" {
		return format
	}
	return sniffText(data)
}

// sniffBoxes tells the formats of the ISO base media family by their brands.
func sniffBoxes(data []byte) string {
	if len(data) < 12 || string(data[4:8]) != "ftyp" {
		return ""
	}
	n := min(int(be32(data)), len(data), 256)
	for i := 8; i+4 <= n; i += 4 {
		if i == 12 {
			continue // the minor version is no brand
		}
		switch string(data[i : i+4]) {
		case "avif", "avis":
			return "avif"
		case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1":
			if bytes.Contains(data[8:max(n, 8)], []byte("avif")) {
				return "avif"
			}
			return "heic"
		}
	}
	return "mp4"
}

func sniffText(data []byte) string {
	head := data[:min(len(data), 4096)]
	text := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(head), "\xef\xbb\xbf"), " \t\r\n"))
	switch {
	case text == "" || strings.ContainsRune(text[:min(len(text), 512)], 0):
		return ""
	case strings.HasPrefix(text, "<"):
		for _, m := range []struct{ format, mark string }{{"html", "<!doctype html"}, {"html", "<html"}, {"svg", "<svg"}, {"html", "<head"}, {"html", "<body"}, {"html", "<script"}} {
			if strings.Contains(text, m.mark) {
				return m.format
			}
		}
		return "xml"
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return "json"
	}
	for _, b := range head[:min(len(head), 512)] {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' {
			return ""
		}
	}
	return "text"
}

// formatName is the name that people use for a format.
func formatName(format string) string {
	switch format {
	case "webp":
		return "WebP"
	case "jxl":
		return "JPEG XL"
	case "jp2":
		return "JPEG 2000"
	case "psd":
		return "Photoshop"
	case "webm":
		return "WebM or Matroska"
	}
	return strings.ToUpper(format)
}

// LFSPointer reports whether data are what Git LFS leaves in the place of a file that was
// not fetched (git-lfs/docs/spec.md).
func LFSPointer(data []byte) bool {
	return bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/"))
}

// refusal is the error for a format that is not decoded, nil for one that is.
func refusal(data []byte, format string) error {
	switch format {
	case "jpeg", "png", "gif", "webp", "bmp", "tiff":
		return nil
	case "heic", "avif", "svg", "jxl", "jp2", "psd", "ico":
		return &Error{Unsupported, format, formatName(format) + " pictures cannot be decoded; convert to JPEG or PNG", nil}
	case "html":
		return &Error{NotPicture, format, "an HTML page, not a picture: the download probably saved an error or login page", nil}
	case "json", "xml", "text":
		if LFSPointer(data) {
			return &Error{NotPicture, format, "a pointer of Git LFS, not the picture: fetch it with `git lfs pull`", nil}
		}
		what := map[string]string{"json": "JSON text", "xml": "XML text", "text": "plain text"}[format]
		return &Error{NotPicture, format, what + ", not a picture: the download probably saved an error message", nil}
	case "mp4", "webm":
		return &Error{NotPicture, format, "a video (" + formatName(format) + "), not a picture: extract a frame first", nil}
	case "pdf":
		return &Error{NotPicture, format, "a PDF, not a picture: convert its pages to JPEG or PNG", nil}
	case "zip", "gzip":
		return &Error{NotPicture, format, "a " + formatName(format) + " archive, not a picture", nil}
	}
	if len(data) == 0 {
		return &Error{Empty, "", "the file is empty", nil}
	}
	if len(bytes.Trim(data, "\x00")) == 0 {
		return &Error{NotPicture, "", "the file holds only zero bytes: the download or the disk failed", nil}
	}
	return &Error{NotPicture, "", "the bytes are no picture of a known format", nil}
}
