// Package option holds the types of options that plain Go types cannot say.
//
// A configuration is a struct whose fields carry `yaml` names. Besides these
// types a field may be a string, bool, int, float64, a named string, a struct,
// a pointer to one of them (nil where the option is absent) or a slice (a
// single value stands for a list of one). Options that several kinds have are a
// struct embedded with the tag `yaml:",inline"`. Tags constrain: required:"true",
// enum:"a,b", min:"0", max:"1" (numbers, or lengths of lists and texts), and
// example:"..." is shown in the documentation. operational:"true" marks an option
// that decides the speed and not the results, unordered:"true" a mapping whose
// order says nothing. Doc comments are the prose.
package option

// Expression is the text of an expression over the columns of a row. YAML
// numbers and booleans are taken as their text.
type Expression string

// Path is a file or folder, relative to the pipeline file, with slashes.
type Path string

// Secret is the name of the environment variable that holds a key or a token,
// written `${NAME}` in the pipeline. The value itself never stands in a file.
type Secret string

// Endpoint is the address of a server, in which `${NAME}` stands for the value
// of an environment variable.
type Endpoint string

// Map is a mapping with keys of the user's, in the file's order.
type Map[V any] []Entry[V]

// Entry is one entry of a Map.
type Entry[V any] struct {
	Key   string
	Value V
}

// IsMap marks every Map for the decoder.
func (Map[V]) IsMap() {}

// Get returns the value under a key.
func (m Map[V]) Get(key string) (V, bool) {
	for _, e := range m {
		if e.Key == key {
			return e.Value, true
		}
	}
	var none V
	return none, false
}

// Keys returns the keys in order.
func (m Map[V]) Keys() []string {
	keys := make([]string, len(m))
	for i, e := range m {
		keys[i] = e.Key
	}
	return keys
}

// Pairs are pairs of columns: a name (`on: ID`), a list of names
// (`on: [ID, Username]`) or a mapping from left to right (`on: {ID: post_id}`).
type Pairs []Pair

// Pair is a column of the left table and one of the right.
type Pair struct{ Left, Right string }
