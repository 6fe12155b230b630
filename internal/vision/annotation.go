package vision

import "icono/internal/chat"

// Annotation is what was found in one picture, by any provider. A feature that
// was not asked for leaves its fields empty, as does one that found nothing: the
// question tells the two apart.
type Annotation struct {
	// Text is all text as it was read, lines ended by \n, without line ends at its
	// end. "" is a picture without text.
	Text string
	// Language is the BCP-47 code of the text's main language, "" if unknown, and
	// Languages are all, the surest first.
	Language  string
	Languages []Language
	// TextConfidence is 0 to 1: that of the page, or the mean of its words by their
	// length; nil where the provider gave none.
	TextConfidence *float64
	// Blocks are the parts of the text with their words.
	Blocks []Block
	// Objects, Labels and Logos are in the provider's order, the surest first.
	Objects   []Object
	Labels    []Label
	Logos     []Object
	Landmarks []Landmark
	// SafeSearch is nil where it was not judged.
	SafeSearch *Likelihoods
	Faces      []Face
	// Web is nil where nothing was found.
	Web *WebFinds
}

// Box is a rectangle in shares of the picture's width and height, each 0 to 1,
// from the upper left corner.
type Box struct{ Left, Top, Right, Bottom float64 }

// Language is a language and how sure it is, 0 to 1, 0 if not said.
type Language struct {
	Code       string
	Confidence float64
}

// Block is a part of the text, such as a paragraph or a column.
type Block struct {
	// Kind is text, table, picture, ruler, barcode, or "".
	Kind string
	Text string
	// Confidence is 0 to 1, nil where the provider gave none.
	Confidence *float64
	// Box is nil where it is not known.
	Box   *Box
	Words []Word
}

// Word is a word of the text.
type Word struct {
	Text       string
	Confidence *float64
	Box        *Box
}

// Object is a thing that was found at a place.
type Object struct {
	// ID is the provider's own name of the class, such as /m/01g317, or "".
	ID, Name string
	// Score is 0 to 1.
	Score float64
	Box   *Box
}

// Label is what the whole picture is about.
type Label struct {
	ID, Name string
	// Score is 0 to 1, as is Topicality, the weight of the label in the picture.
	Score, Topicality float64
}

// Landmark is a place that was recognised.
type Landmark struct {
	ID, Name string
	Score    float64
	Box      *Box
	// Locations are where it may be; often one, sometimes none.
	Locations []Location
}

// Location is a place on earth in degrees.
type Location struct{ Latitude, Longitude float64 }

// Likelihood says how likely something is, in the service's words: UNKNOWN,
// VERY_UNLIKELY, UNLIKELY, POSSIBLE, LIKELY, VERY_LIKELY.
type Likelihood string

// Likelihoods are the judgements of safe search.
type Likelihoods struct{ Adult, Spoof, Medical, Violence, Racy Likelihood }

// Face is a face that was found; nobody is recognised.
type Face struct {
	// Score is the confidence of the detection, 0 to 1.
	Score                                                         float64
	Joy, Sorrow, Anger, Surprise, UnderExposed, Blurred, Headwear Likelihood
	// Box is that of the whole head.
	Box *Box
	// Roll, Pan and Tilt turn the head, in degrees.
	Roll, Pan, Tilt float64
}

// WebFinds is where the picture or similar ones stand in the web.
type WebFinds struct {
	// BestGuess are the labels that the service thinks fit best.
	BestGuess []string
	Entities  []Label
	// Pages hold the picture or a part of it.
	Pages []Page
	// Full, Partial and Similar are addresses of pictures.
	Full, Partial, Similar []string
}

// Page is a page of the web with a picture that matches. Full and Partial are the
// addresses of its pictures.
type Page struct {
	URL, Title    string
	Full, Partial []string
}

// Size is the size of a picture in pixels, as it was sent; the zero value is
// unknown.
type Size struct{ Width, Height int }

// retryableCode reports a code of google.rpc that mend themselves: deadline
// exceeded, resource exhausted, internal, unavailable.
func retryableCode(code int32) bool { return code == 4 || code == 8 || code == 13 || code == 14 }

// codeName is the name of a code of google.rpc.
func codeName(code int32) string {
	all := []string{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
		"RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"}
	if code < 0 || int(code) >= len(all) {
		return ""
	}
	return all[code]
}

// failed is an error without an answer.
func failed(message string) *chat.Error { return &chat.Error{Outcome: chat.Failed, Message: message} }
