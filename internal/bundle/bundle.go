// Package bundle makes of a study what can be given to others: its pipeline, codebooks
// and recorded answers, its tables with the names of accounts and posts replaced, what
// is known of its pictures, checksums, and the files by which archives and people know
// what it is.
//
// What it writes lies in one folder. The study's own pipeline stands in it as
// study.yaml, with names replaced; pipeline.yaml extends it with what was put in the
// place of data that were left out.
package bundle

// Names of the files of a bundle.
const (
	Pipeline = "pipeline.yaml"
	Study    = "study.yaml"
	Pictures = "pictures.jsonl"
	Data     = "data"
	Sums     = "SHA256SUMS"
	Crate    = "ro-crate-metadata.json"
	Citation = "CITATION.cff"
	Readme   = "README.md"
	Methods  = "methods.md"
)

// Treatment is what becomes of a column of a table.
type Treatment string

// The treatments.
const (
	Keep  Treatment = "kept"                   // as it is
	Hide  Treatment = "replaced by pseudonyms" // each value by its pseudonym
	Drop  Treatment = "left out"               // no stage uses it
	Prose Treatment = "kept, with names and addresses in its texts replaced"
)

// Column is a column of a table, and what becomes of it.
type Column struct {
	Stage     string    `json:"stage"`
	Name      string    `json:"column"`
	Treatment Treatment `json:"treatment"`
	// Handle marks columns whose values name accounts or persons, ID those that name
	// posts or pictures.
	Handle bool `json:"-"`
	ID     bool `json:"-"`
	// Text marks columns of texts; Person those whose values look like names of persons
	// and are shared all the same, since nobody has said what they are.
	Text   bool `json:"-"`
	Person bool `json:"-"`
	// Example is a value as it is in the study.
	Example string `json:"-"`

	// path marks columns of paths, folder those of folders of pictures, listing those
	// of several names to a cell; between is what stands between such.
	path, folder, listing bool
	between               string
}

// Choice is what the user says of columns.
type Choice struct {
	Hide, Show, Keep, Drop []string
	// Words are names that are everyday words too.
	Words []string
}
