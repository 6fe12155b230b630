package tabular

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// First bytes of packed files.
const (
	gzipMagic = "\x1f\x8b"
	xzMagic   = "\xfd7zXZ\x00"
)

// What a packed text may come to: up to inflateFree bytes anything, beyond
// them at most inflateMost times its packed size, which no table reaches and
// a file that is made to fill memory or time does.
const (
	inflateFree = 128 << 20
	inflateMost = 500
)

// maxDictionary is the largest xz dictionary that is taken memory for, four
// times that of `xz -9`.
const maxDictionary = 256 << 20

// openUnpacked opens a file, unpacked if its first bytes are those of gzip or
// xz, whatever its name.
func openUnpacked(src Source) (*bufio.Reader, io.Closer, error) {
	f, err := src.Open()
	if err != nil {
		return nil, nil, err
	}
	count := &counter{r: f}
	b := bufio.NewReaderSize(count, windowBytes)
	head, _ := b.Peek(len(xzMagic)) // an error comes again when b is read
	switch {
	case bytes.HasPrefix(head, []byte(gzipMagic)):
		z, err := gzip.NewReader(b)
		if err != nil {
			_ = f.Close()
			return nil, nil, fmt.Errorf("%s is a broken gzip file: %w", src.Name, err)
		}
		return inflate(z, count), f, nil
	case string(head) == xzMagic:
		z, err := openXZ(b)
		if err != nil {
			_ = f.Close()
			return nil, nil, fmt.Errorf("%s is a broken xz file: %w", src.Name, err)
		}
		return inflate(&ended{z, count}, count), f, nil
	}
	return b, f, nil
}

// openXZ starts unpacking, unless the file wants a dictionary beyond measure.
func openXZ(b *bufio.Reader) (io.Reader, error) {
	const streamHeader, blockHeader = 12, 1024
	head, _ := b.Peek(streamHeader + blockHeader) // what is missing the reader says
	if len(head) > streamHeader+2 && head[streamHeader] != 0 {
		block := head[streamHeader:]
		block = block[:min(len(block), (int(block[0])+1)*4)]
		// The filter LZMA2 is its number, the length of its properties, and
		// the code of its dictionary's size.
		for i := 2; i+2 < len(block); i++ {
			if block[i] != 0x21 || block[i+1] != 1 {
				continue
			}
			if size, err := lzma.DecodeDictCap(block[i+2]); err == nil && size > maxDictionary {
				return nil, fmt.Errorf("it wants a dictionary of %d MB, and %d are allowed", size>>20, maxDictionary>>20)
			}
			break
		}
	}
	return xz.NewReader(b)
}

func inflate(z io.Reader, packed *counter) *bufio.Reader {
	return bufio.NewReaderSize(&inflated{r: z, packed: packed}, windowBytes)
}

// ended is an xz stream whose end is an error unless the file ends as one does:
// the unpacker takes a file for whole that is cut off between two blocks.
type ended struct {
	r    io.Reader
	file *counter
}

const xzEnd = "YZ"

// Read implements io.Reader.
func (e *ended) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err == io.EOF && string(e.file.tail[:]) != xzEnd {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// counter counts the bytes that were read through it, and keeps the last two,
// without the zeros that may pad the end of a file.
type counter struct {
	r    io.Reader
	n    int64
	tail [2]byte
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if read := bytes.TrimRight(p[:n], "\x00"); len(read) == 1 {
		c.tail = [2]byte{c.tail[1], read[0]}
	} else if len(read) > 1 {
		c.tail = [2]byte(read[len(read)-2:])
	}
	return n, err
}

// inflated is an unpacked stream that ends with an error once it has grown
// beyond what tables come to.
type inflated struct {
	r      io.Reader
	packed *counter
	n      int64
}

var errInflated = errors.New("unpacked, it is more than 500 times its size: no table is packed so small")

// Read implements io.Reader. A panic of the unpacker is an error.
func (i *inflated) Read(p []byte) (n int, err error) {
	defer guard(&err)
	n, err = i.r.Read(p)
	i.n += int64(n)
	if i.n > inflateFree && i.n > inflateMost*i.packed.n {
		return 0, errInflated
	}
	return n, err
}
