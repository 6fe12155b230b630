// Package tower builds palette's two ONNX models and its description: the
// image tower measures colour, light and texture, the text tower maps words of
// these measures to directions. Package palette embeds what it writes.
package tower

import "strings"

// Concept is one thing that palette measures in a picture, with the words that
// ask for it.
type Concept struct {
	Name    string   // the concept, also its first word where CLIP has one token for it
	Words   []string // lower-case words, each a single token of CLIP's vocabulary
	About   string   // what a high value means
	Measure string   // the formula of the value, which is between 0 and 1
}

// The concepts in the order of the embedding's dimensions. The colours come
// first; a pixel's class is its place in this order.
const (
	red = iota
	orange
	yellow
	green
	turquoise
	blue
	purple
	pink
	brown
	black
	white
	grey
	colours // how many colours there are
)

// Concepts lists all concepts in the order of the embedding's dimensions.
func Concepts() []Concept {
	share := func(name, words, rule string) Concept {
		return Concept{name, strings.Fields(words), "much of the picture is " + name, "√ share of pixels with " + rule}
	}
	return []Concept{
		share("red", "red reddish crimson scarlet maroon ruby burgundy rot", "hue below 15° or from 345°, unless pink"),
		share("orange", "orange tangerine amber", "hue from 15° to 45°, C ≥ 0.5 M and M ≥ 160"),
		share("yellow", "yellow gold golden mustard", "hue from 45° to 70° and M ≥ 128"),
		share("green", "green greens emerald olive lime", "hue from 70° to 165°, or from 55° to 70° and M < 128"),
		share("turquoise", "turquoise teal aqua", "hue from 165° to 195°"),
		share("blue", "blue blues navy cobalt azure sapphire", "hue from 195° to 255°"),
		share("purple", "purple violet lilac lavender indigo magenta", "hue from 255° to 315°"),
		share("pink", "pink rosy rosa", "hue from 315° to 345°; or hue below 15° or from 345°, C < 0.5 M and M ≥ 180"),
		share("brown", "brown browns beige tan braun", "hue from 15° to 45° and (C < 0.5 M or M < 160), or from 45° to 55° and M < 128"),
		share("black", "black blacks ebony", "M < 50"),
		share("white", "white whites ivory weiss", "M ≥ 210 and C < 0.15 M"),
		share("grey", "grey gray greys grays silver", "50 ≤ M < 210 and C < 0.15 M"),
		{"bright", strings.Fields("bright brighter brightly light lighter luminous shining glowing"),
			"the picture is light on the whole", brightness.text("mean of Y / 255")},
		{"dark", strings.Fields("dark darker darkest darkness dim gloomy gloom shadow shadows"),
			"the picture is dark on the whole", "1 − bright"},
		{"colourful", strings.Fields("colourful colorful coloured colored vivid vibrant saturated rainbow neon fluorescent"),
			"the colours are strong", colourfulness.text("mean of C / 255")},
		{"muted", strings.Fields("muted pale faded pastel washed dull neutral"),
			"the colours are weak", "1 − colourful"},
		{"monochrome", strings.Fields("monochrome bw blackandwhite"),
			"hardly any pixel has a hue", colourlessness.text("share of black, white and grey pixels")},
		{"warm", strings.Fields("warm warmer warmth fiery autumnal"),
			"red outweighs blue", warmth.text("mean of (R − B) / 255")},
		{"cool", strings.Fields("cool cooler cold icy chilly wintry frosty"),
			"blue outweighs red", "1 − warm"},
		{"busy", strings.Fields("busy detailed detail details intricate complex textured texture textures patterned pattern patterns messy clutter noisy dense rough"),
			"light and dark change often from pixel to pixel", business.text("mean of |Y − Y of the pixel to the left or above| / 255")},
		{"plain", strings.Fields("plain smooth empty blank simple minimal minimalist minimalism solid uniform blurry blurred"),
			"neighbouring pixels are alike", "1 − busy"},
		{"contrast", strings.Fields("contrast contrasting stark harsh"),
			"light and dark parts differ much", spread.text("standard deviation of Y / 255")},
		{"flat", strings.Fields("flat hazy soft"),
			"light and dark parts differ little", "1 − contrast"},
		{"text", strings.Fields("text writing written handwriting letters lettering typography typed printed font script word words headline headlines caption captions subtitles sentence paragraph slogan page pages"),
			"the picture has many thin strokes on an even ground, as writing has", writing.text("share of stroke pixels")},
	}
}
