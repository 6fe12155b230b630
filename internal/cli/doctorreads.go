package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"icono/internal/detect"
	"icono/internal/ocr"
	"icono/internal/stage"
	"icono/internal/vision"
)

// readerFindings look for what the kind vision reads pictures with.
func readerFindings(ctx context.Context) []finding {
	found := []finding{tesseractFinding(ctx)}
	store := detect.DefaultStore()
	for _, m := range detect.Catalogue() {
		f := finding{Name: m.Name, OK: store.Has(m.Name), What: m.About}
		if !f.OK {
			f.Mend = fmt.Sprintf("icono doctor --fetch %s   (about %d MB, to %s)", m.Name, m.Megabytes, filepath.Join(store.Dir, m.Name))
		}
		found = append(found, f)
	}
	return found
}

func tesseractFinding(ctx context.Context) finding {
	f := finding{Name: "tesseract", What: "reads text for `provider: local` of the kind vision"}
	version, languages, err := ocr.Installed(ctx)
	var missing *stage.MissingError
	switch {
	case errors.As(err, &missing):
		f.Mend = missing.Mend
	case err != nil:
		f.Mend = err.Error()
	default:
		f.OK, f.What = true, fmt.Sprintf("%s, reads %s", version, strings.Join(languages, ", "))
	}
	return f
}

// keyFindings say whether the keys that most studies use are there. They are never
// shown.
func keyFindings() []finding {
	var found []finding
	for _, k := range []struct{ name, what string }{
		{"OPENAI_API_KEY", "for models of OpenAI, unless a stage names another variable or server"},
		{"GEMINI_API_KEY", "for models of Google, unless a stage names another variable or a project"},
	} {
		f := finding{Name: k.name, OK: os.Getenv(k.name) != "", What: k.what}
		if !f.OK {
			f.Mend = "export " + k.name + "=...   (recorded answers need none)"
		}
		found = append(found, f)
	}
	f := finding{Name: "Google credentials", What: "for `provider: google` of the kind vision, unless a stage names a key"}
	_, err := vision.DefaultCredentials(nil)
	var none *vision.CredentialsError
	switch {
	case errors.As(err, &none):
		f.Mend = none.Mend + "   (recorded answers need none)"
	case err != nil:
		f.Mend = err.Error()
	default:
		f.OK = true
	}
	return append(found, f)
}
