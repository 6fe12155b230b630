package report

import (
	"fmt"
	"html/template"
	"strings"
)

// bar is one bar of a chart.
type bar struct {
	name  string
	count int64
	share string
}

// Measures of charts, in the units of their viewBox.
const (
	chartWidth = 720
	barHeight  = 26
	labelWidth = 230
	valueWidth = 120
)

// barChart draws horizontal bars; its text is for people who cannot see it.
func barChart(title string, bars []bar) template.HTML {
	top := int64(1)
	for _, b := range bars {
		top = max(top, b.count)
	}
	height := barHeight*len(bars) + 6
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`, chartWidth, height, escape(describeBars(title, bars)))
	const room = chartWidth - labelWidth - valueWidth
	for i, b := range bars {
		y := i*barHeight + 3
		class := "bar"
		if b.share == "" {
			class = "bar none"
		}
		fmt.Fprintf(&s, `<g><title>%s: %s</title>`, escape(b.name), count(b.count))
		fmt.Fprintf(&s, `<text class="label" x="%d" y="%d" text-anchor="end">%s</text>`, labelWidth-10, y+16, escape(shorten(b.name, 34)))
		fmt.Fprintf(&s, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>`, class, labelWidth, y+2, max(float64(room)*float64(b.count)/float64(top), 1), barHeight-8)
		x := float64(labelWidth) + float64(room)*float64(b.count)/float64(top) + 8
		fmt.Fprintf(&s, `<text class="value" x="%.1f" y="%d">%s<tspan class="share" dx="8">%s</tspan></text></g>`, x, y+16, count(b.count), b.share)
	}
	fmt.Fprintf(&s, `<line class="axis" x1="%d" y1="0" x2="%d" y2="%d"/></svg>`, labelWidth, labelWidth, height)
	return template.HTML(s.String())
}

func describeBars(title string, bars []bar) string {
	parts := make([]string, len(bars))
	for i, b := range bars {
		parts[i] = fmt.Sprintf("%s %d", b.name, b.count)
	}
	return "Rows by category of " + title + ": " + strings.Join(parts, ", ")
}

// histogram draws how often probabilities fall into tenths.
func histogram(title string, counts []int64) template.HTML {
	const height, width, left, bottom = 150, 480, 8, 24
	top := int64(1)
	for _, n := range counts {
		top = max(top, n)
	}
	step := float64(width-2*left) / float64(len(counts))
	var s, words strings.Builder
	for i, n := range counts {
		h := float64(height-bottom-18) * float64(n) / float64(top)
		x := left + float64(i)*step
		fmt.Fprintf(&s, `<rect class="bar" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%.1f to %.1f: %s</title></rect>`,
			x+1, float64(height-bottom)-h, step-2, h, float64(i)/10, float64(i+1)/10, count(n))
		if n > 0 {
			fmt.Fprintf(&s, `<text class="value" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x+step/2, float64(height-bottom)-h-4, count(n))
		}
		fmt.Fprintf(&words, "%.1f to %.1f %d, ", float64(i)/10, float64(i+1)/10, n)
	}
	for i := 0; i <= len(counts); i += 5 {
		fmt.Fprintf(&s, `<text class="label" x="%.1f" y="%d" text-anchor="middle">%.1f</text>`, left+float64(i)*step, height-6, float64(i)/10)
	}
	return template.HTML(fmt.Sprintf(`<svg class="chart small" viewBox="0 0 %d %d" role="img" aria-label="%s">`, width, height,
		escape("Rows by probability of "+title+": "+strings.TrimSuffix(words.String(), ", "))) + s.String() +
		fmt.Sprintf(`<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/></svg>`, left, height-bottom, width-left, height-bottom))
}

func escape(text string) string { return template.HTMLEscapeString(text) }

func shorten(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
