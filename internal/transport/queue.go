package transport

import "time"

// queue is first in, first out; who left is skipped.
type queue struct {
	items []*waiter
	from  int
	gone  int
}

func (q *queue) push(w *waiter) { q.items = append(q.items, w) }

func (q *queue) len() int { return len(q.items) - q.from - q.gone }

// head is the first waiter that has not left, nil without one.
func (q *queue) head() *waiter {
	for q.from < len(q.items) {
		if w := q.items[q.from]; !w.left {
			return w
		}
		q.gone--
		q.pop()
	}
	return nil
}

// pop removes the first item.
func (q *queue) pop() {
	q.items[q.from] = nil
	q.from++
	if q.from > 64 && q.from*2 > len(q.items) {
		n := copy(q.items, q.items[q.from:])
		clear(q.items[n:])
		q.items, q.from = q.items[:n], 0
	}
}

// left notes that one waiter in the queue has left.
func (q *queue) left() {
	q.gone++
	if q.gone < 64 || q.gone*2 < len(q.items)-q.from {
		return
	}
	kept := q.items[:0]
	for _, w := range q.items[q.from:] {
		if !w.left {
			kept = append(kept, w)
		}
	}
	clear(q.items[len(kept):])
	q.items, q.from, q.gone = kept, 0, 0
}

const (
	stormLength = time.Second
	stormCount  = 5
)

// storm is a time in which every attempt fails. over is closed, and replaced,
// at the first answer to a request that was sent during the storm.
type storm struct {
	count int
	began time.Time
	over  chan struct{}
}

func (s *storm) failure(now time.Time) {
	if s.count == 0 {
		s.began = now
	}
	s.count++
}

func (s *storm) success(sent, now time.Time) {
	if s.count > 0 && sent.Before(s.began) {
		return
	}
	if s.count >= stormCount && now.Sub(s.began) >= stormLength {
		close(s.over)
		s.over = make(chan struct{})
	}
	s.count = 0
}
