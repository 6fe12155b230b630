// Package save is the kind that writes rows to a file and passes them on.
package save

import (
	"fmt"
	"path"
	"strings"

	"icono/internal/media"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Config are the options of a stage of kind save.
type Config struct {
	// The file to write. Its folder is made if need be. The file appears whole
	// or not at all: if the run fails, what stood there stays. If the run is
	// interrupted or limited, its rows go to `NAME.partial.EXT`.
	Path option.Path `yaml:"path" required:"true" example:"out/coded.parquet"`
	// The format; without it the end of the file's name decides: `.csv`,
	// `.tsv`, `.jsonl`, `.json`, `.parquet` or `.arrow`. CSV and TSV hold no
	// types: text such as 1e5, True or 2024-01-01 in all of a column is read back
	// as numbers, truth values or dates unless `types` says `text`. Nulls are
	// empty cells (`NA` in a table of one column) and empty texts are `""`, which
	// R and Excel take for the same; the float NaN is read back as null; U+0000
	// is an error. Parquet and Arrow keep all of it.
	Format string `yaml:"format" enum:"csv,tsv,jsonl,json,parquet,arrow"`
	// Put a byte-order mark before CSV or TSV, so that Excel reads umlauts and
	// emoji rightly.
	BOM bool `yaml:"bom"`
	// The character between the cells of CSV, no letter, digit or quote; without
	// it a comma.
	Delimiter string `yaml:"delimiter" min:"1" max:"1" example:"';'"`
	// How Parquet is compressed; without it zstd.
	Compression string `yaml:"compression" enum:"zstd,snappy,gzip,none"`
}

// Kind returns the kind save.
func Kind() stage.Kind {
	return stage.Define("save", stage.One(), func() Config { return Config{} }, func(_ string, c Config) stage.Stage { return save{c} })
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	name := path.Base(string(c.Path))
	ext := strings.ToLower(path.Ext(name))
	switch f, known := c.format(); {
	case strings.HasSuffix(string(c.Path), "/") || name == "." || name == "..":
		return &stage.OptionError{Path: []string{"path"}, Message: "`path` names a folder", Hint: fmt.Sprintf("name a file in it: `%s`", path.Join(string(c.Path), "coded.csv"))}
	case ext == ".gz" || ext == ".xz" || ext == ".zip" || ext == ".zst":
		return &stage.OptionError{Path: []string{"path"}, Message: fmt.Sprintf("files of type %s are not written", ext), Hint: "Parquet is small by itself: `.parquet`"}
	case !known && (ext == ".xlsx" || ext == ".xls"):
		return &stage.OptionError{Path: []string{"path"}, Message: "Excel files are not written", Hint: "write `.csv` with `bom: true`, which Excel opens"}
	case media.IsPicture(name) || ext == ".onnx":
		return &stage.OptionError{Path: []string{"path"}, Message: fmt.Sprintf("files of type %s hold no tables", ext), Hint: "end the name in .csv, .tsv, .jsonl, .json, .parquet or .arrow"}
	case !known:
		return &stage.OptionError{Path: []string{"path"}, Message: fmt.Sprintf("the format of `%s` cannot be told from its name", c.Path),
			Hint: "end it in .csv, .tsv, .jsonl, .json, .parquet or .arrow, or set `format`"}
	case c.BOM && f != tabular.CSV && f != tabular.TSV:
		return &stage.OptionError{Path: []string{"bom"}, Message: fmt.Sprintf("a byte-order mark has no place in %s", f), Hint: "remove `bom`"}
	case c.Delimiter != "" && f != tabular.CSV:
		return &stage.OptionError{Path: []string{"delimiter"}, Message: fmt.Sprintf("%s has no delimiter to choose", f), Hint: "remove `delimiter`, or write `format: csv`"}
	case c.Delimiter != "" && tabular.CheckDelimiter(c.Delimiter) != nil:
		return &stage.OptionError{Path: []string{"delimiter"}, Message: "cells cannot be divided by a letter, a digit, a quote or a line break, nor by what is not ASCII", Hint: "choose one of , ; | or a tab"}
	case c.Compression != "" && f != tabular.Parquet:
		return &stage.OptionError{Path: []string{"compression"}, Message: fmt.Sprintf("`compression` is for Parquet, and this is %s", f), Hint: "remove `compression`"}
	}
	return nil
}

// format returns the format to write, and whether it is known.
func (c *Config) format() (tabular.Format, bool) {
	if c.Format != "" {
		return tabular.Format(c.Format), true
	}
	return tabular.FormatOf(string(c.Path))
}
