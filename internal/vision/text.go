package vision

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"cloud.google.com/go/vision/v2/apiv1/visionpb"
)

// readText fills what belongs to the feature text.
func (a *Annotation) readText(w *visionpb.AnnotateImageResponse, size Size) {
	full, all := w.GetFullTextAnnotation(), w.GetTextAnnotations()
	a.Text = full.GetText()
	if len(all) > 0 {
		a.Language = all[0].GetLocale()
		a.Text = cmp.Or(a.Text, all[0].GetDescription())
	}
	a.Text = ended(a.Text)
	surest := map[string]float64{}
	var order []string
	add := func(p *visionpb.TextAnnotation_TextProperty) {
		for _, l := range p.GetDetectedLanguages() {
			if _, seen := surest[l.GetLanguageCode()]; !seen {
				order = append(order, l.GetLanguageCode())
			}
			surest[l.GetLanguageCode()] = max(surest[l.GetLanguageCode()], share(l.GetConfidence()))
		}
	}
	sure := mean{}
	for _, p := range full.GetPages() {
		add(p.GetProperty())
		at := size
		if p.GetWidth() > 0 && p.GetHeight() > 0 {
			at = Size{int(p.GetWidth()), int(p.GetHeight())}
		}
		for _, b := range p.GetBlocks() {
			block := blockOf(b, at)
			for _, word := range block.Words {
				sure.add(word.Confidence, utf8.RuneCountInString(word.Text))
			}
			a.Blocks = append(a.Blocks, block)
		}
	}
	if len(order) == 0 { // a page without languages may have blocks with some
		for _, p := range full.GetPages() {
			for _, b := range p.GetBlocks() {
				add(b.GetProperty())
			}
		}
	}
	for _, code := range order {
		if code != "" {
			a.Languages = append(a.Languages, Language{code, surest[code]})
		}
	}
	slices.SortStableFunc(a.Languages, func(x, y Language) int { return cmp.Compare(y.Confidence, x.Confidence) })
	if a.Language == "" && len(a.Languages) > 0 {
		a.Language = a.Languages[0].Code
	}
	a.TextConfidence = sure.value()
	if pages := full.GetPages(); len(pages) == 1 && pages[0].GetConfidence() > 0 {
		a.TextConfidence = confidence(pages[0].GetConfidence())
	}
	if full == nil && len(all) > 1 { // text without its structure: one block of words
		block := Block{Kind: "text", Text: a.Text, Box: box(all[0].GetBoundingPoly(), size)}
		for _, word := range all[1:] {
			block.Words = append(block.Words, Word{Text: word.GetDescription(), Box: box(word.GetBoundingPoly(), size)})
		}
		a.Blocks = []Block{block}
	}
}

// blockOf reads a block. The service gives text by symbols only, each with what
// follows it.
func blockOf(b *visionpb.Block, size Size) Block {
	out := Block{Kind: kindOf(b.GetBlockType()), Confidence: confidence(b.GetConfidence()), Box: box(b.GetBoundingBox(), size)}
	var text strings.Builder
	for _, p := range b.GetParagraphs() {
		for _, w := range p.GetWords() {
			var word strings.Builder
			for _, s := range w.GetSymbols() {
				before, after := breaks(s.GetProperty().GetDetectedBreak())
				text.WriteString(before + s.GetText() + after)
				word.WriteString(s.GetText())
			}
			out.Words = append(out.Words, Word{word.String(), confidence(w.GetConfidence()), box(w.GetBoundingBox(), size)})
		}
	}
	out.Text = ended(text.String())
	return out
}

// ended is a text without the line ends at its end.
func ended(s string) string { return strings.TrimRight(s, "\r\n") }

// breaks is what stands before and after a symbol.
func breaks(b *visionpb.TextAnnotation_DetectedBreak) (before, after string) {
	var text string
	switch b.GetType() {
	case visionpb.TextAnnotation_DetectedBreak_SPACE, visionpb.TextAnnotation_DetectedBreak_SURE_SPACE:
		text = " "
	case visionpb.TextAnnotation_DetectedBreak_EOL_SURE_SPACE, visionpb.TextAnnotation_DetectedBreak_LINE_BREAK:
		text = "\n"
	case visionpb.TextAnnotation_DetectedBreak_HYPHEN:
		text = "-\n"
	}
	if b.GetIsPrefix() {
		return text, ""
	}
	return "", text
}

func kindOf(t visionpb.Block_BlockType) string {
	if name, known := visionpb.Block_BlockType_name[int32(t)]; known && t != visionpb.Block_UNKNOWN {
		return strings.ToLower(name)
	}
	return ""
}

// confidence is nil for 0, which the service leaves out where it does not say.
func confidence(x float32) *float64 {
	if x <= 0 {
		return nil
	}
	s := share(x)
	return &s
}

// mean is a weighted mean.
type mean struct{ sum, weight float64 }

func (m *mean) add(x *float64, weight int) {
	if x != nil && weight > 0 {
		m.sum += *x * float64(weight)
		m.weight += float64(weight)
	}
}

func (m *mean) value() *float64 {
	if m.weight == 0 {
		return nil
	}
	v := m.sum / m.weight
	return &v
}
