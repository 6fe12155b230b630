package ensemble

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"icono/internal/ensemble"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// candidates are the categories of a vote: those that are stated, else those of
// the inputs in their order, nil where an input's are not known.
func (c Config) candidates(inputs []input) ([]string, error) {
	if len(c.Categories) > 0 {
		var errs []error
		for _, p := range inputs {
			for _, code := range p.known {
				if !slices.Contains(c.Categories, code) {
					errs = append(errs, wrong(fmt.Sprintf("the input `%s` has the category `%s`, which is none of `categories`", p.name, code), mapping(code, c.Categories), "inputs", p.name))
				}
			}
		}
		return c.Categories, errors.Join(errs...)
	}
	var all []string
	for _, p := range inputs {
		if p.known == nil {
			return nil, nil
		}
		for _, code := range p.known {
			if !slices.Contains(all, code) {
				all = append(all, code)
			}
		}
	}
	return all, nil
}

// mapping hints at a crosswalk from a category to the most similar one.
func mapping(code string, categories []string) string {
	near := suggest.Nearest(code, categories)
	if near == "" {
		near = categories[0]
		return fmt.Sprintf("add it, or say what it means: `crosswalk: {%s: %s}`", code, near)
	}
	return fmt.Sprintf("did you mean `%s`? `crosswalk: {%s: %s}` says so", near, code, near)
}

// alike warns of categories of two inputs that differ a little: votes for them
// would never meet.
func alike(inputs []input) error {
	var errs []error
	lacks := func(a, b input) (out []string) {
		for _, code := range a.known {
			if !slices.Contains(b.known, code) {
				out = append(out, code)
			}
		}
		return out
	}
	for i, a := range inputs {
		for _, b := range inputs[i+1:] {
			if a.known == nil || b.known == nil {
				continue
			}
			theirs := lacks(b, a)
			for _, code := range lacks(a, b) {
				if near := suggest.Nearest(code, theirs); near != "" {
					w := wrong(fmt.Sprintf("`%s` of the input `%s` and `%s` of `%s` are two categories here", code, a.name, near, b.name),
						fmt.Sprintf("if they are one, say so: `crosswalk: {%s: %s}`", code, near), "inputs", a.name)
					w.Warning = true
					errs = append(errs, w)
				}
			}
		}
	}
	return errors.Join(errs...)
}

// serious are the errors that are no warnings.
func serious(errs ...error) error {
	var out []error
	for _, err := range errs {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			err = serious(many.Unwrap()...)
		}
		var o *stage.OptionError
		if err != nil && !(errors.As(err, &o) && o.Warning) {
			out = append(out, err)
		}
	}
	return errors.Join(out...)
}

// prefers checks the categories that decide ties.
func (c Config) prefers(categories []string) error {
	if c.Ties != string(ensemble.ByOrder) || categories == nil {
		return nil
	}
	var errs []error
	for i, code := range c.Prefer {
		if !slices.Contains(categories, code) {
			errs = append(errs, wrong(fmt.Sprintf("there is no category `%s`", code), suggest.Hint(code, categories), "prefer", strconv.Itoa(i)))
		}
	}
	return errors.Join(errs...)
}
