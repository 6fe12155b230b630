package clip

import (
	"context"
	"iter"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/media"
	"icono/internal/picture"
	"icono/internal/stage"
)

// batch is a record on its way through the stage: its rows wait for the
// model, and it is passed on when all have come back.
type batch struct {
	rec     arrow.Record
	rows    []outcome
	waiting int
}

// job is one row whose picture is to be prepared.
type job struct {
	batch *batch // nil marks an empty record, which has no rows
	row   int
	path  string
	null  bool
	key   string // of the row, "" where it has none
}

// prepared is a row with its picture as the model sees it, or with a fault.
type prepared struct {
	job
	pixels *[]byte // Size*Size*3, RGB; nil where there is a fault
	fault  outcome
	hash   [32]byte  // of the file, where vectors are kept
	vector []float32 // of an earlier run; nil where it is to be computed
}

// Run implements stage.Stage. Pictures are decoded by env.Workers goroutines
// while the model computes the batch before; rows keep their order. Once the run
// is to end, what the model computes is finished, and the rows left are skipped.
func (c *classify) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		if len(c.others) > 0 {
			yield(nil, c.otherModel(in[0].Rows))
			return
		}
		c.tell(env.Ledger)
		r := &runner{classify: c, env: env, size: c.encoder.Size()}
		r.pool.New = func() any {
			b := make([]byte, r.size*r.size*3)
			return &b
		}
		r.decoders.New = func() any { return new(picture.Decoder) }
		defer r.release()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		drop := func(p prepared) { r.recycle(p) }
		window := c.config.BatchSize + 2*env.Workers
		for p, err := range flow.Ordered(ctx, r.jobs(in[0].Rows), env.Workers, window, r.prepare, drop) {
			if err == nil {
				err = r.take(ctx, p)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !r.emit(yield) {
				return
			}
		}
		if err := r.infer(ctx); err != nil {
			yield(nil, err)
			return
		}
		r.emit(yield)
	}
}

// runner is one run of the stage.
type runner struct {
	*classify
	env      stage.Env
	size     int
	pool     sync.Pool // of *[]byte
	decoders sync.Pool // of *picture.Decoder

	mu      sync.Mutex
	open    []*batch   // in order; guarded by mu, since jobs runs beside take
	ready   []prepared // waiting for the model, at most a batch
	pixels  []float32
	vectors []float32
}

// jobs takes records apart into rows.
func (r *runner) jobs(rows stage.Rows) iter.Seq2[job, error] {
	return func(yield func(job, error) bool) {
		for rec, err := range rows {
			if err != nil {
				yield(job{}, err)
				return
			}
			n := int(rec.NumRows())
			b := &batch{rec: rec, rows: make([]outcome, n), waiting: n}
			rec.Retain()
			r.mu.Lock()
			r.open = append(r.open, b)
			r.mu.Unlock()
			if n == 0 && !yield(job{}, nil) {
				return
			}
			paths, _ := columns.Text(rec.Column(r.image))
			at := stage.Find(rec.Schema(), stage.Key)
			for i := range n {
				key := ""
				if at >= 0 {
					key = columns.Format(rec.Column(at), i)
				}
				if !yield(job{b, i, strings.Clone(paths.At(i)), paths.IsNull(i), strings.Clone(key)}, nil) {
					return
				}
			}
		}
	}
}

// prepare reads, decodes and scales the picture of a row.
func (r *runner) prepare(ctx context.Context, j job) (prepared, error) {
	p := prepared{job: j}
	if j.batch == nil {
		return p, nil
	}
	if r.env.Draining() {
		p.fault = interrupted()
		return p, nil
	}
	if j.null || strings.TrimSpace(j.path) == "" {
		p.fault = outcome{status: stage.Missing, err: "the row names no picture"}
		return p, nil
	}
	name := media.Under(r.root, j.path)
	data, err := media.ReadPicture(r.env.Study.Open, name)
	if err != nil {
		p.fault = readFault(name, err)
		return p, nil
	}
	if r.shelf != nil {
		p.hash = picture.Sum(data)
		if p.vector, err = r.shelf.Find(ctx, name, p.hash); err != nil || p.vector != nil {
			return p, err
		}
	}
	d := r.decoders.Get().(*picture.Decoder)
	defer r.decoders.Put(d)
	p.pixels = r.pool.Get().(*[]byte)
	if err := d.DecodeCrop(data, r.size, picture.Options{Orient: r.config.Orient}, *p.pixels); err != nil {
		r.pool.Put(p.pixels)
		if picture.ReasonOf(err) == picture.NotHere {
			return p, r.notHere(ctx, p, err)
		}
		p.pixels, p.fault = nil, outcome{status: stage.Unreadable, err: err.Error()}
	}
	return p, nil
}

