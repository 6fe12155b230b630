// Package ipcstream reads Arrow IPC streams that may be damaged.
//
// Arrow's own reader believes the lengths, offsets and codes that a stream
// tells. A wrong one makes it take any amount of memory, which ends the
// program, or hands out arrays that panic when somebody looks at them. Here
// the description of each message is checked before Arrow's reader sees it,
// and CheckRecord checks the arrays that come out.
package ipcstream

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// NewReader reads a stream of at most size bytes. With needEnd, a stream
// without an end mark is an error: it was cut off. The caller releases the
// reader, and passes each record to CheckRecord.
func NewReader(r io.Reader, size int64, needEnd bool, mem memory.Allocator) (out *ipc.Reader, err error) {
	defer guard(&err)
	messages := &messageReader{r: r, left: size, mem: mem, needEnd: needEnd}
	messages.Retain()
	return ipc.NewReaderFromMessageReader(messages, ipc.WithAllocator(limit{mem}))
}

// guard turns a panic of a library into an error.
func guard(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("its content is damaged (%v)", v)
	}
}
