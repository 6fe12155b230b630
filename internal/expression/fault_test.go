package expression_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/expression"
	"icono/internal/stage"
)

// Every fault is found when the expression is compiled, at its place.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		src     string
		want    expression.Want
		at      string // the text at the place
		message string // part of it
	}{
		{`Likess > 5`, expression.Boolean, "Likess", "did you mean `Likes`?"},
		{`Größe > 3 and Likess > 5`, expression.Boolean, "Likess", "did you mean `Likes`?"},
		{`TimeOfPosting > 5`, expression.Boolean, "TimeOfPosting", "did you mean `$env[\"Time of Posting\"]`?"},
		{`Time of Posting > 5`, expression.Boolean, "of", "write `Time of Posting` as `$env[\"Time of Posting\"]`"},
		{`$env["Time of posting"] > 5`, expression.Boolean, `"Time of posting"`, "did you mean `$env[\"Time of Posting\"]`?"},
		{`$env[ID]`, expression.Any, "[", "name of a column in quotes"},
		{`len($env)`, expression.Any, "$env", "name of a column in quotes"},
		{`Username == cdu`, expression.Boolean, "cdu", `text stands in quotes: "cdu"`},
		{`Username = "cdu"`, expression.Boolean, "=", "write `==`"},
		{`Likes <> 5`, expression.Boolean, ">", "write `!=`"},
		{`Likes > 5 AND Ad`, expression.Boolean, "AND", "did you mean `and`?"},
		{`Likes == NULL`, expression.Boolean, "NULL", "did you mean `nil`?"},
		{`Likes is nil`, expression.Boolean, "is", "did you mean `==`?"},
		{`Ad == True`, expression.Boolean, "True", "did you mean `true`?"},
		{`ID == 1`, expression.Boolean, "==", "put the number in quotes"},
		{`ID > 1`, expression.Boolean, ">", "`>` does not work on text and a whole number"},
		{`"n: " + Likes`, expression.Text, "+", "`string(...)` makes text of a number"},
		{`Day > "2021-09-01"`, expression.Boolean, ">", "make a date of the text"},
		{`Day.Weekday() == "Sunday"`, expression.Boolean, "==", "on a day of the week and text"},
		{`Day.Month() == 1`, expression.Boolean, "==", "`int(...)` makes it a number"},
		{`Ad and Likes`, expression.Boolean, "and", "both sides must be conditions"},
		{`not Likes`, expression.Boolean, "not", "does not work on a whole number"},
		{`Likes contains "1"`, expression.Boolean, "contains", "a whole number and text"},
		{`"x" in Username`, expression.Boolean, "in", "`contains` looks for text in text"},
		{`Username matches "("`, expression.Boolean, `"("`, "is not a regular expression"},
		{`Likes`, expression.Boolean, "Likes", "true or false is needed"},
		{`Likes`, expression.Text, "Likes", "`string(...)` makes text of it"},
		{`Place.lat > 1`, expression.Boolean, "Place", "cannot read the column `Place`"},
		{`now() > Day`, expression.Boolean, "now", "tomorrow"},
		{`keys({"a": 1})`, expression.Any, "keys", "order changes"},
		{`Day.Local().Hour() > 1`, expression.Boolean, "Local", "depends on the machine"},
		{`Day.In(timezone("Local")).Hour()`, expression.Any, "timezone", "depends on the machine"},
		{`timezone(ID) == nil`, expression.Any, "timezone", "name in quotes"},
		{`Day > date("1.9.2021")`, expression.Boolean, `"1.9.2021"`, "year-month-day"},
		{`duration("5 days") > duration("1h")`, expression.Boolean, `"5 days"`, "cannot read"},
		{`Day < date("2021-09-01") ?? false`, expression.Boolean, "??", "write `(a < b) ?? false`"},
		{`lenn(ID) > 1`, expression.Boolean, "lenn", "did you mean `len`?"},
		{`Likes(3)`, expression.Any, "Likes", "is a column, not a function"},
		{`let Likes = 1; Likes`, expression.Any, "Likes", "column `Likes` already"},
		{`"abc`, expression.Any, "", "no closing quote"},
		{`Likes >`, expression.Boolean, "", "ends too early"},
		{`(Likes > 1`, expression.Boolean, "", "ends too early"},
		{``, expression.Any, "", "empty"},
		{"  \n", expression.Any, "  \n", "empty"},
		{`nil`, expression.Any, "nil", "always null"},
		{`Day - Day`, expression.Any, "Day - Day", "Hours()"},
		{`{"a": 1}`, expression.Any, `{"a": 1}`, "mapping"},
		{`Ad ? "x" : 1`, expression.Any, `Ad ? "x" : 1`, "sometimes text and sometimes a whole number"},
		{`fromJSON(ID)`, expression.Boolean, "fromJSON(ID)", "only known when it runs"},
		{`[1, 2]`, expression.Any, "[1, 2]", "only lists of text"},
		{strings.Repeat("(", 70000), expression.Any, strings.Repeat("(", 70000), "longer than"},
		{strings.Repeat("(1 < ", 60) + "1" + strings.Repeat(" < 2)", 60), expression.Any, strings.Repeat("(1 < ", 60) + "1" + strings.Repeat(" < 2)", 60), "too deeply nested"},
	} {
		name := c.src
		if len(name) > 50 {
			name = name[:50]
		}
		t.Run(name, func(t *testing.T) {
			_, err := expression.Compile(c.src, schema(), c.want)
			var e *expression.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v (%T)", err, err)
			}
			if e.Start < 0 || e.End < e.Start || e.End > len(c.src) {
				t.Fatalf("place %d to %d", e.Start, e.End)
			}
			if got := c.src[e.Start:e.End]; got != c.at {
				t.Errorf("points at %q, not %q", got, c.at)
			}
			if !strings.Contains(e.Error(), c.message) {
				t.Errorf("says %q, not %q", e.Error(), c.message)
			}
			o := expression.OptionError([]string{"where"}, err)
			if o.Path[0] != "where" || o.Start != e.Start || o.End != e.End || o.Hint != e.Hint {
				t.Errorf("as an option: %+v", o)
			}
		})
	}
}

