package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Every file of testdata, cut anywhere, gives an error or, where only what
// follows the first frame is missing, the picture that the whole file gives.
func TestCutOffIsNeverAPicture(t *testing.T) {
	for name := range readJSON[golden](t, "golden.json") {
		data := readFile(t, name)
		whole, err := Decode(data, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 2, 3, 9, len(data) / 4, len(data) / 2, len(data) * 3 / 4, len(data) - 40, len(data) - 9, len(data) - 2, len(data) - 1} {
			if n < 0 || n >= len(data) {
				continue
			}
			p, err := Decode(data[:n], Options{})
			if err != nil {
				if ReasonOf(err) == "" {
					t.Errorf("%s cut to %d of %d: untyped error %v", name, n, len(data), err)
				}
				continue
			}
			if !bytes.Equal(p.Pix, whole.Pix) {
				t.Errorf("%s cut to %d of %d bytes gave another picture", name, n, len(data))
			}
			if strings.HasSuffix(name, ".jpg") || strings.HasSuffix(name, ".png") {
				t.Errorf("%s cut to %d of %d bytes gave a picture", name, n, len(data))
			}
		}
	}
}

// A JPEG whose rest is lost but which is closed properly is cut off all the
// same, also a progressive one that lacks a colour channel.
func TestClosedButIncompleteJPEG(t *testing.T) {
	for _, name := range []string{"jpeg_420.jpg", "jpeg_444.jpg"} {
		data := readFile(t, name)
		short := append(bytes.Clone(data[:len(data)*2/3]), 0xff, 0xd9)
		if _, err := Decode(short, Options{}); err == nil {
			t.Errorf("%s: two thirds and an end mark gave a picture", name)
		}
	}
	data := readFile(t, "jpeg_420_progressive.jpg")
	first := bytes.Index(data, []byte("\xff\xda"))
	for at := first + 2; at < len(data)-1; at++ {
		if data[at] == 0xff && data[at+1] == 0xc4 { // tables of the second scan
			short := append(bytes.Clone(data[:at]), 0xff, 0xd9)
			if p, err := Decode(short, Options{}); err != nil || p == nil {
				t.Errorf("all channels once: %v", err) // coarse but whole, as Pillow shows it
			}
			break
		}
	}
	if _, err := Decode(append(bytes.Clone(data[:first]), 0xff, 0xd9), Options{}); ReasonOf(err) != Truncated {
		t.Errorf("no scan: %v", err)
	}
}

