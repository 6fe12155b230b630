//go:build !assert

package flow

import "github.com/apache/arrow/go/v15/arrow"

// batches compares the batches of one stream, in builds with the tag assert.
type batches struct{}

func (*batches) same(arrow.Record) error { return nil }
