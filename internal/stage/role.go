package stage

import (
	"encoding/json"

	"github.com/apache/arrow/go/v15/arrow"
)

// Role says what a column is for. It travels in the field's metadata, so it
// survives renaming, joins and files.
type Role string

// Roles that columns can have.
const (
	Key         Role = "key"         // identifies the row: string, unique, never null
	Image       Role = "image"       // path of the row's picture
	Code        Role = "code"        // a category that a coder assigned
	Phrase      Role = "phrase"      // what decided the code
	Probability Role = "probability" // how sure the coder is, 0 to 1
	Score       Role = "score"       // a number for one category or phrase
	StatusRole  Role = "status"      // how it went: one of the Status values
	ErrorText   Role = "error"       // why it went wrong; null where it did not
	Inclusion   Role = "inclusion"   // probability of the row being in the sample
)

// Names of the metadata entries of a field.
const (
	metaRole       = "icono.role"
	metaStage      = "icono.stage"      // id of the stage that added the column
	metaRoot       = "icono.root"       // of an image column: folder of its relative paths
	metaCategories = "icono.categories" // of a code: JSON list, in codebook order
)

// Mark returns the field with a role and the id of the stage that added it.
func Mark(f arrow.Field, role Role, stageID string) arrow.Field {
	return set(set(f, metaRole, string(role)), metaStage, stageID)
}

// WithRoot states the folder that relative paths of an image column start at,
// itself relative to the pipeline file.
func WithRoot(f arrow.Field, root string) arrow.Field { return set(f, metaRoot, root) }

// WithCategories states the categories of a code, in order.
func WithCategories(f arrow.Field, categories []string) arrow.Field {
	text, _ := json.Marshal(categories) // strings always marshal
	return set(f, metaCategories, string(text))
}

// RoleOf returns the role of a column, or "".
func RoleOf(f arrow.Field) Role { return Role(get(f, metaRole)) }

// AddedBy returns the id of the stage that added the column, or "".
func AddedBy(f arrow.Field) string { return get(f, metaStage) }

// RootOf returns the folder that an image column's relative paths start at.
func RootOf(f arrow.Field) string { return get(f, metaRoot) }

// CategoriesOf returns the categories of a code in order, or nil.
func CategoriesOf(f arrow.Field) []string {
	var out []string
	if json.Unmarshal([]byte(get(f, metaCategories)), &out) != nil {
		return nil
	}
	return out
}

// Find returns the index of the first column with the role, or -1.
func Find(s *arrow.Schema, role Role) int {
	for i, f := range s.Fields() {
		if RoleOf(f) == role {
			return i
		}
	}
	return -1
}

// FindAdded returns the index of the column with the role that the stage
// added, or -1.
func FindAdded(s *arrow.Schema, role Role, stageID string) int {
	for i, f := range s.Fields() {
		if RoleOf(f) == role && AddedBy(f) == stageID {
			return i
		}
	}
	return -1
}

func get(f arrow.Field, name string) string {
	if i := f.Metadata.FindKey(name); i >= 0 {
		return f.Metadata.Values()[i]
	}
	return ""
}

func set(f arrow.Field, name, value string) arrow.Field {
	keys, values := []string{}, []string{}
	for i, k := range f.Metadata.Keys() {
		if k != name {
			keys, values = append(keys, k), append(values, f.Metadata.Values()[i])
		}
	}
	f.Metadata = arrow.NewMetadata(append(keys, name), append(values, value))
	return f
}
