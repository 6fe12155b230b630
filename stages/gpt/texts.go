package gpt

import (
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
)

// texts are the inputs of a batch, computed by whichever row comes first.
type texts struct {
	once   sync.Once
	values []arrow.Array // one an input
	err    error
}

func (t *texts) release() {
	for _, a := range t.values {
		a.Release()
	}
}

// inputs computes the texts of a batch once.
func (r *runner) inputs(rec arrow.Record) *texts {
	r.mu.Lock()
	t := r.texts[rec]
	if t == nil {
		t = &texts{}
		r.texts[rec] = t
	}
	r.mu.Unlock()
	t.once.Do(func() {
		programs, err := r.compile(r.in)
		if err != nil {
			t.err = err
			return
		}
		for _, p := range programs {
			a, _, err := p.Array(r.env.Memory, rec)
			if err != nil {
				t.err = err
				return
			}
			t.values = append(t.values, a)
		}
	})
	return t
}

// forget lets go of the texts of a batch.
func (r *runner) forget(rec arrow.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.texts[rec]; t != nil {
		t.release()
		delete(r.texts, rec)
	}
}
