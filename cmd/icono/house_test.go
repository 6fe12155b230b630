package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the root of the module, from this package's folder.
const root = "../.."

// pkg is what `go list -json` tells about a package.
type pkg struct {
	ImportPath, Dir, Doc      string
	Imports                   []string
	TestImports, XTestImports []string
	GoFiles, TestGoFiles      []string
	IgnoredGoFiles, CgoFiles  []string
	XTestGoFiles              []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,TestImports,XTestImports,GoFiles,TestGoFiles,IgnoredGoFiles,CgoFiles,XTestGoFiles", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 20 {
		t.Fatalf("only %d packages: the test looks at the wrong folder", len(all))
	}
	return all
}

// TestImportsPointOneWay holds the directions of imports.
func TestImportsPointOneWay(t *testing.T) {
	// Third-party modules that only one package imports: their owner.
	owners := map[string]string{
		"gopkg.in/yaml.v3":                  "icono/internal/source",
		"github.com/expr-lang/expr":         "icono/internal/expression",
		"github.com/yalue/onnxruntime_go":   "icono/internal/onnx",
		"github.com/xitongsys/parquet-go":   "icono/internal/tabular",
		"github.com/apache/arrow/go/v15/pa": "icono/internal/tabular", // parquet
		"github.com/spf13/cobra":            "icono/internal/cli",
		"github.com/sashabaranov/go-openai": "icono/internal/chat",
		"modernc.org/sqlite":                "icono/internal/answers",
		"golang.org/x/image/webp":           "icono/internal/picture",
		"cloud.google.com/go":               "icono/internal/vision",
		"google.golang.org/api":             "icono/internal/vision",
		"github.com/ulikunitz/xz":           "icono/internal/tabular",
	}
	wiring := []string{"icono/internal/cli", "icono/internal/gen", "icono/internal/bench"}
	for _, p := range packages(t) {
		if p.ImportPath == "icono/internal/stage" {
			for _, in := range p.Imports {
				if strings.Contains(in, ".") && !strings.HasPrefix(in, "github.com/apache/arrow/go/") || below(in, "icono") {
					t.Errorf("the contract imports %s; it may import Arrow and the standard library only", in)
				}
			}
		}
		for _, in := range slices.Concat(p.TestImports, p.XTestImports) {
			if in == "gopkg.in/yaml.v3" {
				t.Errorf("a test of %s imports %s: internal/source reads YAML", p.ImportPath, in)
			}
		}
		for _, in := range p.Imports {
			for prefix, owner := range owners {
				if strings.HasPrefix(in, prefix) && !below(p.ImportPath, owner) {
					t.Errorf("%s imports %s, which belongs to %s", p.ImportPath, in, owner)
				}
			}
			switch {
			case !strings.HasPrefix(in, "icono/"):
			case below(p.ImportPath, "icono/cmd") && !below(in, "icono/internal/cli"):
				t.Errorf("%s imports %s: a command only calls internal/cli", p.ImportPath, in)
			case below(p.ImportPath, "icono/internal") && (below(in, "icono/stages") || below(in, "icono/cmd")) && !slices.ContainsFunc(wiring, func(w string) bool { return below(p.ImportPath, w) }):
				t.Errorf("%s imports %s: only the wiring knows the kinds", p.ImportPath, in)
			case strings.HasPrefix(p.ImportPath, "icono/stages/") && below(in, "icono/stages") && !below(in, kindOf(p.ImportPath)):
				t.Errorf("%s imports %s: a kind never imports another", p.ImportPath, in)
			case strings.HasPrefix(p.ImportPath, "icono/stages/") && slices.Contains([]string{"icono/internal/source", "icono/internal/config", "icono/internal/pipeline", "icono/internal/cli", "icono/internal/onnx", "icono/internal/diag"}, in):
				t.Errorf("%s imports %s: a kind never sees YAML, the engine or a backend", p.ImportPath, in)
			}
		}
	}
}

func below(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// kindOf returns the package of the kind that a package belongs to.
func kindOf(path string) string {
	return strings.Join(strings.SplitN(path, "/", 4)[:3], "/")
}

// TestHouseStyle holds what every file and package must have or lack.
func TestHouseStyle(t *testing.T) {
	vague := []string{"util", "utils", "common", "helpers", "types", "models", "misc"}
	starters := []string{"icono/internal/flow", "icono/internal/pipeline", "icono/internal/answers"}
	for _, p := range packages(t) {
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		if slices.Contains(vague, filepath.Base(p.ImportPath)) {
			t.Errorf("%s has a name that says nothing", p.ImportPath)
		}
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles) {
			file := filepath.Join(p.Dir, name)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if lines := bytes.Count(text, []byte("\n")); lines > 300 {
				t.Errorf("%s has %d lines, above 300", file, lines)
			}
			checkSyntax(t, file, text, slices.ContainsFunc(starters, func(s string) bool { return below(p.ImportPath, s) }))
		}
	}
}

// checkSyntax refuses init functions, and `go` statements outside of the
// packages that own goroutines.
func checkSyntax(t *testing.T, file string, text []byte, mayStart bool) {
	f, err := parser.ParseFile(token.NewFileSet(), file, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR && !strings.Contains(string(text), "//go:embed") {
			checkVariables(t, file, g)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if !mayStart {
				t.Errorf("%s starts a goroutine: use a combinator of internal/flow", file)
			}
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				t.Errorf("%s has an init function", file)
			}
		}
		return true
	})
}

// TestTopLevelHoldsNothingElse holds the layout that users know.
func TestTopLevelHoldsNothingElse(t *testing.T) {
	allowed := []string{"cmd", "stages", "pipelines", "schemas", "internal", "examples", "go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "NOTICE"}
	out, err := exec.Command("git", "-C", root, "ls-files").Output()
	if err != nil {
		t.Skip("skipped: this is no git checkout")
	}
	seen := map[string]bool{}
	for _, path := range strings.Fields(string(out)) {
		top, _, _ := strings.Cut(path, "/")
		if !seen[top] && !strings.HasPrefix(top, ".") && !slices.Contains(allowed, top) {
			t.Errorf("%s stands at the top level", top)
		}
		seen[top] = true
	}
}

// TestMainIsOnlyWiring keeps the command itself short.
func TestMainIsOnlyWiring(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n >= 60 {
		t.Errorf("main.go has %d lines", n)
	}
}

// checkVariables refuses package variables, but for those that nothing changes:
// errors, regular expressions, templates and checks of interfaces.
func checkVariables(t *testing.T, file string, g *ast.GenDecl) {
	constant := []string{"errors.New", "regexp.MustCompile", "template.Must"}
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		for i, name := range v.Names {
			if name.Name == "_" || name.Name == "commit" && strings.HasSuffix(file, "cmd/icono/main.go") { // the linker sets the commit
				continue
			}
			if i < len(v.Values) {
				if call, ok := v.Values[i].(*ast.CallExpr); ok {
					if f, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(constant, fmt.Sprintf("%v.%s", f.X, f.Sel)) {
						continue
					}
				}
			}
			t.Errorf("%s has the package variable %s: make it a constant or a function", file, name.Name)
		}
	}
}
