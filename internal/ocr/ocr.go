// Package ocr reads the text in pictures with the program tesseract, version 4
// or later: one process for a picture, whose only input is the decoded, upright
// picture, and whose answer is the text with the words and their boxes.
package ocr

import "time"

// Options say how pictures are read.
type Options struct {
	// Program is tesseract's path or name; "" finds tesseract in the PATH.
	Program string
	// Data is a folder with traineddata files; "" leaves the choice to the
	// program.
	Data string
	// Languages are codes of ISO 639-1 (de) or of Tesseract (deu), the most
	// likely first; none means en.
	Languages []string
	// Mode is Tesseract's page segmentation mode, 1 or 3 to 13; 0 means 3, its
	// default: a page whose blocks are found. 11 finds words wherever they are,
	// in no order.
	Mode int
	// Threshold says how ink is told from paper: Otsu (also ""), the program's
	// default, takes one brightness for the whole picture; Sauvola one for each
	// pixel by its surroundings, which reads light writing on dark beside dark
	// on light, as on posters. The others need version 5 of the program.
	Threshold Threshold
	// Enlarge is the length in pixels that the longer side of a smaller picture
	// is brought to before it is read, at most fourfold; 0 enlarges none.
	Enlarge int
	// Reduce is the length in pixels that the longer side of a larger picture
	// is brought to before it is read; 0 reduces none.
	Reduce int
	// MaxPixels refuses larger pictures; 0 means picture.DefaultMaxPixels.
	MaxPixels int64
	// Timeout ends a process that takes longer; 0 means DefaultTimeout.
	Timeout time.Duration
}

// Threshold is a way to tell ink from paper.
type Threshold string

// The ways, as Tesseract names them.
const (
	Otsu         Threshold = "otsu"
	AdaptiveOtsu Threshold = "adaptive-otsu"
	Sauvola      Threshold = "sauvola"
)

// DefaultTimeout is how long a process may take. A picture takes half a second
// as a rule, and dense pages of many megapixels take some ten seconds.
const DefaultTimeout = 2 * time.Minute

// Result is what was read in a picture.
type Result struct {
	// Text is the text as Tesseract lays it out, without the white space at its
	// ends; "" where there is none.
	Text string
	// Confidence is the mean of the words' confidences, 0 to 1; 0 where there
	// are no words.
	Confidence float64
	// Words are in the order of the text.
	Words []Word
	// Width and Height are those of the upright picture in pixels, before it
	// was enlarged or reduced.
	Width, Height int
}

// Word is one word with its place.
type Word struct {
	Text       string
	Confidence float64 // 0 to 1
	Box        Box
	// Block, Paragraph and Line count from 1, a paragraph within its block and
	// a line within its paragraph.
	Block, Paragraph, Line int
}

// Box is a rectangle in parts of the upright picture's width and height, 0 to 1
// from its left upper corner.
type Box struct{ Left, Top, Right, Bottom float64 }

// Error is a picture that the program did not read, though it could be decoded.
type Error struct {
	// Detail is the sentence that Error gives.
	Detail string
	// Timeout says that the process took too long.
	Timeout bool
}

// Error gives the sentence.
func (e *Error) Error() string { return e.Detail }
