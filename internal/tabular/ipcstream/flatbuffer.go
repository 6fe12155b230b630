package ipcstream

import (
	"encoding/binary"
	"errors"
)

// The description of a message is a flatbuffer: tables whose fields lie at
// offsets, which a table's own table of fields tells. Each field has a slot by
// its place in Arrow's format definition.

var errDescription = errors.New("the description of a part is damaged")

// Slots of the fields that are looked at.
const (
	messageHeaderType, messageHeader             = 1, 2
	messageBody, messageMetadata                 = 3, 4
	schemaFields, schemaMetadata, schemaFeatures = 1, 2, 3
	fieldName, fieldType, fieldDictionary        = 0, 3, 4
	fieldChildren, fieldMetadata                 = 5, 6
	keyValueKey, keyValueValue                   = 0, 1
	batchNodes, batchBuffers, batchVariadic      = 1, 2, 4
	dictionaryData                               = 1
	footerSchema, footerBatches                  = 1, 3
)

// Kinds of messages.
const (
	schemaMessage     = 1
	dictionaryMessage = 2
	batchMessage      = 3
)

const maxNesting = 64

// flat is a flatbuffer. A method that would leave it fails by a panic with
// errDescription, which check catches.
type flat []byte

func check(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errDescription
		}
	}()
	f()
	return nil
}

// checkMessage walks all that Arrow's reader takes memory for.
func checkMessage(meta []byte) error {
	b := flat(meta)
	return check(func() {
		message := b.ref(0)
		b.metadata(b.field(message, messageMetadata))
		header := b.field(message, messageHeader)
		if header == 0 {
			panic(errDescription)
		}
		header = b.ref(header)
		var body int64
		if at := b.field(message, messageBody); at != 0 {
			body = int64(binary.LittleEndian.Uint64(b[at:]))
		}
		switch b[b.field(message, messageHeaderType)] {
		case schemaMessage:
			b.schema(header)
		case batchMessage:
			b.batch(header, body)
		case dictionaryMessage:
			if data := b.field(header, dictionaryData); data != 0 {
				b.batch(b.ref(data), body)
			}
		}
	})
}

// Batches returns the number of record batches that the footer of a file
// tells.
func Batches(footer []byte) (n int, err error) {
	b := flat(footer)
	err = check(func() {
		if at := b.field(b.ref(0), footerBatches); at != 0 {
			_, n = b.vector(at, 24)
		}
	})
	return n, err
}

// ref follows the offset at a position.
func (b flat) ref(at int) int {
	to := at + int(binary.LittleEndian.Uint32(b[at:]))
	if to <= at || to >= len(b) {
		panic(errDescription)
	}
	return to
}

// field returns the position of a table's field, or 0.
func (b flat) field(table, slot int) int {
	fields := table - int(int32(binary.LittleEndian.Uint32(b[table:])))
	if size := int(binary.LittleEndian.Uint16(b[fields:])); 4+2*slot >= size { // as Arrow's reader has it, also for an odd size
		return 0
	}
	offset := int(binary.LittleEndian.Uint16(b[fields+4+2*slot:]))
	if offset == 0 {
		return 0
	}
	if table+offset+1 > len(b) {
		panic(errDescription)
	}
	return table + offset
}

// vector returns where the items of a vector begin, and their number.
func (b flat) vector(at, itemSize int) (start, n int) {
	start = b.ref(at) + 4
	n = int(binary.LittleEndian.Uint32(b[start-4:]))
	if n*itemSize > len(b)-start {
		panic(errDescription)
	}
	return start, n
}

// each calls fn with the tables of a vector at a field, which may be absent.
func (b flat) each(at int, fn func(table int)) {
	if at == 0 {
		return
	}
	start, n := b.vector(at, 4)
	for i := range n {
		fn(b.ref(start + 4*i))
	}
}

func (b flat) text(at int) {
	if at != 0 {
		b.vector(at, 1)
	}
}

func (b flat) metadata(at int) {
	b.each(at, func(pair int) {
		b.text(b.field(pair, keyValueKey))
		b.text(b.field(pair, keyValueValue))
	})
}

func (b flat) schema(table int) {
	b.each(b.field(table, schemaFields), func(f int) { b.arrowField(f, 0) })
	b.metadata(b.field(table, schemaMetadata))
	if at := b.field(table, schemaFeatures); at != 0 {
		b.vector(at, 8)
	}
}

func (b flat) arrowField(table, depth int) {
	if depth > maxNesting {
		panic(errDescription)
	}
	b.text(b.field(table, fieldName))
	if at := b.field(table, fieldType); at != 0 {
		b.ref(at)
	}
	if at := b.field(table, fieldDictionary); at != 0 {
		b.ref(at)
	}
	b.each(b.field(table, fieldChildren), func(f int) { b.arrowField(f, depth+1) })
	b.metadata(b.field(table, fieldMetadata))
}

// batch looks at the buffers of a batch, which lie in a body of a size.
func (b flat) batch(table int, body int64) {
	if at := b.field(table, batchNodes); at != 0 {
		b.vector(at, 16)
	}
	buffers := 0
	if at := b.field(table, batchBuffers); at != 0 {
		var start int
		start, buffers = b.vector(at, 16)
		for i := range buffers {
			offset := int64(binary.LittleEndian.Uint64(b[start+16*i:]))
			size := int64(binary.LittleEndian.Uint64(b[start+16*i+8:]))
			if offset < 0 || size < 0 || offset > body || size > body-offset {
				panic(errDescription)
			}
		}
	}
	at := b.field(table, batchVariadic)
	if at == 0 {
		return
	}
	start, n := b.vector(at, 8)
	for i := range n { // each counts buffers of the batch, which are all listed
		if c := int64(binary.LittleEndian.Uint64(b[start+8*i:])); c < 0 || c > int64(buffers) {
			panic(errDescription)
		}
	}
}
