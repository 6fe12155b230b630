package visiontest

import (
	"slices"
	"strings"
)

// reading is a text that the server knows.
type reading struct {
	locale string
	all    []string
}

// texts are what is read in pictures; the first is a picture without text.
func texts() []reading {
	return []reading{
		{},
		{"de", []string{"GRÜẞE AUS KÖLN", "Für Straße und Maß"}},
		{"en", []string{"VOTE", "on 26 September"}},
		{"fr", []string{"L'été à Paris"}},
		{"uk", []string{"Київ"}},
		{"und", []string{"4711"}},
	}
}

// Text answers with lines of text, each a block, as text detection does: the list
// of words in pixels, and pages of blocks, paragraphs, words and symbols. No line
// is a picture without text. A line may begin with the code of its own language
// and a bar, as in "en|Vote".
func Text(p Picture, locale string, lines ...string) Answer {
	if len(lines) == 0 {
		return Answer{}
	}
	confidence := p.Confidence || slices.Contains(p.Features, "DOCUMENT_TEXT_DETECTION")
	page := map[string]any{"width": p.Width, "height": p.Height}
	var blocks, words []any
	var whole strings.Builder
	shares := map[string]int{}
	var order []string
	high := max(p.Height/(len(lines)+1), 1)
	for i, line := range lines {
		code, text, own := strings.Cut(line, "|")
		if !own {
			code, text = locale, line
		}
		if shares[code] == 0 {
			order = append(order, code)
		}
		shares[code] += len(text)
		top := i * high
		var inBlock []any
		parts := strings.Fields(text)
		wide := max(p.Width/(len(parts)+1), 1)
		for k, part := range parts {
			last := "SPACE"
			if k == len(parts)-1 {
				last = "LINE_BREAK"
			}
			inBlock = append(inBlock, word(part, last, k*wide, top, wide*9/10, high*9/10, confidence))
			words = append(words, map[string]any{"description": part, "boundingPoly": pixels(k*wide, top, k*wide+wide*9/10, top+high*9/10)})
		}
		around := pixels(0, top, wide*len(parts), top+high*9/10)
		language := map[string]any{"detectedLanguages": []any{map[string]any{"languageCode": code, "confidence": 1}}}
		paragraph := map[string]any{"boundingBox": around, "words": inBlock, "property": language}
		block := map[string]any{"boundingBox": around, "blockType": "TEXT", "paragraphs": []any{paragraph}, "property": language}
		if confidence {
			paragraph["confidence"], block["confidence"] = 0.97, 0.97
		}
		blocks = append(blocks, block)
		whole.WriteString(strings.Join(parts, " ") + "\n")
	}
	var detected []any
	for _, code := range order {
		detected = append(detected, map[string]any{"languageCode": code, "confidence": float64(shares[code]) / float64(total(shares))})
	}
	page["property"], page["blocks"] = map[string]any{"detectedLanguages": detected}, blocks
	if confidence {
		page["confidence"] = 0.97
	}
	text := strings.TrimSuffix(whole.String(), "\n")
	first := map[string]any{"locale": locale, "description": text, "boundingPoly": pixels(0, 0, p.Width, p.Height)}
	return Answer{"textAnnotations": append([]any{first}, words...), "fullTextAnnotation": map[string]any{"pages": []any{page}, "text": text}}
}

func total(shares map[string]int) (n int) {
	for _, k := range shares {
		n += k
	}
	return max(n, 1)
}

// word is a word of symbols, the last of which tells what follows.
func word(text, last string, x, y, wide, high int, confidence bool) map[string]any {
	letters := strings.Split(text, "")
	var symbols []any
	step := max(wide/len(letters), 1)
	for i, letter := range letters {
		s := map[string]any{"boundingBox": pixels(x+i*step, y, x+(i+1)*step, y+high), "text": letter}
		if i == len(letters)-1 {
			s["property"] = map[string]any{"detectedBreak": map[string]any{"type": last}}
		}
		if confidence {
			s["confidence"] = 0.98
		}
		symbols = append(symbols, s)
	}
	w := map[string]any{"boundingBox": pixels(x, y, x+wide, y+high), "symbols": symbols}
	if confidence {
		w["confidence"] = 0.96
	}
	return w
}
