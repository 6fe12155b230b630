package config

import (
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"

	"icono/internal/source"
)

// variable is the one form in which an environment variable is named.
var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// secret takes the name of an environment variable. What stands there instead
// may be a key, so it is neither shown nor repeated.
func (d decoder) secret(n *source.Node, v reflect.Value, o Option) {
	if m := variable.FindStringSubmatch(n.Text); n.Form == source.Scalar && m != nil && m[0] == strings.TrimSpace(n.Text) {
		v.SetString(m[1])
		return
	}
	if n.Span.File != nil {
		n.Span.File.Hide(n.Span)
	}
	hint := "name an environment variable that holds it: `" + o.Name + ": ${OPENAI_API_KEY}`"
	if o.Example != "" {
		hint = "name an environment variable that holds it: `" + o.Name + ": " + o.Example + "`"
	}
	d.list.Error("secret", n.Span, fmt.Sprintf("`%s` must name an environment variable, since keys do not belong into a file", o.Name), hint)
}

// endpoint takes an address whose password, if any, is a variable.
func (d decoder) endpoint(n *source.Node, v reflect.Value, o Option) {
	if n.Form != source.Scalar || n.Tag != "!!str" {
		d.wrong(n, o, "an address")
		return
	}
	if u, err := url.Parse(variable.ReplaceAllString(n.Text, "x")); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		if m := variable.FindString(n.Text); m == "" || !strings.HasPrefix(n.Text, m) {
			d.list.Error("address", n.Span, fmt.Sprintf("`%s` must be an address", o.Name), "for example `http://localhost:11434/v1`, or `${NAME}` of an environment variable")
			return
		}
	} else if _, has := u.User.Password(); has {
		n.Span.File.Hide(n.Span)
		d.list.Error("secret", n.Span, fmt.Sprintf("`%s` holds a password, which does not belong into a file", o.Name), "put the address into an environment variable: `${NAME}`")
		return
	}
	v.SetString(n.Text)
}
