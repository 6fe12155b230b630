package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"icono/schemas"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON Schema of pipeline files or of a kind",
		Long: `Print a JSON Schema (draft 2020-12). With it an editor completes kinds and options
and shows their documentation while you write.`,
		Example: `  icono schema > pipeline.schema.json    # then, as the first line of a pipeline:
  # yaml-language-server: $schema=pipeline.schema.json
  icono schema clip                      # the options of one kind`,
		Args: atMost(1, "name"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return schemas.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name := "pipeline"
			if len(args) > 0 {
				name = args[0]
			}
			text, err := schemas.Read(name)
			if err != nil {
				return wrong("there is no schema %q\nchoose %s", name, strings.Join(schemas.Names(), ", "))
			}
			_, err = a.Out.Write(text)
			return err
		},
	}
}
