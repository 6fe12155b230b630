package save_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"icono/internal/flow"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/save"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func input() stagetest.Input {
	return stagetest.Input{Schema: stagetest.Schema(stagetest.Key("ID"), stagetest.Text("Caption"), stagetest.Int("Likes"), stagetest.Dictionary("Code")), Rows: [][]any{
		{"01", "ein Satz, mit Komma", 5, "a"}, {"02", "", nil, nil}, {"03", nil, 7, "b"}, {"04", "zwei\nZeilen \"hier\"", 0, "a"}}}
}

const wantCSV = "ID,Caption,Likes,Code\n01,\"ein Satz, mit Komma\",5,a\n02,\"\",,\n03,,7,b\n04,\"zwei\nZeilen \"\"hier\"\"\",0,a\n"

func TestConform(t *testing.T) {
	for _, name := range []string{"out/a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet", "a.arrow"} {
		stagetest.Conform(t, save.Kind(), stagetest.Case{Name: name, Config: config(name), In: []stagetest.Input{input()}, Appends: true})
	}
}

func config(path string) *save.Config {
	c := save.Kind().NewConfig().(*save.Config)
	c.Path = option.Path(path)
	return c
}

// run saves and returns the rows passed on.
func run(t *testing.T, c *save.Config, env stage.Env, in stage.Table) error {
	t.Helper()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	out := stagetest.Run(t, t.Context(), save.Kind().Build("out", c), env, in)
	_, err := stagetest.Collect(out.Rows)
	return err
}

