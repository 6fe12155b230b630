package onnx

import "google.golang.org/protobuf/encoding/protowire"

// The numbers of the ONNX fields and values in use.
const (
	modelGraph                              = 7
	graphNode, graphOutput                  = 1, 12
	nodeInput, nodeOutput, nodeOp, nodeAttr = 1, 2, 4, 5
	attrName, attrInt, attrType             = 1, 3, 20
	attrTypeInt                             = 2
	infoName, infoType                      = 1, 2
	typeTensor, tensorElem                  = 1, 1
	elemFloat                               = 1
)

// wide is what the float32 copy of an output is called.
func wide(name string) string { return name + "/float32" }

// widen returns a model with a float32 copy of each of these outputs, because
// the binding reads outputs of float16 wrongly (it takes an element for one
// byte). Two protobuf messages one after the other are their merger, so that
// the additions are written behind the model.
func widen(model []byte, outputs []string) []byte {
	var graph []byte
	for _, name := range outputs {
		var attr, node, elem, tensor, info []byte
		attr = text(attr, attrName, "to")
		attr = number(attr, attrInt, elemFloat)
		attr = number(attr, attrType, attrTypeInt)
		node = text(node, nodeInput, name)
		node = text(node, nodeOutput, wide(name))
		node = text(node, nodeOp, "Cast")
		node = text(node, nodeAttr, string(attr))
		graph = text(graph, graphNode, string(node))
		elem = number(elem, tensorElem, elemFloat)
		tensor = text(tensor, typeTensor, string(elem))
		info = text(info, infoName, wide(name))
		info = text(info, infoType, string(tensor))
		graph = text(graph, graphOutput, string(info))
	}
	return text(append([]byte(nil), model...), modelGraph, string(graph))
}

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func number(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}
