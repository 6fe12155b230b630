// Command generate writes merges.txt.gz from OpenAI's full list of merges, the
// file bpe_simple_vocab_16e6.txt of openai/CLIP (also in the npm package
// modelzoo 0.0.4). It keeps the title and the 48,894 merges that CLIP uses:
//
//	go run ./generate path/to/bpe_simple_vocab_16e6.txt
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
)

const (
	lines = 48895
	sum   = "67603cfda2e032ad77b5f8808af37789d590db664b26df8705d2bf8b3c553fc8"
	out   = "merges.txt.gz"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want the path of bpe_simple_vocab_16e6.txt, got %d arguments", len(args))
	}
	full, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(full)); got != sum {
		return fmt.Errorf("%s has the sha256 %s, want %s", args[0], got, sum)
	}
	end := 0
	for range lines {
		end += bytes.IndexByte(full[end:], '\n') + 1
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(full[:end]); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(out, packed.Bytes(), 0o644)
}
