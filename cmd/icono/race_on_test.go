//go:build race

package main

// race says that this program and the ones it starts are watched for races,
// which makes each start take seconds.
const race = true

// posts is the number of rows of the study that is interrupted.
const posts = 60
