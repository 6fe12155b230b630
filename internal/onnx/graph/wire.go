package graph

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// Marshal encodes the model as a ModelProto. It returns the first mistake of
// the calls before, or an output that no node produces.
func (g *Graph) Marshal() ([]byte, error) {
	if g.err != nil {
		return nil, g.err
	}
	if len(g.outputs) == 0 {
		return nil, errors.New("graph: the model has no output")
	}
	for _, out := range g.outputs {
		if !g.defined[out.name] {
			g.fail("graph: nothing produces the output %q", out.name)
			return nil, g.err
		}
	}
	var b []byte
	b = appendInt(b, 1, IRVersion) // ModelProto.ir_version
	b = appendText(b, 2, "icono")  // producer_name
	if g.doc != "" {
		b = appendText(b, 6, g.doc) // doc_string
	}
	b = appendBytes(b, 7, g.encode()) // graph
	var opset []byte                  // OperatorSetIdProto: domain "" is the default one
	opset = appendText(opset, 1, "")
	opset = appendInt(opset, 2, Opset)
	b = appendBytes(b, 8, opset) // opset_import
	for _, m := range g.meta {
		entry := appendText(nil, 1, m[0])
		b = appendBytes(b, 14, appendText(entry, 2, m[1])) // metadata_props
	}
	return b, nil
}

// encode writes the GraphProto.
func (g *Graph) encode() []byte {
	var b []byte
	for _, n := range g.nodes {
		b = appendBytes(b, 1, n.encode())
	}
	b = appendText(b, 2, g.name)
	for _, t := range g.consts {
		b = appendBytes(b, 5, t.encode())
	}
	for _, v := range g.inputs {
		b = appendBytes(b, 11, v.encode())
	}
	for _, v := range g.outputs {
		b = appendBytes(b, 12, v.encode())
	}
	return b
}

// encode writes a NodeProto.
func (n node) encode() []byte {
	var b []byte
	for _, in := range n.inputs {
		b = appendText(b, 1, in)
	}
	for _, out := range n.outputs {
		b = appendText(b, 2, out)
	}
	b = appendText(b, 3, n.name)
	b = appendText(b, 4, n.op)
	for _, a := range n.attrs {
		b = appendBytes(b, 5, a.encode())
	}
	return b
}

// encode writes a TensorProto with raw_data.
func (t tensor) encode() []byte {
	var b []byte
	for _, d := range t.dims {
		b = appendInt(b, 1, d)
	}
	b = appendInt(b, 2, int64(t.elem))
	b = appendText(b, 8, t.name)
	return appendBytes(b, 9, t.raw)
}

// encode writes a ValueInfoProto.
func (v value) encode() []byte {
	var shape []byte
	for _, d := range v.dims {
		var dim []byte
		if d.name != "" {
			dim = appendText(dim, 2, d.name) // dim_param
		} else {
			dim = appendInt(dim, 1, d.size) // dim_value
		}
		shape = appendBytes(shape, 1, dim)
	}
	typ := appendInt(nil, 1, int64(v.elem)) // TypeProto.Tensor.elem_type
	typ = appendBytes(typ, 2, shape)        // TypeProto.Tensor.shape
	b := appendText(nil, 1, v.name)
	return appendBytes(b, 2, appendBytes(nil, 1, typ)) // type.tensor_type
}

func appendInt(b []byte, field protowire.Number, v int64) []byte {
	b = protowire.AppendTag(b, field, protowire.VarintType)
	return protowire.AppendVarint(b, uint64(v))
}

func appendText(b []byte, field protowire.Number, s string) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendString(b, s)
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, v)
}
