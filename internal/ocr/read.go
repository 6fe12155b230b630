package ocr

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"icono/internal/picture"
)

// Limits of the program and of enlarging.
const (
	longestSide = 32767
	mostTimes   = 4
)

// Read reads the text in a picture of any format that internal/picture decodes.
// Its errors are *picture.Error for bytes that are no picture, *Error for what
// the program does not read, and that of ctx.
func (e *Engine) Read(ctx context.Context, data []byte) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	p, err := e.decode(data)
	if err != nil {
		return Result{}, err
	}
	r := Result{Width: p.Width, Height: p.Height}
	p, err = e.options.scale(p)
	if err != nil {
		return Result{}, err
	}
	args := []string{"stdin", "stdout", "-l", strings.Join(e.Languages(), "+"), "--psm", strconv.Itoa(e.options.Mode),
		"-c", "tessedit_create_tsv=1", "-c", "tessedit_create_txt=1"}
	if n := slices.Index(thresholds(), e.options.Threshold); n > 0 {
		args = append(args, "-c", "thresholding_method="+strconv.Itoa(n))
	}
	out, _, err := e.program.run(ctx, e.limit(), pnm(p), args...)
	if err != nil {
		return Result{}, err
	}
	return r, r.parse(out, p.Width, p.Height)
}

// scale enlarges a small picture and reduces a large one.
func (o Options) scale(p *picture.RGB) (*picture.RGB, error) {
	long := max(p.Width, p.Height)
	want := long
	switch {
	case o.Enlarge > long:
		want = min(o.Enlarge, mostTimes*long)
	case o.Reduce > 0 && o.Reduce < long:
		want = o.Reduce
	}
	if want > longestSide {
		return nil, &Error{Detail: fmt.Sprintf("a picture of %d x %d pixels is too large for tesseract, whose limit is %d for a side", p.Width, p.Height, longestSide)}
	}
	if want == long {
		return p, nil
	}
	side := func(n int) int { return max(1, (n*want+long/2)/long) }
	return p.Resize(side(p.Width), side(p.Height)), nil
}

// pnm gives a picture as a binary PPM file.
func pnm(p *picture.RGB) io.Reader {
	head := fmt.Sprintf("P6\n%d %d\n255\n", p.Width, p.Height)
	return io.MultiReader(strings.NewReader(head), bytes.NewReader(p.Pix))
}
