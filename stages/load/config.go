// Package load is the kind that reads tables and folders of pictures.
package load

import (
	"fmt"

	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Config are the options of a stage of kind load.
type Config struct {
	// The table to read: CSV, TSV, JSON lines, JSON (an array of objects, or one
	// object), Parquet or Arrow IPC; each text format also packed, as .gz or
	// .xz, and any file also in a zip archive (`export.zip/posts.csv`). A glob
	// (`data/*.csv`) or a list of files reads several as one table. A folder, a
	// glob or a zip archive of pictures makes a table of the pictures, with the
	// columns `id`, `image`, `folder` and `name`. The list in 4CAT's archives of
	// pictures (`images.zip/.metadata.json`) makes a table with a row for each
	// post and picture: `id`, `post_id`, `n` (the picture's place in the post),
	// `image`, `filename`, `url`, `success` and `from_dataset`. Captures of
	// Zeeschuimer have the same columns whether Zeeschuimer or 4CAT wrote them.
	Path []option.Path `yaml:"path" required:"true" min:"1" example:"data/posts.csv"`
	// The format, where it cannot be told from the file's name.
	Format string `yaml:"format" enum:"csv,tsv,jsonl,json,parquet,arrow,images"`
	// The column that identifies a row, or an expression that makes such an
	// id (in a new column `key`). Every value must be there and be unique;
	// this is checked before anything else happens. It becomes text, in text
	// formats just as the file has it.
	Key option.Expression `yaml:"key" example:"ID"`
	// The column with the path of the row's picture, or an expression that
	// makes the path (in a new column `Image`).
	Image option.Expression `yaml:"image" example:"'\"media/images/\" + Username + \"/\" + ID + \".jpg\"'"`
	// The picture lies beside the row's file and is named as it is, as
	// Instaloader has it: `2024-09-01_UTC.jpg`, or `2024-09-01_UTC_1.jpg` for
	// the first of several, beside `2024-09-01_UTC.json.xz`. Its path goes into
	// a new column `Image`.
	Beside bool `yaml:"beside"`
	// A new column with the path of the file that a row comes from; `file` if
	// `beside` needs one.
	File string `yaml:"file" example:"file"`
	// The folder or zip archive that the pictures' paths start at, relative to
	// the pipeline file. Without it they start at the pipeline file.
	Root option.Path `yaml:"root" example:"media"`
	// Types of columns, where the ones found in the data are not meant. Types
	// are found over all rows; ids with leading zeros or more than 15 digits
	// stay text. `date` and `datetime` take German dates too (31.12.2021 23:59)
	// and zones by a word (CEST, MEZ, EDT); a time without a zone counts as UTC.
	// Of Parquet and Arrow files, which have types, only text can be made.
	Types option.Map[string] `yaml:"types" enum:"text,int,float,bool,date,datetime" example:"{\"postcode\": \"text\"}" unordered:"true"`
	// The character before the fraction of numbers in CSV and TSV, `,` or `.`;
	// the other one may divide thousands (`,` reads 1.234,5 and `.` reads
	// 1,234.5). Without it numbers have points and no thousands; decimal commas
	// are found where semicolons divide the cells and a column can mean nothing
	// else, and what is unclear stays text, with a warning.
	Decimal string `yaml:"decimal" min:"1" max:"1" example:"','"`
	// Words that stand for a missing value. An empty cell always does. In quotes
	// both are text in a column of text.
	NA []string `yaml:"na"`
	// The character between cells, where guessing it among , ; tab | fails: no
	// letter, digit or quote.
	Delimiter string `yaml:"delimiter" max:"1"`
	// The encoding of a text file, where guessing it fails.
	Encoding string `yaml:"encoding" enum:"utf-8,utf-16,windows-1252"`
}

// Kind returns the kind load.
func Kind() stage.Kind {
	return stage.Define("load", stage.Source(), func() Config { return Config{NA: tabular.MissingWords()} },
		func(id string, c Config) stage.Stage { return &load{id: id, config: c} })
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	switch {
	case c.Beside && c.Image != "":
		return &stage.OptionError{Path: []string{"beside"}, Message: "`image` and `beside` both say where the pictures are", Hint: "remove one of them"}
	case c.Root != "" && c.Beside:
		return &stage.OptionError{Path: []string{"root"}, Message: "pictures that lie beside the row's file need no folder", Hint: "remove `root` or `beside`"}
	case c.Root != "" && c.Image == "" && c.Format != imagesFormat:
		return &stage.OptionError{Path: []string{"root"}, Message: "`root` is the folder of pictures, and `image` does not say which column names them",
			Hint: "add `image: column`, or remove `root`"}
	case c.Format == imagesFormat && (c.Beside || c.File != ""):
		return &stage.OptionError{Path: []string{"format"}, Message: "a table of pictures has the picture's path in each row", Hint: "remove `beside` and `file`"}
	case c.Decimal != "" && c.Decimal != "," && c.Decimal != ".":
		return &stage.OptionError{Path: []string{"decimal"}, Message: fmt.Sprintf("numbers have no fraction after %q", c.Decimal), Hint: "write `decimal: \",\"` or `decimal: \".\"`"}
	case c.Delimiter != "" && tabular.CheckDelimiter(c.Delimiter) != nil:
		return &stage.OptionError{Path: []string{"delimiter"}, Message: tabular.CheckDelimiter(c.Delimiter).Error()}
	case c.Decimal != "" && c.Decimal == c.Delimiter:
		return &stage.OptionError{Path: []string{"decimal"}, Message: "one character cannot stand between cells and before fractions", Hint: "remove `decimal` or `delimiter`"}
	}
	return nil
}
