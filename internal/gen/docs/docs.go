// Package docs reads the prose of options and kinds from the comments in the
// Go source, where it has its only source.
package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Prose is the text of comments, by what they stand at.
type Prose struct {
	fields   map[string]string // "package/path.Type.Field"
	packages map[string]string // "package/path"
}

// Read parses the Go files of folders below root, whose module path is module.
func Read(root, module string, folders ...string) (*Prose, error) {
	p := &Prose{map[string]string{}, map[string]string{}}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			if err := p.file(file, module+"/"+filepath.ToSlash(folder)); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

func (p *Prose) file(path, pkg string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments)
	if err != nil {
		return fmt.Errorf("documentation of %s: %w", path, err)
	}
	if f.Doc != nil {
		p.packages[pkg] = unwrap(f.Doc.Text())
	}
	ast.Inspect(f, func(n ast.Node) bool {
		t, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		s, ok := t.Type.(*ast.StructType)
		if !ok {
			return true
		}
		for _, field := range s.Fields.List {
			for _, name := range field.Names {
				p.fields[pkg+"."+t.Name.Name+"."+name.Name] = unwrap(field.Doc.Text())
			}
		}
		return true
	})
	return nil
}

// Field returns the comment of a field; owner is "package/path.Type".
func (p *Prose) Field(owner, field string) string { return p.fields[owner+"."+field] }

// kindClause is how the comment of a kind's package begins.
var kindClause = regexp.MustCompile("^Package \\w+ is the kind (`\\w+`, )?(that|which) ")

// Kind returns what a kind does, from the comment of its package, which begins
// "Package NAME is the kind that ...".
func (p *Prose) Kind(pkg string) string {
	text := p.packages[pkg]
	rest := text[len(kindClause.FindString(text)):]
	if rest == "" {
		return text
	}
	return strings.ToUpper(rest[:1]) + rest[1:]
}

// unwrap joins the lines of each paragraph.
func unwrap(text string) string {
	paragraphs := strings.Split(strings.TrimSpace(text), "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}
