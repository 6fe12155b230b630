package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"icono/internal/chat/chattest"
	"icono/internal/vision/visiontest"
)

// accounts of the planted study. One is a category of its codebook too.
func planted() []string {
	return []string{"planted.handle", "erika_plantedfrau", "plantedword", "Planted-Upper.X", "party"}
}

// plantedNames are what must not survive, in lower case: of accounts the one that is a
// category is left out.
func plantedNames() *regexp.Regexp {
	return regexp.MustCompile(`(?i)planted|ctplant|2657484542301|secret-cdn|instagram\.com`)
}

const plantedPipeline = `# Seen at https://example.org/planted-comment by @plantedreader.
version: 1
name: names
about: What planted.handle and erika_plantedfrau post, see https://www.instagram.com/plantedword/, @plantedguest and https://doi.org/10.1000/182 # ask planted@example.org
seed: 7
stages:
  # planted.handle is the first account, and CTplant001-_a its first post
  - id: posts
    kind: load
    with: {path: data/posts.csv, key: ID, image: 'Username + "/" + ID + ".png"', root: media/images}
  - id: accounts
    kind: load
    with: {path: data/accounts.jsonl}
  - id: some
    kind: filter
    from: posts
    with: {where: 'Username in ["planted.handle", "erika_plantedfrau", "plantedword", "party"] and likes > 3'}
  - id: letters
    kind: filter
    with: {where: 'not (Username startsWith "plantedw") or Caption contains "klima"'}
  - id: pilot
    kind: sample
    with: {n: 5, by: Username}
  - id: mood
    kind: clip
    with: {model: palette, column: Mood, labels: {Dark: [a dark picture], Bright: [a bright picture]}}
  - id: kinds
    kind: gpt
    with:
      model: gpt-4o
      base_url: %q
      codebook: codebooks/kinds.yaml
      inputs: {Who: 'upper(Username) + Caption', Text: Caption}
      runs: 2
      image: {max_side: 32}
      examples: {path: data/examples.csv, image: file, answer: answer}
  - id: free
    kind: gpt
    with:
      model: gpt-4o
      base_url: %q
      prompt: |
        Answer as JSON with Kind. Is planted.handle or
        @plantedguest (plantedguest@example.org, https://plantedguest.example/x) in it?
      columns: [Kind]
      prefix: free_
      inputs: {Text: Caption}
  - id: seen
    kind: vision
    with: {provider: google, base_url: %q, key: "${SIGHT_KEY}", features: [text, objects], boxes: true}
  - id: merged
    kind: ensemble
    with: {method: rules, inputs: {Kind: Kind, OCR: OCR}, rules: [{when: 'OCR contains "Vote"', then: Vote}], else: Other}
  - id: named
    kind: join
    from: [merged, accounts]
    with: {on: {Username: handle}, how: left}
  - id: table
    kind: save
    with: {path: out/plantedword.csv}
  - id: all
    kind: save
    from: named
    with: {path: out/all.parquet}
  - id: page
    kind: report
    from: merged
    with: {path: out/page.html, title: Posts of planted.handle}
  - id: words
    kind: unnest
    from: merged
    with: {column: OCR_words}
  - id: wordlist
    kind: save
    with: {path: out/words.jsonl}
`

const plantedCodebook = `version: 1
title: Kinds, after planted.handle
instructions: Coded as @erika_plantedfrau does it.
variables:
  - name: Kind
    question: What is shown?
    type: categorical
    explain: true
    categories:
      - {name: Person, definition: "a person like plantedword, https://plantedword.example/ or \x40plantedguest"}
      - {name: Party, definition: a party}
      - {name: Other, definition: anything else}
`