func TestRowErrors(t *testing.T) {
	for src, row := range map[string]int{
		`10 % Likes == 1`:           3,
		`Tags[1] == "cdu"`:          1,
		`int(Username ?? "") > 0`:   0,
		`repeat(ID, 1000000) == ID`: 0,
	} {
		rec := rows(t, memory.DefaultAllocator)
		p, err := expression.Compile(src, rec.Schema(), expression.Boolean)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = p.Bools(rec)
		var e *expression.RowError
		if !errors.As(err, &e) || e.Row != row || e.Key != "" || !strings.Contains(e.Error(), src) {
			t.Errorf("%s: error %v", src, err)
		}
		keyed := stage.Mark(rec.Schema().Field(0), stage.Key, "load")
		fields := append(schema().Fields()[:0:0], schema().Fields()...)
		fields[0] = keyed
		_, _, err = p.Bools(withFields(rec, fields))
		if !errors.As(err, &e) || !strings.Contains(e.Error(), `row "0`) {
			t.Errorf("%s: error %v", src, err)
		}
	}
}

// A text that is cut within a character would make files that nobody can read.
func TestCutCharacter(t *testing.T) {
	rec := rows(t, memory.DefaultAllocator)
	p, err := expression.Compile(`"Gr\u00fc\u00dfe"[:3]`, rec.Schema(), expression.Text)
	if err != nil {
		t.Fatal(err)
	}
	if a, _, err := p.Array(memory.DefaultAllocator, rec); err == nil || !strings.Contains(err.Error(), "cuts a character in two") {
		t.Errorf("%v, %v", a, err)
	}
}
