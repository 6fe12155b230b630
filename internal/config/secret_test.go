package config

import (
	"bytes"
	"strings"
	"testing"

	"icono/internal/diag"
	"icono/internal/option"
	"icono/internal/source"
)

type guarded struct {
	Key    option.Secret   `yaml:"key" example:"${OPENAI_API_KEY}"`
	Server option.Endpoint `yaml:"server"`
	Size   int             `yaml:"size"`
}

func TestSecrets(t *testing.T) {
	for text, want := range map[string]struct {
		config guarded
		code   string
	}{
		"key: ${MY_KEY}":                              {guarded{Key: "MY_KEY"}, ""},
		"key: '${MY_KEY}'":                            {guarded{Key: "MY_KEY"}, ""},
		"key: sk-planted":                             {guarded{}, "secret"},
		"key: Bearer ${MY_KEY} sk-planted":            {guarded{}, "secret"},
		"key: [sk-planted]":                           {guarded{}, "secret"},
		"{size: x, key: sk-planted}":                  {guarded{}, "secret"},
		"server: http://localhost:11434/v1":           {guarded{Server: "http://localhost:11434/v1"}, ""},
		"server: ${HOST}/v1":                          {guarded{Server: "${HOST}/v1"}, ""},
		"server: https://${HOST}.openai.azure.com":    {guarded{Server: "https://${HOST}.openai.azure.com"}, ""},
		"server: localhost":                           {guarded{}, "address"},
		"server: 7":                                   {guarded{}, "type"},
		"server: https://user:sk-planted@example.org": {guarded{}, "secret"},
	} {
		root, faults := source.Parse(source.NewFile("c.yaml", text))
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		var c guarded
		var list diag.List
		Decode(root, &c, source.Span{}, "the stage `s`", &list)
		var codes []string
		for _, d := range list.Sorted() {
			codes = append(codes, d.Code)
		}
		if c != want.config || want.code == "" && len(codes) > 0 || want.code != "" && !strings.Contains(strings.Join(codes, " "), want.code) {
			t.Errorf("%s: %+v, %v", text, c, codes)
		}
		var human, machine, annotation bytes.Buffer
		diag.Print(&human, list.Sorted(), false)
		if err := diag.PrintJSON(&machine, list.Sorted()); err != nil {
			t.Fatal(err)
		}
		diag.PrintGitHub(&annotation, list.Sorted())
		for _, out := range []string{human.String(), machine.String(), annotation.String()} {
			if strings.Contains(out, "sk-planted") {
				t.Errorf("%s: the key is printed:\n%s", text, out)
			}
		}
	}
}
