package report

// page is all that the page says, in the order in which it says it. Texts of
// the data stand in it as they are; the template escapes and isolates them.
type page struct {
	Title, About string
	Heading      []field // file, version, seed
	Partial      bool
	Privacy      string
	Summary      []prose
	Contents     []entry
	Variables    []section
	Sample       *gallery // of all rows, where nothing is coded
	Toggles      []toggle
	Found        []foundTable
	Crosses      []crossTable
	Omitted      string // pairs of variables that are not shown
	Faults       *faultSection
	Stages       *stageTable
	Columns      columnTable
	Source       string // text of the pipeline file
	SourceHash   string
}

// prose is a paragraph of plain words and names from the data.
type prose []word

// word is a part of a paragraph. A name is set apart from the text around it.
type word struct {
	Text string
	Name bool
}

// entry is a line of the table of contents.
type entry struct{ ID, Text string }

// caption is the number and text under a figure or over a table.
type caption struct {
	ID, Label string // "fig-1", "Figure 1"
	Text      prose
}

// section is what the page says of one variable. Parts that do not apply are
// empty.
type section struct {
	ID, Name   string
	Intro      prose
	Definition string
	Notes      string   // what values there are, in a few sentences
	Rules      []string // in place of Notes where they are many
	Chart      *barChart
	Values     *histogramChart
	Measures   *measureTable
	Texts      *textTable
	Agreement  string // of several codings
	Certainty  *histogramChart
	Galleries  []gallery // one of each category that rows have
	Unused     prose     // the other categories
	Least      *gallery
	Accord     *accordTable // of inputs with a merged code
}

// barChart is a bar of each category, and its table.
type barChart struct {
	Caption, Table caption
	Head           string // over the categories
	Bars           []bar
	Total          int64
	Certain        bool   // there is a mean probability of each category
	Legend         bool   // the table says what belongs to categories
	Meant          string // over what belongs to them
	Open           bool   // the table is shown without being asked for
}

// bar is one category.
type bar struct {
	Label    string
	Apart    bool // no category: further ones, or no code
	Residual bool // a code for what the categories leave over
	Meaning  sense
	N        int64
	Width    string // of 100, in SVG units
	Share    string // of coded rows
	Mean     string // probability
}

// histogramChart is a histogram with its axis.
type histogramChart struct {
	Caption, Table caption
	Head           string // over the classes
	Columns        []column
	Top            string // the highest count, at the upper edge
	Ticks          []string
	Axis, Alt      string
}

// measureTable is what is known of numbers.
type measureTable struct {
	Caption caption
	Rows    []field
}

// textTable gives texts of rows, by key.
type textTable struct {
	Caption caption
	Rows    []field
}

// column is one bar of a histogram, in a view of 100 by 100.
type column struct {
	X, Y, Width, Height string
	From, To            string
	N                   int64
}

// gallery is a list of rows with their pictures.
type gallery struct {
	ID, Title string
	Caption   caption
	Of        prose // "6 of 41"
	Items     []item
}

// item is a row in a gallery. Only the first of Source and Missing that is not
// empty is shown; both are empty where pictures are left out.
type item struct {
	ID, Gallery string
	Key, Alt    string
	Shot        *shot
	Code        string
	Phrase      string
	Probability string
	Show        []field
	Answers     []answer
	Overlay     *overlay
	Texts       []field
	Seen        []seen
	Way         *way
}

// crossTable sets two variables against each other.
type crossTable struct {
	ID, A, B string
	Caption  caption
	Intro    prose
	Heads    []string
	Rows     []crossRow
	Sums     []int64
	Total    int64
}

// crossRow is a row of a cross-table.
type crossRow struct {
	Head  string
	Cells []cell
	Sum   int64
}

// cell is a count with its shade, 0 to 5.
type cell struct {
	N     int64
	Shade int
	Same  bool // the categories are equal
}

// faultSection is what went wrong.
type faultSection struct {
	Caption   caption
	Rows      []faultRow
	Lists     []faultList
	Note      string
	Elsewhere []prose // faults of rows that are not in the table
}

// faultRow is the number of rows with one status in one stage.
type faultRow struct {
	Stage, Status, Meaning string
	N                      int64
	Share                  string
}

// faultList gives the first rows with a status.
type faultList struct {
	Caption caption
	Rows    []field // key and reason
}

// stageTable is what ran.
type stageTable struct {
	Caption, Facts caption
	Rows           []stageRow
	Stated         []statedFact
	Balanced       prose
}

// stageRow is one stage with its rows.
type stageRow struct {
	ID, Kind                string
	In, Added, Dropped, Out string
	Faults                  string
	Reasons                 []prose
	Balanced                bool
	Source                  bool
}

// statedFact is something that a stage said about its run.
type statedFact struct {
	Stage, Name, Value string
	Hash               bool
}

// columnTable describes the columns of the table.
type columnTable struct {
	Caption caption
	Rows    []columnRow
}

// columnRow is one column.
type columnRow struct{ Name, Type, Role, Stage, Filled string }