func read(t *testing.T, env stage.Env, path string) string {
	t.Helper()
	b, err := os.ReadFile(env.Study.Resolve(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func table(t *testing.T, env stage.Env) stage.Table {
	in := input()
	return stagetest.Table(t, env.Memory, in.Schema, in.Rows...)
}

func TestWrites(t *testing.T) {
	env, ledger := stagetest.Env(t, stagetest.Memory(t))
	c := config("out/new/coded.csv")
	c.BOM = true
	if err := run(t, c, env, table(t, env)); err != nil {
		t.Fatal(err)
	}
	got := read(t, env, "out/new/coded.csv")
	if d := cmp.Diff("\ufeff"+wantCSV, strings.ReplaceAll(got, "\r\n", "\n")); d != "" {
		t.Error(d)
	}
	sum := sha256.Sum256([]byte(got))
	if d := cmp.Diff(map[string]string{"file": "out/new/coded.csv", "sha256": hex.EncodeToString(sum[:])}, ledger.Facts()); d != "" {
		t.Error(d)
	}
	onlyFiles(t, env, "out/new", "coded.csv")
}

// The bytes of a file do not depend on how its rows came in batches.
func TestSameBytes(t *testing.T) {
	for _, name := range []string{"a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet"} {
		sums := map[string]bool{}
		for _, size := range []int{1, 3, 256} {
			env, ledger := stagetest.Env(t, stagetest.Memory(t))
			in := input()
			rec := stagetest.Record(t, env.Memory, in.Schema, in.Rows...)
			if err := run(t, config(name), env, stage.Table{Schema: in.Schema, Rows: stagetest.Batches(rec, size, size == 3)}); err != nil {
				t.Fatal(err)
			}
			sums[ledger.Facts()["sha256"]] = true
		}
		if len(sums) != 1 {
			t.Errorf("%s: %d different files", name, len(sums))
		}
	}
}

// onlyFiles checks that nothing else lies in a folder, such as what is left of
// a file that was given up.
func onlyFiles(t *testing.T, env stage.Env, dir string, want ...string) {
	t.Helper()
	var got []string
	entries, err := os.ReadDir(env.Study.Resolve(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A run that fails leaves what stood there before.
func TestFailureKeepsTheOldFile(t *testing.T) {
	boom := errors.New("boom")
	for name, in := range map[string]func(*testing.T, stage.Env) stage.Table{
		"error": func(t *testing.T, env stage.Env) stage.Table {
			in := table(t, env)
			return stage.Table{Schema: in.Schema, Rows: func(yield func(arrow.Record, error) bool) {
				for rec := range in.Rows {
					if !yield(rec, nil) {
						return
					}
				}
				flow.Fail(boom)(yield)
			}}
		},
		"break": table,
	} {
		t.Run(name, func(t *testing.T) {
			env, ledger := stagetest.Env(t, stagetest.Memory(t))
			if err := os.WriteFile(env.Study.Resolve("a.csv"), []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			out := stagetest.Run(t, t.Context(), save.Kind().Build("out", config("a.csv")), env, in(t, env))
			var failed error
			for _, err := range out.Rows {
				if failed = err; name == "break" {
					break
				}
			}
			if name == "error" && !errors.Is(failed, boom) {
				t.Errorf("error %v", failed)
			}
			if got := read(t, env, "a.csv"); got != "old" || len(ledger.Facts()) > 0 {
				t.Errorf("the file is %q, facts %v", got, ledger.Facts())
			}
			onlyFiles(t, env, ".", "a.csv")
		})
	}
}

// An interrupted run writes beside the old file and says so.
func TestInterrupted(t *testing.T) {
	env, ledger := stagetest.Env(t, stagetest.Memory(t))
	drain := make(chan struct{})
	env.Drain = drain
	if err := os.WriteFile(env.Study.Resolve("a.csv"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	in := table(t, env)
	rows := func(yield func(arrow.Record, error) bool) {
		in.Rows(yield)
		close(drain)
	}
	if err := run(t, config("a.csv"), env, stage.Table{Schema: in.Schema, Rows: rows}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, env, "a.csv"); got != "old" {
		t.Errorf("the file is %q", got)
	}
	if got := strings.ReplaceAll(read(t, env, "a.partial.csv"), "\r\n", "\n"); got != wantCSV {
		t.Errorf("the partial file is %q", got)
	}
	onlyFiles(t, env, ".", "a.csv", "a.partial.csv")
	if ledger.Facts()["file"] != "a.partial.csv" || len(ledger.Warnings()) != 1 {
		t.Errorf("facts %v, warnings %v", ledger.Facts(), ledger.Warnings())
	}
}

func TestPrepare(t *testing.T) {
	env, _ := stagetest.Env(t, stagetest.Memory(t))
	prepare := func(path string) error {
		return save.Kind().Build("out", config(path)).(stage.Preparer).Prepare(t.Context(), env, []*arrow.Schema{input().Schema})
	}
	if err := os.MkdirAll(filepath.Join(env.Study.Resolve("dir.csv"), "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(env.Study.Resolve("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"dir.csv": "is a folder", "file/a.csv": "cannot be made"} {
		if err := prepare(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	if err := prepare("new/a.csv"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(env.Study.Resolve("new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder that was tried is left: %v", err)
	}
	s := save.Kind().Build("out", config("new/a.csv")).(stage.FileUser)
	if r, w := s.Files(); len(r) > 0 || len(w) != 1 || w[0] != "new/a.csv" {
		t.Errorf("files %v %v", r, w)
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		config     save.Config
		path, want string
	}{
		{save.Config{Path: "out/"}, "path", "names a folder (name a file in it: `out/coded.csv`)"},
		{save.Config{Path: "out"}, "path", "cannot be told from its name"},
		{save.Config{Path: "a.xlsx"}, "path", "write `.csv` with `bom: true`"},
		{save.Config{Path: "a.csv.gz"}, "path", "files of type .gz are not written"},
		{save.Config{Path: "a.parquet", BOM: true}, "bom", "no place in parquet"},
		{save.Config{Path: "a.tsv", Delimiter: ";"}, "delimiter", "tsv has no delimiter to choose"},
		{save.Config{Path: "a.csv", Delimiter: "\""}, "delimiter", "a quote"},
		{save.Config{Path: "a.csv", Delimiter: "ü"}, "delimiter", "not ASCII"},
		{save.Config{Path: "a.csv", Delimiter: "1"}, "delimiter", "a digit"},
		{save.Config{Path: "a.csv.xz"}, "path", "files of type .xz are not written"},
		{save.Config{Path: "a.csv", Compression: "zstd"}, "compression", "is for Parquet"},
	} {
		err := c.config.Validate()
		var o *stage.OptionError
		if !errors.As(err, &o) || o.Path[0] != c.path || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v", c.config, err)
		}
	}
	for _, c := range []save.Config{{Path: "a.csv", Delimiter: ";", BOM: true}, {Path: "a", Format: "jsonl"}, {Path: "a.pq", Compression: "none"}} {
		if err := c.Validate(); err != nil {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

// A column that a format cannot hold is found before the run.
func TestUnsupportedColumn(t *testing.T) {
	s := stagetest.Schema(stagetest.Key("ID"), arrow.Field{Name: "D", Type: arrow.FixedWidthTypes.MonthInterval})
	_, err := save.Kind().Build("out", config("a.parquet")).Schema([]*arrow.Schema{s})
	var o *stage.OptionError
	if !errors.As(err, &o) || !strings.Contains(err.Error(), `"D"`) {
		t.Errorf("error %v", err)
	}
}
