package expression

import "github.com/apache/arrow/go/v15/arrow"

// Syntax reports a fault in the grammar of an expression, as an *Error, without
// a schema: names and types are not looked at.
func Syntax(src string) (err error) {
	if len(src) > maxSource {
		return nil // Compile says so
	}
	b := &builder{src: src, schema: arrow.NewSchema(nil, nil), program: &Program{src: src}, byName: map[string]*column{}}
	defer func() {
		if recover() != nil {
			err = nil // Compile words what the library cannot take
		}
	}()
	if _, e := b.parse(); e != nil {
		return e
	}
	return nil
}
