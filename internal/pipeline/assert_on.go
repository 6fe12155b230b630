//go:build assert

package pipeline

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// checkSchema holds a stage to the schema that it promised.
func checkSchema(rec arrow.Record, s *Planned) error {
	if !rec.Schema().Equal(s.Out) {
		return fmt.Errorf("the rows do not have the promised schema:\n%s\nbut\n%s", s.Out, rec.Schema())
	}
	return nil
}
