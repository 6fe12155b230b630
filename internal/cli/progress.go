package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"icono/internal/pipeline"
)

// progressLine shows the state of a run on standard error: on a terminal a
// live line for each running stage, elsewhere a plain line now and then.
type progressLine struct {
	mu     sync.Mutex
	w      io.Writer
	live   bool
	width  int
	start  time.Time
	said   time.Time
	drawn  int // live lines on the screen
	warned map[string]bool
	quiet  bool
	// spending words what models were asked and paid; "" where none was.
	spending func() string
}

// plainEvery is the time between two plain lines.
const plainEvery = 10 * time.Second

func (a *app) progressLine() *progressLine {
	now := time.Now()
	return &progressLine{w: a.Err, live: a.terminal(a.Err), width: width(a.Err), start: now, said: now, warned: map[string]bool{}, quiet: a.json}
}

// update shows the state.
func (p *progressLine) update(state []pipeline.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.quiet:
	case p.live:
		p.clear()
		for _, s := range state {
			if s.Running && !s.Done {
				p.draw(p.describe(s))
			}
		}
		if p.spending != nil {
			if text := p.spending(); text != "" {
				p.draw("models: " + text)
			}
		}
	case time.Since(p.said) >= plainEvery:
		p.said = time.Now()
		for _, s := range state {
			if s.Running && !s.Done && s.Rows > 0 {
				fmt.Fprintln(p.w, p.describe(s))
			}
		}
	}
}

func (p *progressLine) draw(text string) {
	fmt.Fprintln(p.w, cut(text, p.width-1))
	p.drawn++
}

// say prints a line above the live lines, once.
func (p *progressLine) say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.warned[text] {
		return
	}
	p.warned[text] = true
	p.clear()
	fmt.Fprintln(p.w, text)
}

// end removes the live lines.
func (p *progressLine) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progressLine) clear() {
	for ; p.drawn > 0; p.drawn-- {
		fmt.Fprint(p.w, "\x1b[1A\x1b[2K")
	}
}

func (p *progressLine) describe(s pipeline.Progress) string {
	seconds := time.Since(p.start).Seconds()
	rate := float64(s.Rows) / max(seconds, 0.001)
	var b strings.Builder
	fmt.Fprintf(&b, "%-12s %s", s.ID, number(s.Rows))
	if s.Expect > 0 {
		fmt.Fprintf(&b, " of %s (%.0f%%)", number(s.Expect), 100*float64(s.Rows)/float64(s.Expect))
	}
	b.WriteString(" rows")
	if s.Rows > 0 {
		fmt.Fprintf(&b, ", %s/s", number(int64(rate+0.5)))
	}
	if s.Faults > 0 {
		fmt.Fprintf(&b, ", %s faults", number(s.Faults))
	}
	if s.Expect > s.Rows && rate > 0 && s.Rows > 0 {
		left := time.Duration(float64(s.Expect-s.Rows)/rate) * time.Second
		fmt.Fprintf(&b, ", %s left", left.Round(time.Second))
	}
	return b.String()
}

// cut shortens a line to a width in characters.
func cut(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return string(runes[:max(width-1, 0)]) + "…"
}
