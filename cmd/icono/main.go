// Command icono codes images from one YAML file.
package main

import (
	"context"
	"os"

	"icono/internal/cli"
)

// version is set by the build.
var version = "development"

func main() {
	os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, version))
}