// plantedStudy writes a study whose names stand everywhere, runs it against servers that
// speak the real protocols, and returns its folder. The servers are gone then.
func plantedStudy(t *testing.T) string {
	t.Helper()
	t.Setenv("SIGHT_KEY", "AIza-test-key")
	t.Setenv("OPENAI_API_KEY", "sk-test")
	t.Setenv("CI", "")
	dir := filepath.Join(t.TempDir(), "study")
	write := func(name, text string) {
		t.Helper()
		if err := put(filepath.Join(dir, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	var posts, people strings.Builder
	posts.WriteString("ID,shortcode,Username,full_name,url,Caption,likes,cdn\n")
	n := 0
	for a, account := range planted() {
		fmt.Fprintf(&people, `{"handle":%q,"Side":"%c","bio":"official account of %s"}`+"\n", account, 'A'+a%2, account)
		for i := range 8 {
			n++
			code, id := fmt.Sprintf("CTplant%03d-_a", n), fmt.Sprint(2657484542301770000+n*37)
			caption := []string{"Mehr bei @" + account + " und @dritte.person heute!", strings.ToUpper(account) + " auf https://www.instagram.com/" + account + "/p/" + code + "/ jetzt",
				"Mail an " + account + "@example.org, ID " + id, `Nur Text, ""klima"" jetzt`, "instagram.com/" + account, account, "", "#" + account + "2021"}[i]
			fmt.Fprintf(&posts, "%s,%s,%s,Planted Name %d,https://www.instagram.com/p/%s/,\"%s\",%d,https://secret-cdn.net/%s/%s.jpg\n", id, code, account, a, code, caption, n*3, account, id)
			m := image.NewRGBA(image.Rect(0, 0, 40+n, 50))
			for k := range m.Pix {
				m.Pix[k] = byte(n * 5 * (k%4 + 1))
			}
			m.Set(0, 0, color.Black)
			var b bytes.Buffer
			if err := png.Encode(&b, m); err != nil {
				t.Fatal(err)
			}
			switch text := b.String(); i {
			case 7: // missing
			case 6:
				write("media/images/"+account+"/"+id+".png", text[:len(text)/2])
			default:
				write("media/images/"+account+"/"+id+".png", text)
			}
		}
	}
	write("data/posts.csv", posts.String())
	write("data/accounts.jsonl", people.String())
	write("codebooks/kinds.yaml", plantedCodebook)
	write("data/examples.csv", `file,answer,account,full_name,url
media/images/planted.handle/2657484542301770037.png,"{""Kind_explanation"":""It is planted.handle, perhaps Bernd Plantedmann, BERND_plantedbeispiel."",""Kind"":""Person""}",bernd.plantedbeispiel,Bernd Plantedmann,https://www.tiktok.com/@bernd.plantedbeispiel/video/7299999999999999999
`)
	model := chattest.New(chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		switch c.Identity[0] {
		case '0', '1', '2':
			return chattest.Refuses()
		case '3', '4', '5', '6':
			return chattest.CutOff()
		}
		kind := []string{"Person", "Party", "Other"}[int(c.Identity[1])%3]
		return chattest.Says(fmt.Sprintf(`{"Kind_explanation": "It shows planted.handle, see https://instagram.com/plantedword and @dritte.person.", "Kind": %q}`, kind))
	}})
	sight := visiontest.New(visiontest.Options{Key: "AIza-test-key", Each: func(p visiontest.Picture) visiontest.Answer {
		if p.Identity[0] == '0' {
			return visiontest.Failure(3, "Bad image data of planted.handle.")
		}
		return visiontest.Text(p, "de", []string{"Vote @ planted . handle", "Vote @planted.handle", "Vote plan_t.x @PLANTED. handle"}[int(p.Identity[1])%3], "www.instagram.com/plantedword", "ERIKA_PLANTEDFRAU")
	}})
	models, sights := httptest.NewServer(model), httptest.NewServer(sight)
	defer models.Close()
	defer sights.Close()
	write("pipeline.yaml", fmt.Sprintf(plantedPipeline, models.URL+"/v1", models.URL+"/v1", sights.URL))
	if code, _, text := run(t, "run", dir); code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, text)
	}
	return dir
}

// tree holds the files of a folder by their paths.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		out[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// survivors are the places in a folder where a planted name still stands.
func survivors(t *testing.T, dir string) (found []string) {
	t.Helper()
	look := func(where, text string) {
		if plantedNames().MatchString(text) {
			at := plantedNames().FindStringIndex(text)[0]
			found = append(found, fmt.Sprintf("%s: %.80q", where, text[max(0, at-30):]))
		}
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		look("the name of "+rel, rel)
		if d.IsDir() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		look(rel, string(text))
		for i, line := range strings.Split(string(text), "\n") {
			var v any
			if json.Unmarshal([]byte(line), &v) == nil { // escapes undone, words of a text put together
				plain := fmt.Sprint(v)
				look(fmt.Sprintf("%s, line %d", rel, i+1), plain)
				look(fmt.Sprintf("%s, line %d, its words", rel, i+1), regexp.MustCompile(`[^a-zA-Z_.]|description|text|map`).ReplaceAllString(plain, ""))
			}
		}
		if strings.HasSuffix(path, ".parquet") {
			look(rel+", its cells", cells(t, path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// cells are all cells of a table as text.
func cells(t *testing.T, path string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "t.jsonl")
	file := fmt.Sprintf("version: 1\nstages:\n  - {id: t, kind: load, with: {path: %q}}\n  - {id: o, kind: save, with: {path: %q}}\n", path, out)
	pipe := filepath.Join(t.TempDir(), "p.yaml")
	if err := os.WriteFile(pipe, []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, text := run(t, "run", "--no-lock", pipe); code != exitDone {
		t.Fatalf("%s", text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
