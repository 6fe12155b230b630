// Package parquet writes and reads Parquet files as Arrow record batches.
//
// It writes through xitongsys/parquet-go, with a columnar driver of its own in
// place of that library's row writers, and reads pages through Arrow's parquet
// library, or through xitongsys/parquet-go where Arrow cannot. Both libraries
// are used nowhere else. What is known to be wrong in them is coded round here:
//
//   - xitongsys maps column names to Go identifiers, so that two names can
//     become one. The writer uses names of its own until the footer is written.
//   - Its statistics hold NaN and texts of any length, in every page header,
//     and its page index is wrong. The writer leaves both out, and adds the
//     null counts and the bounds of signed integers to the footer itself.
//   - Its readers take a decoding error for the end of the column. Only its
//     page decoder is used, and everything is counted.
//   - Arrow's reader panics or never returns on some damaged pages, so pages
//     are checked before it sees them, and panics become errors.
package parquet

import (
	"fmt"

	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// Options say how a file is to be written.
type Options struct {
	// Compression is zstd (also ""), snappy, gzip or none.
	Compression string
	// Metadata goes into the file's key-value metadata.
	Metadata map[string]string
}

func codecOf(name string) (xparquet.CompressionCodec, error) {
	switch name {
	case "", "zstd":
		return xparquet.CompressionCodec_ZSTD, nil
	case "snappy":
		return xparquet.CompressionCodec_SNAPPY, nil
	case "gzip":
		return xparquet.CompressionCodec_GZIP, nil
	case "none":
		return xparquet.CompressionCodec_UNCOMPRESSED, nil
	}
	return 0, fmt.Errorf("there is no compression %q for Parquet: zstd, snappy, gzip and none are there", name)
}

// arrowSchemaKey is the key under which Arrow's libraries keep the Arrow schema
// of a file, as base64 of its IPC form.
const arrowSchemaKey = "ARROW:schema"

// guard turns a panic of a library into an error.
func guard(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("a part cannot be handled (%v)", v)
	}
}
