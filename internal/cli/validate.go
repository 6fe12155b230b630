package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) validateCommand() *cobra.Command {
	var flags studyFlags
	c := &cobra.Command{
		Use:   "validate [FILE or FOLDER]",
		Short: "Check a pipeline and run nothing",
		Long: `Check a pipeline file whole: its grammar, every option, every expression against
the columns that reach it, and the columns of every stage to the end. All faults
are reported at once. Tables are read as far as their types need; pictures,
models and the network are not touched.

With GITHUB_ACTIONS=true the faults are also printed as annotations.`,
		Example: `  icono validate
  icono validate studies/stories.yaml
  icono validate --json studies/stories.yaml | jq .`,
		Args: atMost(1, "file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.open(c.Context(), args, flags, false)
			if err != nil {
				return err
			}
			defer s.close()
			if err := a.show(s.faults); err != nil {
				return err
			}
			if !a.json {
				last := s.plan.Stages[len(s.plan.Stages)-1]
				fmt.Fprintf(a.Out, "%s is fine: %s, %s at the end\n", s.plan.Doc.File.Name, count(len(s.plan.Stages), "stage"), count(last.Out.NumFields(), "column"))
			}
			return nil
		},
	}
	flags.register(c)
	return c
}
