// Package clip computes what CLIP models compute: it finds the towers of a
// model in a folder, turns pictures and phrases into vectors, and classifies
// by their likeness (Radford et al. 2021, "Learning Transferable Visual Models
// From Natural Language Supervision").
package clip

// Mean and standard deviation of the channels of CLIP's training pictures,
// red, green, blue, for values from 0 to 1.
func channelMean() [3]float32 { return [3]float32{0.48145466, 0.4578275, 0.40821073} }
func channelStd() [3]float32  { return [3]float32{0.26862954, 0.26130258, 0.27577711} }

// Normalizer turns the bytes of a picture into what the image tower reads.
type Normalizer struct{ table [3][256]float32 }

// NewNormalizer returns the normaliser of CLIP's training pictures.
func NewNormalizer() *Normalizer { return tabulate(channelMean(), channelStd()) }

// tabulate computes (v/255 - mean) / std for each channel, in float32 as
// torchvision does.
func tabulate(mean, std [3]float32) *Normalizer {
	n := &Normalizer{}
	for c := range 3 {
		for v := range 256 {
			n.table[c][v] = (float32(v)/255 - mean[c]) / std[c]
		}
	}
	return n
}

// Apply writes the pixels (RGB, row by row) channel by channel: dst has the
// length of pixels.
func (n *Normalizer) Apply(pixels []byte, dst []float32) {
	area := len(pixels) / 3
	red, green, blue := dst[:area], dst[area:2*area], dst[2*area:3*area]
	for i := range area {
		p := pixels[3*i : 3*i+3 : 3*i+3]
		red[i], green[i], blue[i] = n.table[0][p[0]], n.table[1][p[1]], n.table[2][p[2]]
	}
}
