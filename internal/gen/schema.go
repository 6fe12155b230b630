package main

import (
	"icono/internal/config"
	"icono/internal/gen/docs"
	"icono/internal/pipeline"
	"icono/internal/stage"
)

const dialect = "https://json-schema.org/draft/2020-12/schema"

// object is a short form of a JSON object in order.
func object(pairs ...any) config.Object {
	var o config.Object
	for i := 0; i < len(pairs); i += 2 {
		o = append(o, config.Member{Name: pairs[i].(string), Value: pairs[i+1]})
	}
	return o
}

func kindSchema(k stage.Kind, prose *docs.Prose) config.Object {
	head := object("$schema", dialect, "title", "Options of the kind "+k.Name, "description", prose.Kind("icono/"+folder(k)))
	return append(head, config.Schema(config.Describe(k.NewConfig()), prose.Field)...)
}

func pipelineSchema(kinds []stage.Kind, prose *docs.Prose) config.Object {
	names, about, defs, rules := []string{}, []string{}, config.Object{}, []any{}
	for _, k := range kinds {
		names = append(names, k.Name)
		about = append(about, prose.Kind("icono/"+folder(k)))
		options := config.Describe(k.NewConfig())
		defs = append(defs, config.Member{Name: k.Name, Value: config.Schema(options, prose.Field)})
		then := object("properties", object("with", object("$ref", "#/$defs/"+k.Name)))
		if needsOptions(options) {
			then = append(then, config.Member{Name: "required", Value: []string{"with"}})
		}
		if k.Inputs.Max == 0 {
			then = append(then, config.Member{Name: "not", Value: object("required", []string{"from"}, "properties", object("from", object("minItems", 1)))})
		}
		rules = append(rules, object("if", object("properties", object("kind", object("const", k.Name)), "required", []string{"kind"}), "then", then))
	}
	text := func(doc string) config.Object { return object("description", doc, "type", "string") }
	ref := object("type", "string")
	item := object("type", "object",
		"properties", object(
			"id", object("description", "The name of the stage, unique in the file: letters, digits, - and _.", "type", "string", "pattern", "^[A-Za-z][A-Za-z0-9_-]*$"),
			"kind", object("description", "What the stage does.", "type", "string", "enum", names, "markdownEnumDescriptions", about),
			"from", object("description", "The stage or stages whose rows this one reads; without it, the stage before.",
				"anyOf", []any{ref, object("type", "array", "items", ref)}),
			"with", object("description", "The options of the kind.", "type", []string{"object", "null"}),
			"on_fault", object("description", "What happens to rows that the stage could not do: keep them with their status, drop them, or stop the run at the first or above a share (`stop above 5%`).",
				"type", "string", "pattern", pipeline.PolicyPattern, "default", "keep")),
		"required", []string{"id"}, "additionalProperties", false, "allOf", rules)
	whole := object("required", []string{"version", "stages"}, "properties", object("stages", object("items", object("required", []string{"id", "kind"}))))
	return object("$schema", dialect, "title", "icono pipeline", "description", "A study as a list of stages, run by icono.", "type", "object",
		"properties", object(
			"version", object("description", "The version of this grammar.", "const", pipeline.Version),
			"extends", text("A pipeline file in the same folder that this one changes: keys that stand here replace its own, and stages that are named by their id get the options that stand here; an option that is null (~) is removed."),
			"name", text("A short name of the study."),
			"about", text("What the study asks."),
			"seed", object("description", "The number that every random choice starts from: the same seed gives the same sample.", "type", "integer", "minimum", 0, "default", 0),
			"budget", object("description", "What a run may spend on models, in US dollars. At the limit the run ends tidily and can be gone on with.", "type", "number", "exclusiveMinimum", 0),
			"prices", text("A file with prices of models, besides the built-in ones."),
			"pictures", text("A file with what is known of pictures that are not here: their hashes and sizes. `icono share` writes it, so that a study is replayed without them."),
			"stages", object("description", "What is done, in order.", "type", "array", "minItems", 1, "items", item)),
		"required", []string{"version"}, "additionalProperties", false,
		"if", object("not", object("required", []string{"extends"})), "then", whole, "$defs", defs)
}

func needsOptions(options []config.Option) bool {
	for _, o := range options {
		if o.Required && o.Default == nil {
			return true
		}
	}
	return false
}
