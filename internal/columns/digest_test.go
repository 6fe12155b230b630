package columns_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
)

func texts(t *testing.T, values ...any) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for _, v := range values {
		if v == nil {
			b.AppendNull()
		} else {
			b.Append(v.(string))
		}
	}
	a := b.NewArray()
	t.Cleanup(a.Release)
	return a
}

func digest(arrays ...arrow.Array) [32]byte {
	d := columns.NewDigest(arrays[0].DataType())
	for _, a := range arrays {
		d.Add(a)
	}
	return d.Sum()
}

// A digest depends on the values and their order, and not on batches, on slices or on
// how texts are kept.
func TestDigest(t *testing.T) {
	whole := texts(t, "a", "bc", nil, "", "d")
	want := digest(whole)
	tail := array.NewSlice(texts(t, "x", "y", nil, "", "d"), 2, 5)
	defer tail.Release()
	for name, got := range map[string][32]byte{
		"in two batches": digest(texts(t, "a", "bc"), tail),
		"row by row":     digest(texts(t, "a"), texts(t, "bc"), texts(t, nil), texts(t, ""), texts(t, "d")),
		"with nothing":   digest(texts(t), whole, texts(t)),
	} {
		if got != want {
			t.Errorf("%s: another digest", name)
		}
	}
	b := array.NewDictionaryBuilder(memory.DefaultAllocator, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	for _, v := range []string{"a", "bc"} {
		if err := b.AppendString(v); err != nil {
			t.Fatal(err)
		}
	}
	b.AppendNull()
	dict := b.NewArray()
	defer dict.Release()
	if digest(dict, texts(t, "", "d")) != want {
		t.Error("a dictionary has another digest")
	}
	for name, other := range map[string]arrow.Array{
		"null for empty": texts(t, "a", "bc", nil, nil, "d"), "another cut": texts(t, "ab", "c", nil, "", "d"),
		"another order": texts(t, "bc", "a", nil, "", "d"), "one less": texts(t, "a", "bc", nil, ""), "another letter": texts(t, "a", "bC", nil, "", "d"),
	} {
		if digest(other) == want {
			t.Errorf("%s: the same digest", name)
		}
	}
}

// Numbers are told from texts and from each other.
func TestDigestOfNumbers(t *testing.T) {
	ints := array.NewInt64Builder(memory.DefaultAllocator)
	floats := array.NewFloat64Builder(memory.DefaultAllocator)
	for i := range 3 {
		ints.Append(int64(i))
		floats.Append(float64(i))
	}
	ints.AppendNull()
	floats.AppendNull()
	a, b := ints.NewArray(), floats.NewArray()
	defer a.Release()
	defer b.Release()
	head, tail := array.NewSlice(a, 0, 1), array.NewSlice(a, 1, 4)
	defer head.Release()
	defer tail.Release()
	if digest(a) != digest(head, tail) {
		t.Error("the digest of slices is another")
	}
	seen := map[[32]byte]bool{digest(a): true, digest(b): true, digest(tail): true, digest(texts(t, "0", "1", "2", nil)): true}
	if len(seen) != 4 {
		t.Error("different columns have the same digest")
	}
}
