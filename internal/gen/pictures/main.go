// Command pictures draws the pictures of examples/colour-mood and writes the
// table of posts that goes with them. Everything is invented: accounts, parties,
// events and figures. The same program writes the same pixels again; the bytes
// of a JPEG may differ between Go versions.
//
// The study also holds a few photographs that are free of rights. They are kept
// as they are unless -photos names the folder skimage/data of the Debian package
// python3-skimage, from which they are then scaled anew.
//
//	go run ./internal/gen/pictures -out examples/colour-mood
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "examples/colour-mood", "folder of the study to write to")
	photos := flag.String("photos", "", "folder with scikit-image's sample photographs, to scale them anew")
	flag.Parse()
	if err := run(*out, *photos); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// run writes media/images, media/LICENCES.md and data/posts.csv below out.
func run(out, photos string) error {
	images := filepath.Join(out, "media", "images")
	for _, p := range posts() {
		var data []byte
		var err error
		switch {
		case p.photo != "" && photos == "", p.missing:
			continue
		case p.photo != "":
			data, err = scaled(filepath.Join(photos, p.photo))
		default:
			data, err = encode(p.draw(), p.ext)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.file(), err)
		}
		if p.broken {
			data = data[:len(data)*2/5]
		}
		if err := write(filepath.Join(images, p.account, p.file()), data); err != nil {
			return err
		}
	}
	var table, licences bytes.Buffer
	if err := errors.Join(writePosts(&table), writeLicences(&licences)); err != nil {
		return err
	}
	return errors.Join(
		write(filepath.Join(out, "data", "posts.csv"), table.Bytes()),
		write(filepath.Join(out, "media", "LICENCES.md"), licences.Bytes()))
}

// write puts data into a file and makes the folders above it.
func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
