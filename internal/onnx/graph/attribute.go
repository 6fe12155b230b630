package graph

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Attr is one attribute of a node.
type Attr struct {
	name string
	kind uint64 // AttributeProto.AttributeType
	body []byte // the encoded value field
}

// The numbers of AttributeProto's fields and types.
const (
	attrName  = 1
	attrF     = 2
	attrI     = 3
	attrS     = 4
	attrFs    = 7
	attrInts  = 8
	attrType  = 20
	typeFloat = 1
	typeInt   = 2
	typeStr   = 3
	typeFs    = 6
	typeInts  = 7
)

// Int is an integer attribute.
func Int(name string, v int64) Attr {
	return Attr{name, typeInt, appendInt(nil, attrI, v)}
}

// Float32 is a float attribute.
func Float32(name string, v float32) Attr {
	b := protowire.AppendTag(nil, attrF, protowire.Fixed32Type)
	return Attr{name, typeFloat, protowire.AppendFixed32(b, math.Float32bits(v))}
}

// String is a string attribute.
func String(name, v string) Attr {
	return Attr{name, typeStr, appendText(nil, attrS, v)}
}

// Ints is a list of integers.
func Ints(name string, vs ...int64) Attr {
	var b []byte
	for _, v := range vs {
		b = appendInt(b, attrInts, v)
	}
	return Attr{name, typeInts, b}
}

// Float32s is a list of floats.
func Float32s(name string, vs ...float32) Attr {
	var b []byte
	for _, v := range vs {
		b = protowire.AppendTag(b, attrFs, protowire.Fixed32Type)
		b = protowire.AppendFixed32(b, math.Float32bits(v))
	}
	return Attr{name, typeFs, b}
}

func (a Attr) encode() []byte {
	b := appendText(nil, attrName, a.name)
	b = append(b, a.body...)
	return appendInt(b, attrType, int64(a.kind))
}
