//go:build assert

package pipeline_test

import (
	"strings"
	"testing"
)

// TestSchemaIsHeld checks that rows of another schema than the promised one are
// noticed, in builds with the tag assert.
func TestSchemaIsHeld(t *testing.T) {
	r := run(t, "- {id: rows, kind: numbers}\n- {id: bad, kind: careless, with: {how: lie}}\n", nil)
	if r.err == nil || !strings.Contains(r.err.Error(), "stage bad: the rows do not have the promised schema") {
		t.Errorf("error %v", r.err)
	}
}
