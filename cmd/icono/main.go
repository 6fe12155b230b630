// Command icono codes images from one YAML file.
package main

import (
	"context"
	"os"
	"strings"

	"icono/internal/cli"
)

// release is the version that reports and locks state: equal releases give equal
// bytes.
const release = "0.1.0"

// commit is set by the build.
var commit string

func main() {
	version := strings.TrimSpace(release + " " + commit)
	os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, version))
}
