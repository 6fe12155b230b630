package codebook

import (
	"fmt"
	"strconv"
)

// Pair is a value of a free answer. Null marks a JSON null, whose Text is empty.
type Pair struct {
	Name, Text string
	Null       bool
}

// Flatten turns a free answer into named texts, for prompts of one's own: names
// of nested objects are joined with _, elements of lists have their number from
// 0 for a name, numbers keep their digits. Empty objects and lists give nothing.
// Names that stand twice, also after joining, are an error.
func Flatten(answer []byte) ([]Pair, error) {
	raw, err := Extract(answer)
	if err != nil {
		return nil, &Invalid{[]string{err.Error()}}
	}
	v, err := read(raw)
	if err != nil {
		return nil, &Invalid{[]string{err.Error()}}
	}
	f := flattener{seen: map[string]bool{}}
	f.add("", v)
	if len(f.faults) > 0 {
		return nil, &Invalid{f.faults}
	}
	return f.out, nil
}

type flattener struct {
	out    []Pair
	seen   map[string]bool
	faults []string
}

func (f *flattener) add(name string, v value) {
	join := func(part string) string {
		if name == "" {
			return part
		}
		return name + "_" + part
	}
	switch v.form {
	case object:
		for _, twice := range v.twice {
			f.faults = append(f.faults, fmt.Sprintf("`%s` stands more than once in the answer", shortened(join(twice))))
		}
		for i, part := range v.names {
			f.add(join(part), v.members[i])
		}
	case list:
		for i, item := range v.items {
			f.add(join(strconv.Itoa(i)), item)
		}
	default:
		if f.seen[name] {
			f.faults = append(f.faults, fmt.Sprintf("two values of the answer have the name `%s` once their names are joined", shortened(name)))
			return
		}
		f.seen[name] = true
		f.out = append(f.out, Pair{name, v.text, v.form == null})
	}
}