// readFault words why a picture could not be read.
func readFault(name string, err error) outcome {
	why, missing := media.Explain(name, err)
	if missing {
		return outcome{status: stage.Missing, err: why}
	}
	return outcome{status: stage.Unreadable, err: why}
}

// take accepts the next prepared row and runs the model when a batch is full.
func (r *runner) take(ctx context.Context, p prepared) error {
	switch {
	case p.batch == nil:
		return nil
	case p.vector != nil:
		p.batch.rows[p.row] = outcome{status: stage.OK, result: r.head.Classify(p.vector)}
		p.batch.waiting--
		return nil
	case p.pixels == nil:
		p.batch.rows[p.row] = p.fault
		p.batch.waiting--
		return nil
	}
	r.ready = append(r.ready, p)
	if len(r.ready) < r.config.BatchSize && !r.env.Draining() {
		return nil
	}
	return r.infer(ctx)
}

// infer computes the codes of the rows that wait, or skips them if the run is
// to end.
func (r *runner) infer(ctx context.Context) error {
	n := len(r.ready)
	if n == 0 {
		return nil
	}
	if r.env.Draining() {
		for _, p := range r.ready {
			r.recycle(p)
			p.batch.rows[p.row] = interrupted()
			p.batch.waiting--
		}
		r.ready = r.ready[:0]
		return nil
	}
	area, dim := 3*r.size*r.size, r.encoder.Dim()
	if r.pixels == nil {
		r.pixels, r.vectors = make([]float32, r.config.BatchSize*area), make([]float32, r.config.BatchSize*dim)
	}
	normal, err := r.normalizer(ctx, r.ready[0])
	if err != nil {
		return err
	}
	for i, p := range r.ready {
		normal.Apply(*p.pixels, r.pixels[i*area:(i+1)*area])
		r.recycle(p)
	}
	if err := r.encoder.EmbedImages(ctx, r.pixels[:n*area], n, r.vectors[:n*dim]); err != nil {
		return err
	}
	if err := r.keep(ctx, dim); err != nil {
		return err
	}
	for i, p := range r.ready {
		p.batch.rows[p.row] = outcome{status: stage.OK, result: r.head.Classify(r.vectors[i*dim : (i+1)*dim])}
		p.batch.waiting--
	}
	r.ready = r.ready[:0]
	return nil
}

func (r *runner) recycle(p prepared) {
	if p.pixels != nil {
		r.pool.Put(p.pixels)
	}
}

// emit passes on the records whose rows have all come back.
func (r *runner) emit(yield func(arrow.Record, error) bool) bool {
	for {
		b := r.first()
		if b == nil {
			return true
		}
		cols := r.layout.arrays(r.env.Memory, b.rows)
		out, err := columns.Append(b.rec, r.schema, cols...)
		for _, a := range cols {
			a.Release()
		}
		b.rec.Release()
		if err != nil {
			yield(nil, err)
			return false
		}
		more := yield(out, nil)
		out.Release()
		if !more {
			return false
		}
	}
}

// first takes the first open record off the queue if it is complete.
func (r *runner) first() *batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.open) == 0 || r.open[0].waiting > 0 {
		return nil
	}
	b := r.open[0]
	r.open = r.open[1:]
	return b
}

// release lets go of the records that were not passed on.
func (r *runner) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.open {
		b.rec.Release()
	}
	r.open = nil
}
