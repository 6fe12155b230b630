package expression_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/columns"
	"icono/internal/expression"
)

func schema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "ID", Type: arrow.BinaryTypes.String},
		{Name: "Likes", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "Plays", Type: arrow.PrimitiveTypes.Uint8, Nullable: true},
		{Name: "Score", Type: arrow.PrimitiveTypes.Float32, Nullable: true},
		{Name: "Username", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, Nullable: true},
		{Name: "Ad", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "Day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
		{Name: "Time of Posting", Type: &arrow.TimestampType{Unit: arrow.Second}, Nullable: true},
		{Name: "Tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
		{Name: "count", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
		{Name: "Place", Type: arrow.StructOf(arrow.Field{Name: "lat", Type: arrow.PrimitiveTypes.Float64}), Nullable: true},
		{Name: "Größe", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "Local", Type: &arrow.TimestampType{Unit: arrow.Second, TimeZone: "Europe/Berlin"}, Nullable: true},
	}, nil)
}

// rows are four: full, another, one of nulls but for the ID, and one of zeros.
func rows(t testing.TB, mem memory.Allocator) arrow.Record {
	t.Helper()
	rec, _, err := array.RecordFromJSON(mem, schema(), strings.NewReader(`[
	 {"ID":"01","Likes":10,"Plays":7,"Score":0.5,"Username":"cdu","Ad":true,"Day":"2021-09-02","Time of Posting":"2021-09-02T10:30:00","Tags":["btw21","cdu"],"count":3,"Place":{"lat":1},"Größe":4,"Local":"2021-09-01T22:30:00Z"},
	 {"ID":"02","Likes":3,"Plays":200,"Score":0.25,"Username":"spd","Ad":false,"Day":"2021-08-31","Time of Posting":"2021-08-31T23:59:59","Tags":[],"count":1,"Place":{"lat":1},"Größe":5},
	 {"ID":"03"},
	 {"ID":"04","Likes":0,"Plays":0,"Score":0,"Username":"","Ad":false,"Day":"1970-01-01","Time of Posting":"1970-01-01T00:00:00","Tags":["a",null],"count":0,"Place":{"lat":0},"Größe":0}]`))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []any
	}{
		{`Likes > 5`, []any{true, false, nil, false}},
		{`Likes + 1`, []any{int64(11), int64(4), nil, int64(1)}},
		{`Likes ?? -1`, []any{int64(10), int64(3), int64(-1), int64(0)}},
		{`(Likes + 1) ?? -1`, []any{int64(11), int64(4), int64(-1), int64(1)}},
		{`Likes ?? 0.5`, []any{10.0, 3.0, 0.5, 0.0}},
		{`Likes ?? Plays`, []any{int64(10), int64(3), nil, int64(0)}},
		{`(Likes ?? Plays ?? 1) + 1`, []any{int64(11), int64(4), int64(2), int64(1)}},
		{`Likes == nil`, []any{false, false, true, false}},
		{`Likes + Plays == nil`, []any{false, false, true, false}},
		{`nil != Likes`, []any{true, true, false, true}},
		{`Likes != nil and Likes > 5`, []any{true, false, false, false}},
		{`Likes == nil or Likes > 5`, []any{true, false, true, false}},
		{`Likes > 5 or ID == "03"`, []any{true, false, true, false}},
		{`ID == "03" or Likes > 5`, []any{true, false, true, false}},
		{`Likes > 5 and ID == "03"`, []any{false, false, nil, false}},
		{`Likes > 5 and ID == "01"`, []any{true, false, false, false}},
		{`not (Likes > 5)`, []any{false, true, nil, true}},
		{`not (Likes > 5 or Plays > 5) and ID != ''`, []any{false, false, nil, true}},
		{`ID == "03" ? -1 : Likes`, []any{int64(10), int64(3), int64(-1), int64(0)}},
		{`Likes > 5 ? "many" : "few"`, []any{"many", "few", nil, "few"}},
		{`(Likes > 5 ? "many" : "few") ?? "unknown"`, []any{"many", "few", "unknown", "few"}},
		{`(Likes != nil and Likes > 5) ? "many" : "few"`, []any{"many", "few", "few", "few"}},
		{`if Likes > 5 { 1 } else { 2.5 }`, []any{1.0, 2.5, nil, 2.5}},
		{`Username == 'cdu' && ID == "01"`, []any{true, false, false, false}},
		{`Username in ["cdu", "spd"]`, []any{true, true, nil, false}},
		{`Username not in ["cdu"]`, []any{false, true, nil, true}},
		{`Username matches "^c"`, []any{true, false, nil, false}},
		{`not (Username contains "d")`, []any{false, false, nil, true}},
		{`"media/" + Username + "/" + ID + ".jpg"`, []any{"media/cdu/01.jpg", "media/spd/02.jpg", nil, "media//04.jpg"}},
		{`Score * 2`, []any{1.0, 0.5, nil, 0.0}},
		{`0 < Likes < 5`, []any{false, true, nil, false}},
		{`0 < (Likes ?? 1) < 5`, []any{false, true, true, false}},
		{`Likes % 4`, []any{int64(2), int64(3), nil, int64(0)}},
		{`Ad`, []any{true, false, nil, false}},
		{`!Ad`, []any{false, true, nil, true}},
		{`Day >= date("2021-09-01")`, []any{true, false, nil, false}},
		{`$env["Time of Posting"] < date("2021-09-01")`, []any{false, true, nil, true}},
		{`$env["Time of Posting"].Hour()`, []any{int64(10), int64(23), nil, int64(0)}},
		{`Local.Format("2006-01-02 15")`, []any{"2021-09-02 00", nil, nil, nil}},
		{`(Local < date("2021-09-01")) ?? false`, []any{false, false, false, false}},
		{`Day.Format("2006-01")`, []any{"2021-09", "2021-08", nil, "1970-01"}},
		{`date("2021-09-03") - Day > duration("24h1s")`, []any{false, true, nil, true}},
		{`Day`, []any{day(2021, 9, 2), day(2021, 8, 31), nil, day(1970, 1, 1)}},
		{`"btw21" in Tags`, []any{true, false, nil, false}},
		{`len(Tags)`, []any{int64(2), int64(0), nil, int64(1)}},
		{`any(Tags, # == Username)`, []any{true, false, nil, false}},
		{`Tags`, []any{[]any{"btw21", "cdu"}, []any{}, nil, []any{"a"}}},
		{`split(ID, "")`, []any{[]any{"0", "1"}, []any{"0", "2"}, []any{"0", "3"}, []any{"0", "4"}}},
		{`map(Tags, # + "!")`, []any{[]any{"btw21!", "cdu!"}, []any{}, nil, []any{"a!"}}},
		{`count`, []any{int64(3), int64(1), nil, int64(0)}},
		{`count(Tags, # == "cdu") == 1 and count == 3`, []any{true, false, nil, false}},
		{`Größe > 4`, []any{false, true, nil, false}},
		{`let x = Likes * 2; x > 6`, []any{true, false, nil, false}},
		{`max(Likes, Score)`, []any{10.0, 3.0, nil, 0.0}},
		{`upper(ID)`, []any{"01", "02", "03", "04"}},
		{`int(ID) + 1`, []any{int64(2), int64(3), int64(4), int64(5)}},
		{`1 > 2`, []any{false, false, false, false}},
		{`ID == '01' ? Tags : Day`, nil},
	} {
		t.Run(c.src, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			rec := rows(t, mem)
			defer rec.Release()
			p, err := expression.Compile(c.src, rec.Schema(), expression.Any)
			if c.want == nil {
				if err == nil {
					_, _, err = p.Array(mem, rec)
				}
				if err == nil {
					t.Fatal("no error")
				}
				t.Log(err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			arr, nulls, err := p.Array(mem, rec)
			if err != nil {
				t.Fatal(err)
			}
			defer arr.Release()
			if !arrow.TypeEqual(arr.DataType(), p.Type()) {
				t.Errorf("type %s, promised %s", arr.DataType(), p.Type())
			}
			if int(nulls) != arr.NullN() {
				t.Errorf("%d nulls, and %d in the array", nulls, arr.NullN())
			}
			var got []any
			for i := range arr.Len() {
				got = append(got, columns.Value(arr, i))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if p.Type().ID() == arrow.BOOL {
				keep, valid, err := p.Bools(rec)
				if err != nil {
					t.Fatal(err)
				}
				for i, w := range c.want {
					if w == nil && valid[i] || w != nil && (!valid[i] || keep[i] != w) {
						t.Errorf("row %d: %v, %v, want %v", i, keep[i], valid[i], w)
					}
				}
			}
		})
	}
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
