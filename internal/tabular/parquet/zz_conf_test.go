package parquet_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/tabular/parquet"
	"icono/internal/tabular/tabletest"
)

func TestZZConf(t *testing.T) {
	dir := os.Getenv("PQDIR")
	files, _ := filepath.Glob(filepath.Join(dir, "*.parquet"))
	more, _ := filepath.Glob(filepath.Join(dir, "*", "*.parquet"))
	for _, p := range append(files, more...) {
		raw, _ := os.ReadFile(p)
		f, err := parquet.Open(filepath.Base(p), readerAt(raw), int64(len(raw)))
		if err != nil {
			fmt.Println("OPEN ERR", err)
			continue
		}
		rows, err := tabletest.Rows(f.Rows(context.Background(), memory.NewGoAllocator(), 1000))
		if err != nil {
			fmt.Println("READ ERR", err)
			continue
		}
		fmt.Println("ok", filepath.Base(p), f.NumRows(), f.Schema().NumFields())
		if os.Getenv("PQDUMP") != "" {
		for _, fl := range f.Schema().Fields() { fmt.Printf("   %s:%s;", fl.Name, fl.Type) }
		fmt.Println()
		for i, r := range rows {
			if i < 3 {
				s := fmt.Sprint(r)
				if len(s) > 600 { s = s[:600] }
				fmt.Println("     ", s)
			}
		}
		}
	}
}

type readerAt []byte

func (r readerAt) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, r[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
