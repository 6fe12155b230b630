package tabular

import (
	"errors"
	"fmt"
	"os"

	"icono/internal/tabular/parquet"
)

// parquetFile is a Parquet file and the open file below it.
type parquetFile struct {
	*parquet.File
	f *os.File
}

// openParquet opens a Parquet file.
func openParquet(src Source, o ReadOptions) (File, error) {
	f, err := seekable(src)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", src.Name, plain(err)), f.Close())
	}
	file, err := parquet.Open(src.Name, f, info.Size())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return castOrClose(src.Name, &parquetFile{file, f}, o)
}

// castOrClose is castColumns, which closes the file if it fails.
func castOrClose(name string, f File, o ReadOptions) (File, error) {
	out, err := castColumns(name, f, o.Types)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return out, nil
}

// Close closes the file.
func (p *parquetFile) Close() error { return p.f.Close() }
