package bundle

import (
	"fmt"
	"slices"
	"strings"
)

// Report is what share tells, in README.md and to who called it.
type Report struct {
	About    `json:"-"`
	Folder   string   `json:"folder"`
	Columns  []Column `json:"columns"`
	Tables   []*Table `json:"tables"`
	Names    int      `json:"names"`
	Pictures int      `json:"pictures"`
	Answers  int      `json:"answers"`
	Rows     int64    `json:"rows"`
	Files    int      `json:"files"`
	// Compared is how many codes were compared with those of the study.
	Compared int `json:"compared"`
	// Words are names that are words of the study's files too, and stay in texts.
	Words []string `json:"words"`
	// Own are names that look like words and stand in the study's own files, where they
	// are replaced.
	Own []string `json:"own"`
	// Short are handles that are too short to be looked for in texts, Bare such as are
	// words and stand in texts without an @ or #, the most frequent first.
	Short []string `json:"short"`
	Bare  []string `json:"bare"`
	// Signed are the notes that people left with the codes that they gave, as shared.
	Signed []string `json:"signed"`
	// Notes say what to beware of.
	Notes   []string `json:"notes"`
	Program string   `json:"icono"`
}

// ReadmeFile is the text of the README of a bundle. replaced replaces names in the names
// of stages, columns and files.
func (r *Report) ReadmeFile(replaced func(string) string) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# %s\n", inline(r.title()))
	if r.Text != "" {
		p("%s\n", inline(r.Text))
	}
	p("A study of images, as it can be given to others. icono %s made this folder of it, a program\nthat codes images from one YAML file. It runs the study again, offline and at no cost, from the\nanswers that were recorded:\n", r.Program)
	p("```\nicono verify .                    # everything against everything, and the run itself\nicono run --locked --record none . # the tables and the report anew\nsha256sum -c %s           # the files alone, without icono\n```\n", Sums)
	p("| file | what it is |\n| --- | --- |")
	p("| %s | what is run: %s, with shared tables in the place of the original ones |", Pipeline, Study)
	p("| %s | the pipeline of the study |", Study)
	p("| %s/ | tables and lists of rows |", Data)
	p("| cassettes/ | the recorded answers of models and programs |")
	p("| pipeline.lock | what the study is made from and what came of it, as sums |")
	if r.Pictures > 0 {
		p("| %s, pipeline.pictures.sha256 | what is known of the %d pictures, which are not here: hash, size, format |", Pictures, r.Pictures)
	}
	p("| %s | how the study was done, for a paper |", Methods)
	p("| %s, %s | for archives and for citing |\n", Crate, Citation)
	p("## What was changed\n")
	if r.Pictures > 0 {
		p("Reports show no pictures here (`pictures: none`), so that they are the same with and without them.\n")
	}
	p("Names of accounts and posts are replaced by keyed hashes (HMAC-SHA256): the same name has the\nsame pseudonym everywhere, and without the key, which is not here, nobody can try names out.\nThey are replaced in tables, paths, the pipeline, codebooks, and in what models answered. In\ntexts and in what people wrote into the pipeline and codebooks web addresses became such as\n`[url k3j4h5g6]`, mail addresses `[email k3j4h5g6]` (eight letters tell one from another), and\nnames after an @ pseudonyms; there addresses of doi.org, orcid.org and the like stay.\nRows are sorted by pseudonym. Pictures are left out; their hashes are kept, so that who may\nhave them can put them in place and compare.\n")
	p("| table | column | what became of it |\n| --- | --- | --- |")
	var dropped []string
	for _, c := range r.Columns {
		if c.Treatment == Drop {
			dropped = append(dropped, replaced(c.Stage)+"."+replaced(c.Name))
			continue
		}
		p("| %s | %s | %s |", inline(replaced(c.Stage)), inline(replaced(c.Name)), c.Treatment)
	}
	if len(dropped) > 0 {
		slices.Sort(dropped)
		p("\nLeft out, since no stage uses them: %s.", inline(strings.Join(dropped, ", ")))
	}
	p("\n## What can still identify people\n")
	p("- **Texts.** What was read in pictures (OCR), captions, descriptions and comments can name\n  persons or quote a post, and a quoted sentence can be searched for.")
	p("- **Hashes of pictures** tell who holds a picture that it is part of the study, and which row\n  it is.")
	p("- **Vectors** of a CLIP model, where they are recorded, can be compared with those of any picture.")
	p("- **Rare combinations** of times, counts and codes can single a post out.")
	if n := len(r.Words); n > 0 {
		p("- **Names that are everyday words**, %d of them, also of the pipeline or a codebook: they are\n  replaced in data and behind an @, and stay in other text.", n)
	}
	if len(r.Short) > 0 {
		p("- **Short names**, %d of them: they are replaced in columns and behind an @ or #, and not looked\n  for in other text.", len(r.Short))
	}
	for _, n := range r.Notes {
		p("- %s", inline(n))
	}
	p("\nRead the tables before you publish them.")
	return b.String()
}

// inline keeps a text from marking up.
func inline(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "`", "'", "*", "\\*", "[", "\\[").Replace(text)
}