func TestReasons(t *testing.T) {
	box := func(brand string) string { return "\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00mif1" + brand }
	lossless := readFile(t, "jpeg_444.jpg")
	at := bytes.Index(lossless, []byte{0xff, 0xc0})
	lossless[at+1] = 0xc3
	for _, c := range []struct {
		name, data string
		reason     Reason
		says       string
	}{
		{"nothing", "", Empty, "the file is empty"},
		{"zeros", strings.Repeat("\x00", 500), NotPicture, "zero bytes"},
		{"noise", "\x01\x02\x03\x04\x05\x06\x07\x08", NotPicture, "no picture"},
		{"html", "\xef\xbb\xbf\n <!DOCTYPE html><html><body>Login</body></html>", NotPicture, "an HTML page, not a picture"},
		{"Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", NotPicture, "git lfs pull"},
		{"html bare", "<html>", NotPicture, "an HTML page"},
		{"xml", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", NotPicture, "XML"},
		{"json", `{"error": "expired"}`, NotPicture, "JSON"},
		{"text", "URL signature expired", NotPicture, "plain text"},
		{"pdf", "%PDF-1.7\n", NotPicture, "PDF"},
		{"mp4", "\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42", NotPicture, "video"},
		{"webm", "\x1a\x45\xdf\xa3\x01", NotPicture, "video"},
		{"zip", "PK\x03\x04....", NotPicture, "ZIP archive"},
		{"heic", box("heic"), Unsupported, "HEIC pictures cannot be decoded; convert to JPEG"},
		{"avif", box("avif"), Unsupported, "AVIF"},
		{"svg", `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, Unsupported, "SVG"},
		{"jxl", "\xff\x0a\x00", Unsupported, "JPEG XL"},
		{"psd", "8BPS\x00\x01", Unsupported, "Photoshop"},
		{"lossless jpeg", string(lossless), Unsupported, "lossless"},
		{"bigtiff", "II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00", Unsupported, "BigTIFF"},
		{"jpeg start", "\xff\xd8\xff\xe0\x00\x10JFIF", Truncated, "cut off"},
		{"png start", "\x89PNG\r\n\x1a\n\x00\x00", Truncated, "cut off"},
		{"gif start", "GIF89a", Truncated, "cut off"},
	} {
		_, err := Decode([]byte(c.data), Options{})
		if ReasonOf(err) != c.reason || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %s: %v", c.name, ReasonOf(err), err)
		}
		if _, herr := ReadHeader([]byte(c.data)); ReasonOf(herr) != c.reason {
			t.Errorf("%s: ReadHeader says %v", c.name, herr)
		}
	}
}

// Headers that declare a giant picture are refused without allocating for it.
func TestAbsurdSizes(t *testing.T) {
	png := readFile(t, "png_rgb.png")
	binary.BigEndian.PutUint32(png[16:], 32)
	binary.BigEndian.PutUint32(png[20:], 268435488)
	gif := readFile(t, "gif_plain.gif")
	binary.LittleEndian.PutUint16(gif[6:], 65535)
	binary.LittleEndian.PutUint16(gif[8:], 65535)
	jpg := readFile(t, "jpeg_420.jpg")
	at := bytes.Index(jpg, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(jpg[at+5:], 65500)
	binary.BigEndian.PutUint16(jpg[at+7:], 65500)
	bmp := readFile(t, "bmp_24.bmp")
	binary.LittleEndian.PutUint32(bmp[18:], 1<<30)
	rle := readFile(t, "bmp_rle8.bmp")
	binary.LittleEndian.PutUint32(rle[18:], 1<<30)
	webp := readFile(t, "webp_animated.webp")
	copy(webp[24:], []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	for name, data := range map[string][]byte{"png": png, "gif": gif, "jpeg": jpg, "bmp": bmp, "rle": rle, "webp": webp} {
		if _, err := Decode(data, Options{}); ReasonOf(err) != TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Below the limit, but more than the bytes of the file can hold.
	binary.BigEndian.PutUint16(jpg[at+5:], 9000)
	binary.BigEndian.PutUint16(jpg[at+7:], 9000)
	binary.BigEndian.PutUint32(png[20:], 2_000_000)
	for name, data := range map[string][]byte{"jpeg": jpg, "png": png} {
		if _, err := Decode(data, Options{}); ReasonOf(err) != Truncated {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Decode(readFile(t, "jpeg_420.jpg"), Options{MaxPixels: 97*61 - 1}); ReasonOf(err) != TooLarge {
		t.Errorf("own limit: %v", err)
	}
	if _, err := Decode(readFile(t, "jpeg_420.jpg"), Options{MaxPixels: 97 * 61}); err != nil {
		t.Errorf("own limit, just met: %v", err)
	}
}

func TestReadHeader(t *testing.T) {
	orientation := map[string]int{"jpeg_exif6.jpg": 6, "png_exif3.png": 3, "webp_exif.webp": 8, "tiff_orientation3.tif": 3, "tiff_orientation6.tif": 6, "tiff_orientation7.tif": 7}
	for name, want := range readJSON[golden](t, "golden.json") {
		h, err := ReadHeader(readFile(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w, height := want.Width, want.Height
		if o := orientation[name]; h.Format == "tiff" && o >= 5 {
			w, height = height, w // Pillow has turned it
		}
		if h.Width != w || h.Height != height || h.Orientation != max(1, orientation[name]) || h.Format != Sniff(readFile(t, name)) {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

func TestOrientOption(t *testing.T) {
	data := readFile(t, "jpeg_exif6.jpg")
	plain, err := Decode(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	turned, err := Decode(data, Options{Orient: true})
	if err != nil {
		t.Fatal(err)
	}
	if turned.Width != plain.Height || !bytes.Equal(turned.Pix, plain.Orient(6).Pix) {
		t.Error("Orient does not turn")
	}
	// Orientation 6 shows the left column of the file as the top row, read from the bottom.
	if !bytes.Equal(turned.Pix[:3], plain.Pix[3*plain.Width*(plain.Height-1):][:3]) {
		t.Error("turned the wrong way")
	}
}

func TestOrientProperty(t *testing.T) {
	inverse := []int{1, 1, 2, 3, 4, 5, 8, 7, 6}
	rapid.Check(t, func(t *rapid.T) {
		p := drawRGB(t)
		o := rapid.IntRange(1, 8).Draw(t, "orientation")
		q := p.Orient(o).Orient(inverse[o])
		if q.Width != p.Width || !bytes.Equal(q.Pix, p.Pix) {
			t.Fatalf("%d and %d do not cancel", o, inverse[o])
		}
	})
}

func drawRGB(t *rapid.T) *RGB {
	w, h := rapid.IntRange(1, 40).Draw(t, "width"), rapid.IntRange(1, 40).Draw(t, "height")
	return &RGB{Pix: rapid.SliceOfN(rapid.Byte(), 3*w*h, 3*w*h).Draw(t, "pix"), Width: w, Height: h}
}

// A crop is a part of the whole resize, one scaler serves all sizes, and a
// picture of one colour keeps it.
func TestCropProperty(t *testing.T) {
	var s Scaler
	rapid.Check(t, func(t *rapid.T) {
		p, size := drawRGB(t), rapid.IntRange(1, 50).Draw(t, "size")
		if rapid.Bool().Draw(t, "plain") {
			for i := range p.Pix {
				p.Pix[i] = p.Pix[i%3]
			}
		}
		got := make([]byte, 3*size*size)
		s.ResizeCrop(p, size, got)
		tw, th := size, size*p.Height/p.Width
		if p.Width > p.Height {
			tw, th = size*p.Width/p.Height, size
		}
		full := p.Resize(tw, th)
		left, top := halfEven(tw-size), halfEven(th-size)
		for y := range size {
			row := full.Pix[3*((top+y)*tw+left):][:3*size]
			if !bytes.Equal(got[3*size*y:3*size*(y+1)], row) {
				t.Fatalf("row %d of %d differs, %d x %d to %d x %d", y, size, p.Width, p.Height, tw, th)
			}
		}
	})
}

// halfEven is Python's round(n / 2).
func halfEven(n int) int {
	h := n / 2
	if n%2 == 1 && h%2 == 1 {
		h++
	}
	return h
}

func TestGrey16(t *testing.T) {
	data := readFile(t, "grey16.png")
	p, err := Decode(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	g := m.(*image.Gray16)
	for i := range p.Width * p.Height {
		if p.Pix[3*i] != g.Pix[2*i] || p.Pix[3*i+2] != g.Pix[2*i] {
			t.Fatalf("pixel %d is not the high byte", i)
		}
	}
}

func TestThumbnail(t *testing.T) {
	for name, want := range map[string]image.Point{"png_rgb.png": {50, 31}, "png_rgb_odd.png": {17, 13}, "png_rgb_1x1.png": {1, 1}} {
		small, w, h, err := Thumbnail(readFile(t, name), 50, 80, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(small))
		if err != nil || c.Width != w || c.Height != h || want != image.Pt(w, h) {
			t.Errorf("%s: %d x %d, in the file %d x %d, %v", name, w, h, c.Width, c.Height, err)
		}
	}
	if _, _, _, err := Thumbnail([]byte("<html>"), 50, 80, Options{}); ReasonOf(err) != NotPicture {
		t.Error(err)
	}
}

func TestHash(t *testing.T) {
	if got := Hash([]byte("abc")); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(got)
	}
}

// seeds gives all of testdata and each file cut off.
func seeds(f *testing.F) {
	list, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range list {
		if ext := filepath.Ext(name); ext == ".py" || ext == ".json" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)*2/3])
	}
}

func FuzzReadHeader(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadHeader(data)
		if err != nil && ReasonOf(err) == "" {
			t.Fatalf("untyped error %v", err)
		}
		if err == nil && (h.Width <= 0 || h.Height <= 0 || h.Orientation < 1 || h.Orientation > 8 || h.Format != Sniff(data)) {
			t.Fatalf("%+v", h)
		}
	})
}

func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 18
		p, err := Decode(data, Options{MaxPixels: limit})
		if err != nil {
			if ReasonOf(err) == "" {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if len(p.Pix) != 3*p.Width*p.Height || p.Width*p.Height > limit {
			t.Fatalf("%d x %d with %d bytes", p.Width, p.Height, len(p.Pix))
		}
		var d Decoder
		if err := d.DecodeCrop(data, 16, Options{MaxPixels: limit}, make([]byte, 3*16*16)); err != nil {
			t.Fatalf("DecodeCrop: %v", err)
		}
	})
}
