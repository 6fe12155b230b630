// Package pseudonym replaces the names of accounts and posts by keyed hashes: in
// columns, in paths, and wherever they stand in texts.
//
// A pseudonym is the letter p and 16 letters or digits: the first 80 bits of an
// HMAC-SHA256 (RFC 2104) of the name in Base32 (RFC 4648, lower case). The same key
// gives the same name the same pseudonym, so that tables can still be joined; without
// the key nobody can try names out.
package pseudonym

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"icono/internal/media"
)

// Key is the secret that pseudonyms are made with.
type Key [32]byte

// NewKey makes a random key.
func NewKey() (Key, error) {
	var k Key
	_, err := rand.Read(k[:])
	return k, err
}

// keyMode keeps the file of a key to its owner.
const keyMode = 0o600

// ReadKey reads the key in a file, or makes one and writes it there where there is
// none; made tells that.
func ReadKey(path string) (k Key, made bool, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if k, err = NewKey(); err != nil {
			return k, false, err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return k, false, err
		}
		return k, true, os.WriteFile(path, []byte(hex.EncodeToString(k[:])+"\n"), keyMode)
	}
	if err != nil {
		return k, false, err
	}
	raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != len(k) || Key(raw) == (Key{}) {
		return k, false, fmt.Errorf("%s holds no key: 64 hexadecimal digits are wanted", path)
	}
	return Key(raw), false, nil
}

// letters are how many characters follow the p of a pseudonym.
const letters = 16

// Of is the pseudonym of a name. The empty name has none.
func (k Key) Of(name string) string {
	if name == "" {
		return ""
	}
	h := hmac.New(sha256.New, k[:])
	h.Write([]byte("icono pseudonym 1\x00" + name))
	return "p" + strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:letters]
}

var form = regexp.MustCompile(`^p[a-z2-7]{16}$`)

// Is reports whether a text has the form of a pseudonym.
func Is(text string) bool { return form.MatchString(text) }

var somewhere = regexp.MustCompile(`(?i)\bp[a-z2-7]{16}\b`)

// Stands reports whether a text has something of the form of a pseudonym in it, or is
// what stands in the place of a further word of a name.
func Stands(text string) bool { return text == gone || somewhere.MatchString(text) }

// path is a path or a name with what each of its parts becomes; endings that pictures
// have stay. So paths that end alike still do.
func path(path string, of func(name string) string) string {
	if scheme, _, web := strings.Cut(path, "://"); web && !strings.ContainsAny(scheme, `/\.`) {
		return of(path)
	}
	if !strings.ContainsAny(path, `/\`) {
		return part(path, of)
	}
	parts := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/")
	for i, p := range parts {
		switch p {
		case "", ".":
		case "..":
			parts[i] = "up" // a bundle names nothing outside of itself
		default:
			parts[i] = part(p, of)
		}
	}
	if parts[0] == "" { // an absolute path
		parts[0] = "root"
	}
	return strings.TrimRight(strings.Join(parts, "/"), "/")
}

func part(name string, of func(name string) string) string {
	ext := filepath.Ext(name)
	if !media.IsPicture(name) && !strings.EqualFold(ext, ".zip") || ext == name {
		return of(name)
	}
	return of(strings.TrimSuffix(name, ext)) + ext
}
