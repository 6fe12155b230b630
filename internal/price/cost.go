package price

// Usage is what a server billed. CachedInput and CacheWrite are parts of Input;
// reasoning is a part of Output.
type Usage struct{ Input, CachedInput, CacheWrite, Output int64 }

// rates are the prices that hold for a request.
type rates struct{ input, cached, write, output rate }

// rates returns the prices for a request with so much input; ok is false where
// they are unknown.
func (e Entry) rates(input int64, batch bool) (r rates, ok bool) {
	if !e.Priced() {
		return r, false
	}
	of := func(p *float64, otherwise rate) rate {
		if p == nil {
			return otherwise
		}
		m, err := Dollars(*p)
		if err != nil {
			return otherwise
		}
		return rate(m)
	}
	r.input, r.output = of(e.Input, 0), of(e.Output, 0)
	r.cached, r.write = of(e.Cached, r.input), of(e.CacheWrite, r.input)
	in, out := 1.0, 1.0
	if e.Long != nil && input > int64(e.Long.Above) {
		in, out = e.Long.Input, e.Long.Output
	}
	if batch && e.Batch != nil {
		in, out = in**e.Batch, out**e.Batch
	}
	r.input, r.cached, r.write, r.output = r.input.times(in), r.cached.times(in), r.write.times(in), r.output.times(out)
	return r, true
}

// Cost returns what a request cost by its usage; ok is false where the price is
// unknown. Counts that contradict each other are read as the dearer.
func (e Entry) Cost(u Usage, batch bool) (cost Money, ok bool) {
	r, ok := e.rates(u.Input, batch)
	if !ok {
		return 0, false
	}
	cached := min(max(u.CachedInput, 0), max(u.Input, 0))
	write := min(max(u.CacheWrite, 0), max(u.Input, 0)-cached)
	cost = r.cached.of(cached).plus(r.write.of(write)).plus(r.input.of(u.Input - cached - write)).plus(r.output.of(u.Output))
	return cost, true
}

// Worst returns the most that a request can cost, with a bound on its input and
// the bound that is sent for its output; ok is false where the price is unknown
// or the output has no bound (output < 1).
func (e Entry) Worst(input, output int64, batch bool) (cost Money, ok bool) {
	r, ok := e.rates(input, batch)
	if !ok || output < 1 {
		return 0, false
	}
	return max(r.input, r.write, r.cached).of(input).plus(r.output.of(output)), true
}

// Part is one request as it is expected, in tokens.
type Part struct {
	// Text and Pictures make up the input; Output includes reasoning.
	Text, Pictures, Output Range
	// MaxOutput is the bound on the output that is sent, 0 for none.
	MaxOutput int64
}

// Cap is a range of money.
type Cap struct{ Low, Expected, High Money }

// Estimate adds up requests before they are sent.
type Estimate struct {
	Requests      int64
	Input, Output Range
	// Cost holds what is known; Unpriced counts the requests whose price is not.
	// Low assumes that the provider has all text in its cache.
	Cost     Cap
	Unpriced int64
}

// Plus returns the sum of two estimates.
func (s Estimate) Plus(o Estimate) Estimate {
	return Estimate{Requests: s.Requests + o.Requests, Input: s.Input.Plus(o.Input), Output: s.Output.Plus(o.Output), Unpriced: s.Unpriced + o.Unpriced,
		Cost: Cap{s.Cost.Low.plus(o.Cost.Low), s.Cost.Expected.plus(o.Cost.Expected), s.Cost.High.plus(o.Cost.High)}}
}

// Add adds n equal requests to a model.
func (s *Estimate) Add(e Entry, p Part, batch bool, n int64) {
	if n <= 0 {
		return
	}
	out := p.Output
	if p.MaxOutput > 0 {
		out = Range{min(out.Low, p.MaxOutput), min(out.Expected, p.MaxOutput), min(out.High, p.MaxOutput)}
	}
	in := p.Text.Plus(p.Pictures)
	s.Requests = sum(s.Requests, n)
	s.Input, s.Output = s.Input.Plus(in.Times(n)), s.Output.Plus(out.Times(n))
	if !e.Priced() {
		s.Unpriced = sum(s.Unpriced, n)
		return
	}
	low, _ := e.Cost(Usage{Input: in.Low, CachedInput: p.Text.Low, Output: out.Low}, batch)
	expected, _ := e.Cost(Usage{Input: in.Expected, Output: out.Expected}, batch)
	high, _ := e.Cost(Usage{Input: in.High, CacheWrite: in.High, Output: out.High}, batch)
	s.Cost.Low = s.Cost.Low.plus(Money(product(int64(low), n)))
	s.Cost.Expected = s.Cost.Expected.plus(Money(product(int64(expected), n)))
	s.Cost.High = s.Cost.High.plus(Money(product(int64(high), n)))
}
