package tabular_test

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/ulikunitz/xz"
	"golang.org/x/text/encoding/unicode"

	"icono/internal/media"
	"icono/internal/tabular"
)

func xzipped(t fataler, raw []byte) []byte {
	var b bytes.Buffer
	z, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXZ(t *testing.T) {
	csv := "id,text\n1,ü\n2,y\n"
	want := "id:int,text:text\n1|ü\n2|y"
	packed := xzipped(t, []byte(csv))
	for name, raw := range map[string][]byte{"x.csv.xz": packed, "x.csv": packed, "two streams.csv": append(bytes.Clone(xzipped(t, []byte(csv[:9]))), xzipped(t, []byte(csv[9:]))...)} {
		if got := readText(t, options{}, name, string(raw)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	object := "{\"node\":{\"shortcode\":\"C1\"},\"instaloader\":{\"node_type\":\"Post\"}}"
	if got := readText(t, options{}, "a.json.xz", string(xzipped(t, []byte(object)))); got != "node.shortcode:text,instaloader.node_type:text\nC1|Post" {
		t.Error(got)
	}
	for n := range len(packed) - 1 {
		if got := readText(t, options{Format: tabular.CSV}, "x.csv.xz", string(packed[:n+1])); n >= 5 && !strings.HasPrefix(got, "error: x.csv.xz") {
			t.Errorf("%d of %d bytes: %s", n+1, len(packed), got)
		}
	}
	if bin, err := exec.LookPath("xz"); err == nil {
		cmd := exec.Command(bin, "-9", "-c")
		cmd.Stdin = strings.NewReader(csv)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := readText(t, options{}, "x.csv.xz", string(out)); got != want {
			t.Errorf("of xz -9: %s", got)
		}
	}
	// A dictionary of 4 GB in the header of the block.
	wide := bytes.Clone(packed)
	at := bytes.Index(wide[12:], []byte{0x21, 1}) + 12
	wide[at+2] = 40
	if got := readText(t, options{}, "x.csv.xz", string(wide)); !strings.Contains(got, "dictionary of 4095 MB, and 256 are allowed") {
		t.Error(got)
	}
}

func TestBomb(t *testing.T) {
	part := gzipped(t, bytes.Repeat([]byte("\n"), 1<<20))
	got := readText(t, options{}, "x.csv.gz", string(append(gzipped(t, []byte("a\n")), bytes.Repeat(part, 135)...)))
	if !strings.Contains(got, "x.csv.gz cannot be read: unpacked, it is more than 500 times its size") {
		t.Error(got)
	}
}

// TestOddUTF16: a byte too many is no character.
func TestOddUTF16(t *testing.T) {
	raw, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte("a,b\n1,ü\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := readText(t, options{}, "x.csv", string(raw)); got != "a:int,b:text\n1|ü" {
		t.Error(got)
	}
	for _, odd := range [][]byte{raw[:len(raw)-1], append(bytes.Clone(raw), 'x')} {
		if got := readText(t, options{}, "x.csv", string(odd)); !strings.Contains(got, "it is UTF-16, and ends within a character: the file was cut off") {
			t.Error(got)
		}
	}
}

// TestPipe: a pipe is refused and not waited for.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"x.csv", "x.parquet", "x.zip"} {
		if err := exec.Command("mkfifo", dir+"/"+name).Run(); err != nil {
			t.Skip("skipped: no pipes here:", err)
		}
	}
	library := media.NewLibrary(dir)
	defer library.Close()
	for _, name := range []string{"x.csv", "x.parquet", "x.zip/x.csv"} {
		src := tabular.Source{Name: name, Open: func() (io.ReadCloser, error) { return library.Open(name) }}
		if _, err := tabular.Open(t.Context(), src, options{}); err == nil || !strings.Contains(err.Error(), "is a device or pipe, not a file: write it to a file first") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHugeCells: batches end by their bytes too.
func TestHugeCells(t *testing.T) {
	const rows, size = 40, 1 << 20
	cell := strings.Repeat("x", size)
	text := []*string{&cell}
	var all [][]*string
	for range rows {
		all = append(all, text)
	}
	rec := textRecord([]string{"a"}, all)
	defer rec.Release()
	for _, f := range []tabular.Format{tabular.CSV, tabular.JSONL, tabular.Parquet} {
		raw := write(t, f, tabular.WriteOptions{}, rec.Schema(), rec)
		file, err := tabular.Open(t.Context(), source(raw, "x"), options{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		seen, batches := int64(0), 0
		for rec, err := range file.Rows(t.Context(), memory.NewGoAllocator(), 256) {
			if err != nil {
				t.Fatal(err)
			}
			if n := rec.NumRows(); n > 17 {
				t.Errorf("%s: %d rows of 1 MB in a batch", f, n)
			}
			seen, batches = seen+rec.NumRows(), batches+1
		}
		if seen != rows || batches < 3 {
			t.Errorf("%s: %d rows in %d batches", f, seen, batches)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzXZ reads anything that begins as xz does.
func FuzzXZ(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "", strings.Repeat("abc,def\n", 500)} {
		f.Add(xzipped(f, []byte(s)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := tabular.Open(t.Context(), source(raw, "x.csv.xz"), options{})
		if err == nil {
			_ = file.Close()
		}
	})
}
