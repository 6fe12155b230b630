//go:build !race

package main

const race = false

// posts is the number of rows of the study that is interrupted.
const posts = 150
