// Command gen writes what follows from the kinds' configurations and their
// comments: the JSON Schemas and the README of each kind. `make gen` runs it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"icono/internal/codebook"
	"icono/internal/config"
	"icono/internal/gen/docs"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/stages"
)

//go:generate go run . ../..

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := generate(root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(root string) error {
	kinds := stages.All(stages.Backends{})
	folders := make([]string, len(kinds))
	for i, k := range kinds {
		folders[i] = folder(k)
	}
	prose, err := docs.Read(root, "icono", append(folders, "internal/asking", "internal/codebook", "internal/coding", "internal/price")...)
	if err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(root, "schemas", "pipeline.schema.json"), pipelineSchema(kinds, prose)); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(root, "schemas", "codebook.schema.json"), codebook.EditorSchema(prose.Field)); err != nil {
		return err
	}
	prices := object("$schema", dialect, "title", "icono prices", "description", "What models cost, in US dollars per million tokens.")
	if err := writeJSON(filepath.Join(root, "schemas", "prices.schema.json"), append(prices, config.Schema(config.Describe(&price.File{}), prose.Field)...)); err != nil {
		return err
	}
	for i, k := range kinds {
		options := config.Describe(k.NewConfig())
		if err := undocumented(k, options, prose); err != nil {
			return err
		}
		if err := writeJSON(filepath.Join(root, "schemas", k.Name+".schema.json"), kindSchema(k, prose)); err != nil {
			return err
		}
		page := kindPage(k, options, prose, filepath.Join(root, folders[i], "testdata", "example.yaml"))
		if err := write(filepath.Join(root, folders[i], "README.md"), page); err != nil {
			return err
		}
	}
	return nil
}

// folder returns the folder of a kind's package, from the root of the module.
func folder(k stage.Kind) string {
	pkg := reflect.TypeOf(k.NewConfig()).Elem().PkgPath()
	return pkg[len("icono/"):]
}

// undocumented refuses an option without prose.
func undocumented(k stage.Kind, options []config.Option, prose *docs.Prose) error {
	for _, o := range options {
		if prose.Field(o.Owner, o.Field) == "" {
			return fmt.Errorf("the option %s.%s has no comment", k.Name, o.Name)
		}
		if err := undocumented(k, o.Members(), prose); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(path string, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	return write(path, b.Bytes())
}

// write leaves a file alone that is as it should be.
func write(path string, text []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return os.WriteFile(path, text, 0o644)
}
