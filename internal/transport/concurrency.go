package transport

const (
	// cut is what remains of the concurrency after a refusal.
	cut = 0.7
	// start is the concurrency before anything is known of the server's limits.
	start = 4
)

// concurrency is how many requests may be in flight: additive increase,
// multiplicative decrease. It is guarded by the gate's lock.
//
// A refusal of everything says nothing about concurrency. So a row of
// decreases without an answer between them is taken back up to the first of
// them by the first answer; from there on answers raise the limit slowly.
type concurrency struct {
	most      float64
	limit     float64
	threshold float64 // below it every answer raises the limit by one
	since     uint64  // attempts before this one say nothing about limit
	answered  bool    // since the last decrease
}

func newConcurrency(most int, known bool) concurrency {
	c := concurrency{most: float64(most), limit: float64(most), threshold: float64(most), answered: true}
	if !known {
		c.limit = min(c.most, start)
	}
	return c
}

// refused is told that attempt number seq of `sent` so far was refused while
// inFlight were under way. known says that the rate is known, so that the
// number in flight is not what made it too high.
func (c *concurrency) refused(seq, sent uint64, inFlight int, known bool) {
	if seq < c.since {
		return
	}
	from := c.limit
	if !known {
		from = min(from, float64(inFlight))
	}
	c.limit = max(1, from*cut)
	if c.answered {
		c.threshold = c.limit
	}
	c.answered, c.since = false, sent
}

// success is told that attempt number seq was answered.
func (c *concurrency) success(seq uint64, inFlight int, known bool) {
	if seq < c.since {
		return
	}
	if !c.answered {
		c.answered = true
		c.limit = max(c.limit, c.threshold)
	}
	if float64(inFlight) < c.limit/2 {
		return
	}
	switch {
	case c.limit < c.threshold:
		c.limit++
	case known:
		c.limit += max(1, c.most/16) / c.limit
	default:
		c.limit += 0.5 / c.limit
	}
	c.limit = min(c.limit, c.most)
}
