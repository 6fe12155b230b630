package bundle

import (
	"bytes"
	"encoding/json"
	"mime"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"icono/internal/lock"
	"icono/internal/media"
)

// member is an object of a JSON-LD graph. Its names are written sorted.
type member map[string]any

func ref(id string) member { return member{"@id": id} }

// CrateFile is the text of the metadata file of a bundle in dir, as RO-Crate 1.1 says:
// each file with its type, size and sum, the pipeline as a workflow, and the run that
// made the outputs. outputs are the files that stages wrote.
func (a About) CrateFile(dir, program string, outputs []string) ([]byte, error) {
	files, err := names(dir)
	if err != nil {
		return nil, err
	}
	library := media.NewLibrary(dir)
	defer func() { _ = library.Close() }() // only read
	var parts, graph []any
	made := map[string]bool{}
	for _, name := range outputs {
		made[name] = true
	}
	var inputs, results []any
	for _, name := range files {
		if name == Crate {
			continue
		}
		sum, err := lock.SumFile(library, name)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		m := member{"@id": id(name), "@type": "File", "name": name, "sha256": strings.TrimPrefix(string(sum), "sha256:"), "contentSize": info.Size(), "encodingFormat": format(name)}
		if text := purpose(name, made[name]); text != "" {
			m["description"] = text
		}
		if name == Pipeline || strings.HasPrefix(name, "study") && path.Ext(name) == ".yaml" {
			m["@type"] = []string{"File", "SoftwareSourceCode", "ComputationalWorkflow"}
			m["programmingLanguage"] = ref("#icono-pipeline")
		}
		parts, graph = append(parts, ref(id(name))), append(graph, m)
		switch {
		case made[name]:
			results = append(results, ref(id(name)))
		case strings.HasPrefix(name, Data+"/"), strings.HasPrefix(name, "cassettes/"), name == Pictures:
			inputs = append(inputs, ref(id(name)))
		}
	}
	root := member{"@id": "./", "@type": "Dataset", "name": a.title(), "datePublished": a.Date, "hasPart": parts, "mainEntity": ref(Pipeline), "mentions": ref("#run")}
	root["description"] = a.Text
	if a.Text == "" {
		root["description"] = blank("what the study asks; `about:` in the pipeline says it too")
	}
	var authors []any
	for i, p := range a.Authors {
		at := "#author-" + strconv.Itoa(i+1)
		if p.ORCID != "" {
			at = "https://orcid.org/" + p.ORCID
		}
		authors = append(authors, ref(at))
		person := member{"@id": at, "@type": "Person", "name": p.String()}
		if p.Family != "" {
			person["familyName"], person["givenName"] = p.Family, p.Given
		}
		graph = append(graph, person)
	}
	if len(authors) > 0 {
		root["author"] = authors
	} else {
		root["author"] = blank("your names, or --author")
	}
	if a.License != "" {
		license := "https://spdx.org/licenses/" + a.License
		root["license"] = ref(license)
		graph = append(graph, member{"@id": license, "@type": "CreativeWork", "name": a.License})
	} else {
		root["license"] = blank("the licence, or --license CC-BY-4.0")
	}
	if a.Version != "" {
		root["version"] = a.Version
	}
	head := []any{
		member{"@id": Crate, "@type": "CreativeWork", "about": ref("./"), "conformsTo": ref("https://w3id.org/ro/crate/1.1")}, root,
		member{"@id": "#icono", "@type": "SoftwareApplication", "name": "icono", "version": program, "softwareVersion": program},
		member{"@id": "#icono-pipeline", "@type": "ComputerLanguage", "name": "icono pipeline, version 1"},
		member{"@id": "#run", "@type": "CreateAction", "name": "the run that the outputs come from, from recorded answers", "instrument": []any{ref("#icono"), ref(Pipeline)}, "object": inputs, "result": results},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(member{"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": append(head, graph...)})
	return b.Bytes(), err
}

// id is a path as RO-Crate writes it: a relative address.
func id(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = escape(p)
	}
	return strings.Join(parts, "/")
}

func escape(part string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(part) {
		c := part[i]
		if c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-._~!$&'()*+,;=:@", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

// format is the media type of a file.
func format(name string) string {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".lock", ".cff":
		return "application/yaml"
	case ".jsonl":
		return "application/jsonl"
	case ".csv":
		return "text/csv"
	case ".tsv":
		return "text/tab-separated-values"
	case ".md":
		return "text/markdown"
	case ".html":
		return "text/html"
	case ".json":
		return "application/json"
	case ".parquet":
		return "application/vnd.apache.parquet"
	case ".arrow", ".feather":
		return "application/vnd.apache.arrow.file"
	case "", ".sha256", ".txt":
		return "text/plain"
	}
	if t, _, err := mime.ParseMediaType(mime.TypeByExtension(path.Ext(name))); err == nil {
		return t
	}
	return "application/octet-stream"
}

// purpose says what a file is for.
func purpose(name string, made bool) string {
	switch {
	case made:
		return "written by the run"
	case name == Pipeline:
		return "what is run: the study, with shared tables in the place of the original ones"
	case name == Study:
		return "the pipeline of the study, with names replaced"
	case name == Pictures:
		return "what is known of the pictures, which are not here: SHA-256, size and format"
	case name == Citation:
		return "how to cite this"
	case name == Methods:
		return "how the study was done, for a paper"
	case strings.HasSuffix(name, ".lock"):
		return "what the study is made from and what came of it, as sums"
	case strings.HasPrefix(name, "cassettes/"):
		return "recorded answers of models"
	case strings.HasPrefix(name, Data+"/"):
		return "a table or a list of rows that the study is made from, with names replaced"
	}
	return ""
}
