package ipcstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// messageReader cuts an IPC stream into messages. Arrow's own takes lengths
// from the stream as they come, so that a damaged one asks for any amount of
// memory; this one knows how much there is.
type messageReader struct {
	r       io.Reader
	left    int64
	mem     memory.Allocator
	refs    atomic.Int64
	needEnd bool // a stream without an end mark is cut off
	msg     *ipc.Message
}

// endOfStream and continuation are the first four bytes of a frame.
const (
	endOfStream  = 0
	continuation = 0xffffffff
)

var errCutOff = errors.New("it is cut off")

// Message returns the next message, valid until the next call, or io.EOF.
func (m *messageReader) Message() (*ipc.Message, error) {
	length, err := m.word()
	if errors.Is(err, io.EOF) && !m.needEnd {
		return nil, io.EOF
	}
	if err == nil && length == continuation {
		length, err = m.word()
	}
	if err != nil {
		return nil, errCutOff
	}
	if length == endOfStream {
		return nil, io.EOF
	}
	meta, err := m.take(int64(length), memory.NewGoAllocator())
	if err != nil {
		return nil, err
	}
	defer meta.Release()
	if err := checkMessage(meta.Bytes()); err != nil {
		return nil, err
	}
	size, err := bodyLen(meta)
	if err != nil {
		return nil, err
	}
	body, err := m.take(size, m.mem)
	if err != nil {
		return nil, err
	}
	defer body.Release()
	m.drop()
	m.msg = ipc.NewMessage(meta, body)
	return m.msg, nil
}

func bodyLen(meta *memory.Buffer) (size int64, err error) {
	defer guard(&err)
	none := memory.NewBufferBytes(nil)
	msg := ipc.NewMessage(meta, none)
	defer msg.Release()
	return msg.BodyLen(), nil
}

func (m *messageReader) word() (uint32, error) {
	var b [4]byte
	n, err := io.ReadFull(m.r, b[:])
	m.left -= int64(n)
	return binary.LittleEndian.Uint32(b[:]), err
}

func (m *messageReader) take(size int64, mem memory.Allocator) (*memory.Buffer, error) {
	if size < 0 || size > m.left {
		return nil, fmt.Errorf("a part of %d bytes is announced where %d are left", size, m.left)
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(int(size))
	if _, err := io.ReadFull(m.r, buf.Bytes()); err != nil {
		buf.Release()
		return nil, errCutOff
	}
	m.left -= size
	return buf, nil
}

func (m *messageReader) drop() {
	if m.msg != nil {
		m.msg.Release()
		m.msg = nil
	}
}

// Retain and Release count the users of the reader.
func (m *messageReader) Retain() { m.refs.Add(1) }

// Release drops the last message with the last user.
func (m *messageReader) Release() {
	if m.refs.Add(-1) == 0 {
		m.drop()
	}
}

// limit is an allocator that refuses sizes that only a damaged file asks for.
type limit struct{ memory.Allocator }

// maxBuffer is the largest single buffer: Arrow's 32-bit offsets allow no
// larger one.
const maxBuffer = 4 << 30

// Allocate panics beyond the limit; the readers turn that into an error.
func (l limit) Allocate(size int) []byte {
	l.check(size)
	return l.Allocator.Allocate(size)
}

// Reallocate panics beyond the limit.
func (l limit) Reallocate(size int, b []byte) []byte {
	l.check(size)
	return l.Allocator.Reallocate(size, b)
}

func (l limit) check(size int) {
	if size < 0 || size > maxBuffer {
		panic(fmt.Errorf("a buffer of %d bytes is announced", size))
	}
}
