package pipeline

import (
	"fmt"
	"strings"

	"icono/internal/diag"
	"icono/internal/source"
)

func (d *Document) spec(n *source.Node, list *diag.List) Spec {
	checkKeys(n, "a stage", stageKeys(), list)
	s := Spec{at: n.Span, With: n.Get("with"), OnFault: Keep()}
	s.idAt, s.kindAt = head(n.Span), head(n.Span)
	if v := n.Get("id"); v != nil {
		s.idAt = v.Span
	} else {
		list.Error("required", s.idAt, "a stage has no `id`", "name it: `- id: posts`")
	}
	if s.ID = text(n, "id", list); (s.ID != "" || n.Get("id") != nil && n.Get("id").Tag == "!!str") && !idPattern.MatchString(s.ID) {
		list.Error("bad-id", s.idAt, fmt.Sprintf("`%s` cannot be an id", s.ID), "use letters, digits, - and _, and begin with a letter")
	}
	if v := n.Get("kind"); v != nil {
		s.kindAt = v.Span
	} else {
		list.Error("required", s.idAt, "a stage has no `kind`", "say what it does: `kind: load`")
	}
	s.Kind = text(n, "kind", list)
	s.from(n.Get("from"), list)
	if v := n.Get("on_fault"); v != nil {
		s.faultAt = v.Span
		policy, err := ParsePolicy(v.Text)
		if err != nil || v.Form != source.Scalar || v.Tag != "!!str" {
			list.Error("not-a-choice", v.Span, "`on_fault` cannot be "+v.Describe(), "choose keep, drop, stop, or a share as in `stop above 5%`")
		} else {
			s.OnFault = policy
		}
	}
	return s
}

func (s *Spec) from(v *source.Node, list *diag.List) {
	if v == nil {
		return
	}
	s.HasFrom, s.fromAt = true, v.Span
	const hint = "for example `from: posts` or `from: [posts, codes]`"
	items := v.Items
	switch {
	case v.IsNull():
		list.Error("no-value", v.Span, "`from` has no value", "name a stage, or remove the line to read the stage before")
		s.badFrom = true
	case v.Form != source.Sequence:
		items = []*source.Node{v}
	}
	for _, item := range items {
		if item.Form != source.Scalar || item.IsNull() {
			list.Error("type", item.Span, "`from` names stages by their ids, not by "+item.Describe(), hint)
			s.badFrom = true
			continue
		}
		s.From = append(s.From, Ref{strings.TrimSpace(item.Text), item.Span})
	}
}

// head is the first place of a span, for what is absent from it.
func head(s source.Span) source.Span {
	return source.Span{File: s.File, Start: s.Start, End: s.Start + 1}
}
