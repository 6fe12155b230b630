// Command generate writes the files that package palette embeds, and its
// README.md: go generate ./internal/palette
package main

import (
	"fmt"
	"os"

	"icono/internal/clip/token"
	"icono/internal/palette/tower"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run() error {
	tok, err := token.New()
	if err != nil {
		return err
	}
	vision, err := tower.Vision()
	if err != nil {
		return err
	}
	text, err := tower.Text(tok)
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		"vision_model.onnx": vision,
		"text_model.onnx":   text,
		"README.md":         tower.Readme(),
	} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
