package ipcstream

import (
	"encoding/binary"
	"io"
)

// Prelude returns what must be read before the stream inside of an Arrow file:
// the message with the schema, made from the file's footer, where the stream
// does not begin with one, as JavaScript's Arrow writes files; else nothing.
func Prelude(stream io.Reader, size int64, footer []byte) ([]byte, error) {
	kind, err := firstKind(stream, size)
	if err != nil || kind == schemaMessage {
		return nil, err
	}
	b := flat(footer)
	var schema int
	err = check(func() {
		root := b.ref(0)
		at := b.field(root, footerSchema)
		if at == 0 {
			panic(errDescription)
		}
		schema = b.ref(at)
	})
	if err != nil {
		return nil, err
	}
	return schemaFrame(footer, schema), nil
}

// firstKind returns the kind of the first message, 0 if there is none.
func firstKind(stream io.Reader, size int64) (kind byte, err error) {
	var word [4]byte
	next := func() (uint32, error) {
		if _, err := io.ReadFull(stream, word[:]); err != nil {
			return 0, errCutOff
		}
		size -= int64(len(word))
		return binary.LittleEndian.Uint32(word[:]), nil
	}
	if size == 0 {
		return 0, nil // no end mark is needed within a file
	}
	length, err := next()
	if err == nil && length == continuation {
		length, err = next()
	}
	switch {
	case err != nil:
		return 0, err
	case length == endOfStream:
		return 0, nil
	case int64(length) > size:
		return 0, errCutOff
	}
	meta := make([]byte, length)
	if _, err := io.ReadFull(stream, meta); err != nil {
		return 0, errCutOff
	}
	b := flat(meta)
	err = check(func() { kind = b[b.field(b.ref(0), messageHeaderType)] })
	return kind, err
}

// schemaFrame returns a framed message whose header is the schema at an offset
// in a footer. A flatbuffer holds relative offsets only, so the footer may lie
// in the message as it is.
func schemaFrame(footer []byte, schema int) []byte {
	const (
		metadataV5 = 4
		table      = 16 // of the message, after its table of fields
		fields     = 4
		body       = 32 // where the footer begins
	)
	meta := make([]byte, body, body+len(footer)+8)
	le := binary.LittleEndian
	le.PutUint32(meta, table)
	// The table of fields: its size, the message's, and the offsets in the
	// message of version, kind of header and header.
	for i, v := range []uint16{10, 12, 4, 6, 8} {
		le.PutUint16(meta[fields+2*i:], v)
	}
	le.PutUint32(meta[table:], table-fields)
	le.PutUint16(meta[table+4:], metadataV5)
	meta[table+6] = schemaMessage
	le.PutUint32(meta[table+8:], uint32(body+schema-(table+8)))
	meta = append(meta, footer...)
	for len(meta)%8 != 0 {
		meta = append(meta, 0)
	}
	frame := le.AppendUint32(nil, continuation)
	frame = le.AppendUint32(frame, uint32(len(meta)))
	return append(frame, meta...)
}
