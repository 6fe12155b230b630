// Package load is the kind that reads tables and folders of pictures.
package load

import (
	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind load.
type Config struct {
	// The table to read: CSV, TSV, JSON lines, a JSON array, Parquet or Arrow
	// IPC (each text format also as .gz). A glob (`data/*.csv`) or a list of
	// files reads several as one table. A folder, a glob or a zip archive of
	// pictures makes a table of the pictures, with the columns `id`, `image`,
	// `folder` and `name`.
	Path []option.Path `yaml:"path" required:"true" min:"1" example:"data/posts.csv"`
	// The format, where it cannot be told from the file's name.
	Format string `yaml:"format" enum:"csv,tsv,jsonl,json,parquet,arrow,images"`
	// The column that identifies a row, or an expression that makes such an
	// id (in a new column `key`). Every value must be there and be unique;
	// this is checked before anything else happens. It becomes text.
	Key option.Expression `yaml:"key" example:"ID"`
	// The column with the path of the row's picture, or an expression that
	// makes the path (in a new column `Image`).
	Image option.Expression `yaml:"image" example:"'\"media/images/\" + Username + \"/\" + ID + \".jpg\"'"`
	// The folder or zip archive that the pictures' paths start at, relative to
	// the pipeline file. Without it they start at the pipeline file.
	Root option.Path `yaml:"root" example:"media"`
	// Types of columns, where the ones found in the data are not meant. Types
	// are found over all rows; ids with leading zeros or more than 15 digits
	// stay text.
	Types option.Map[string] `yaml:"types" enum:"text,int,float,bool,date,datetime" example:"{\"postcode\": \"text\"}"`
	// Words that stand for a missing value. An empty cell always does.
	NA []string `yaml:"na"`
	// The character between cells, where guessing it among , ; tab | fails.
	Delimiter string `yaml:"delimiter" max:"1"`
	// The encoding of a text file, where guessing it fails.
	Encoding string `yaml:"encoding" enum:"utf-8,utf-16,windows-1252"`
}

// Kind returns the kind load.
func Kind() stage.Kind {
	return stage.Define("load", stage.Source(), func() Config { return Config{NA: []string{"NA", "N/A", "NaN", "null", "NULL", "None"}} },
		func(id string, c Config) stage.Stage { return &load{id: id, config: c} })
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	if c.Root != "" && c.Image == "" && c.Format != imagesFormat {
		return &stage.OptionError{Path: []string{"root"}, Message: "`root` is the folder of pictures, and `image` does not say which column names them",
			Hint: "add `image: column`, or remove `root`"}
	}
	return nil
}
