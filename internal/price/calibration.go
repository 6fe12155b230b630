package price

import "math"

// Calibration learns from usage how far estimates are off. Its fields are sums
// and extremes, so that the order of observations and of merges does not matter;
// it can be kept as JSON.
type Calibration struct {
	Requests int64       `json:"requests"`
	Input    Observation `json:"input"`
	Output   Observation `json:"output"`
}

// Observation compares counts of tokens.
type Observation struct {
	// Expected and Actual are sums over the requests.
	Expected int64 `json:"expected"`
	Actual   int64 `json:"actual"`
	// Least and Most are the extremes of actual / expected, in millionths.
	Least int64 `json:"least"`
	Most  int64 `json:"most"`
}

// Observe takes note of one answer: what was expected of the request and what the
// server reported. Without an estimate or a report there is nothing to learn.
func (c *Calibration) Observe(p Part, input, output int64) {
	in := p.Text.Plus(p.Pictures).Expected
	if in <= 0 || p.Output.Expected <= 0 || input <= 0 || output < 0 {
		return
	}
	c.Requests++
	c.Input.observe(in, input, c.Requests == 1)
	c.Output.observe(p.Output.Expected, output, c.Requests == 1)
}

func (o *Observation) observe(expected, actual int64, first bool) {
	share := int64(math.Round(min(float64(actual)/float64(expected), 1e6) * 1e6))
	if first || share < o.Least {
		o.Least = share
	}
	o.Most = max(o.Most, share)
	o.Expected, o.Actual = sum(o.Expected, expected), sum(o.Actual, actual)
}

// Merge adds what another calibration observed.
func (c *Calibration) Merge(d Calibration) {
	if d.Requests == 0 {
		return
	}
	first := c.Requests == 0
	c.Requests = sum(c.Requests, d.Requests)
	c.Input.merge(d.Input, first)
	c.Output.merge(d.Output, first)
}

func (o *Observation) merge(p Observation, first bool) {
	if first || p.Least < o.Least {
		o.Least = p.Least
	}
	o.Most = max(o.Most, p.Most)
	o.Expected, o.Actual = sum(o.Expected, p.Expected), sum(o.Actual, p.Actual)
}

// enough is the number of answers from which the extremes replace the assumed
// ranges; below it only the expected values move.
const enough = 20

// Ratio returns actual / expected, 1 where nothing was observed.
func (o Observation) Ratio() float64 {
	if o.Expected == 0 {
		return 1
	}
	return float64(o.Actual) / float64(o.Expected)
}

// Apply returns the part as the observations let expect it.
func (c Calibration) Apply(p Part) Part {
	if c.Requests == 0 {
		return p
	}
	narrow := c.Requests >= enough
	p.Text, p.Pictures = c.Input.apply(p.Text, narrow), c.Input.apply(p.Pictures, narrow)
	p.Output = c.Output.apply(p.Output, narrow)
	return p
}

func (o Observation) apply(r Range, narrow bool) Range {
	of := func(n int64, share float64) int64 { return int64(math.Round(float64(n) * share)) }
	out := Range{r.Low, of(r.Expected, o.Ratio()), r.High}
	if narrow {
		out.Low, out.High = of(r.Expected, float64(o.Least)/1e6), of(r.Expected, float64(o.Most)/1e6)
	}
	out.Low, out.High = min(out.Low, out.Expected), max(out.High, out.Expected)
	return out
}
