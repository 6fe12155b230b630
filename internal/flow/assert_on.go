//go:build assert

package flow

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// batches holds the batches of one stream to one schema and to columns of
// equal length.
type batches struct{ schema *arrow.Schema }

func (b *batches) same(rec arrow.Record) error {
	if b.schema == nil {
		b.schema = rec.Schema()
	}
	if !rec.Schema().Equal(b.schema) {
		return fmt.Errorf("the batches of a stream differ in schema:\n%s\nbut\n%s", b.schema, rec.Schema())
	}
	for i, c := range rec.Columns() {
		if int64(c.Len()) != rec.NumRows() {
			return fmt.Errorf("column %q has %d values in a batch of %d rows", rec.ColumnName(i), c.Len(), rec.NumRows())
		}
		if !arrow.TypeEqual(c.DataType(), rec.Schema().Field(i).Type) {
			return fmt.Errorf("column %q is %s in a schema that says %s", rec.ColumnName(i), c.DataType(), rec.Schema().Field(i).Type)
		}
	}
	return nil
}
