package picture

// plane is one channel: rows of bytes, stride apart.
type plane struct {
	pix    []byte
	stride int
}

func (p plane) row(y, n int) []byte { return p.pix[y*p.stride : y*p.stride+n] }

// planes is a JPEG picture as stored: a full channel and two that may be
// subsampled. Its rows are computed with libjpeg's integer arithmetic:
// triangle-filter upsampling of chroma where libjpeg calls it fancy (2x1, 2x2,
// 1x2), replication elsewhere, and 16-bit fixed-point YCbCr to RGB.
type planes struct {
	width, height int
	y, cb, cr     plane
	h, v          int    // how much coarser chroma is
	colours       string // grey, rgb or ycc
	chroma        []uint32
	near          []uint32
	byCb, byCr    [256]uint64 // what chroma adds to the three colours
	clamped       [1024]byte  // sums that are offset by bias
	made          bool
}

// A word holds the sums for one pixel: green with 16 fractional bits from bit
// 0, red from bit 32, blue from bit 48, each offset by bias so that it stays
// positive.
const (
	bias  = 256
	wordY = 1<<16 | 1<<32 | 1<<48
)

func (p *planes) set(w, height int, y, cb, cr plane, h, v int) {
	p.width, p.height, p.y, p.cb, p.cr, p.h, p.v = w, height, y, cb, cr, h, v
	p.tables()
}

// tables fills in the products of the conversion, rounded at 16 bits.
func (p *planes) tables() {
	if p.made {
		return
	}
	p.made = true
	for i := range 256 {
		x := i - 128
		red := (91881*x + 1<<15) >> 16                              // 1.40200
		blue := (116130*x + 1<<15) >> 16                            // 1.77200
		p.byCr[i] = uint64(red+bias)<<32 + uint64(bias<<16-46802*x) // 0.71414
		p.byCb[i] = uint64(blue+bias)<<48 + uint64(1<<15-22554*x)   // 0.34414
	}
	for i := range p.clamped {
		p.clamped[i] = byte(max(0, min(255, i-bias)))
	}
}

func (p *planes) size() (int, int) { return p.width, p.height }

// ycc converts one pixel.
func (p *planes) ycc(y, cb, cr byte) (r, g, b byte) {
	sum := p.byCb[cb] + p.byCr[cr] + uint64(y)*wordY
	return p.clamped[sum>>32&1023], p.clamped[sum>>16&1023], p.clamped[sum>>48&1023]
}

func (p *planes) row(y int, dst []byte) []byte {
	luma := p.y.row(y, p.width)
	dst = dst[:3*p.width]
	if p.colours == "grey" {
		for i, v := range luma {
			dst[3*i], dst[3*i+1], dst[3*i+2] = v, v, v
		}
		return dst
	}
	chroma := p.upsample(y)
	chroma = chroma[:len(luma)]
	out := dst
	if p.colours == "rgb" {
		for i, v := range luma {
			out[0], out[1], out[2] = v, byte(chroma[i]), byte(chroma[i]>>16)
			out = out[3:]
		}
		return dst
	}
	for i, v := range luma {
		if len(out) < 3 {
			break
		}
		c := chroma[i]
		sum := p.byCb[byte(c)] + p.byCr[byte(c>>16)] + uint64(v)*wordY
		out[0], out[1], out[2] = p.clamped[sum>>32&1023], p.clamped[sum>>16&1023], p.clamped[sum>>48&1023]
		out = out[3:]
	}
	return dst
}
