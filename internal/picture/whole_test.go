package picture

import (
	"bytes"
	"testing"
)

// Every file of testdata is whole; cut anywhere it is not, unless it still gives a
// picture.
func TestWhole(t *testing.T) {
	for name := range readJSON[golden](t, "golden.json") {
		data := readFile(t, name)
		if err := Whole(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, n := range []int{1, 9, len(data) / 4, len(data) / 2, len(data) * 3 / 4, len(data) - 40, len(data) - 9} {
			if n < 0 || n >= len(data) {
				continue
			}
			_, decodes := Decode(data[:n], Options{})
			if err := Whole(data[:n]); (err == nil) != (decodes == nil) {
				t.Errorf("%s cut to %d of %d: %v, and decoding says %v", name, n, len(data), err, decodes)
			}
		}
		for _, more := range []string{"\x00\x00\x00", "written by a camera"} {
			if err := Whole(append(bytes.Clone(data), more...)); err != nil {
				t.Errorf("%s with %q behind it: %v", name, more, err)
			}
		}
	}
}

// A small picture in the head of a cut-off JPEG is not taken for its end.
func TestWholeLooksBehindTheHead(t *testing.T) {
	data := readFile(t, "jpeg_444.jpg")
	small := append([]byte("Exif\x00\x00"), readFile(t, "jpeg_420_1x1.jpg")...)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, byte((len(small) + 2) >> 8), byte(len(small) + 2)}, small...)
	whole := append(head, data[2:]...)
	if err := Whole(whole); err != nil {
		t.Fatal(err)
	}
	if err := Whole(whole[:len(whole)-len(data)/3]); ReasonOf(err) != Truncated {
		t.Errorf("cut off: %v", err)
	}
}
