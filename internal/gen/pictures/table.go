package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"
)

// A post is one row of the study's table, and the picture that it names.
type post struct {
	account string
	day     string // "2006-01-02 15:04:05", UTC
	caption string
	ext     string
	draw    func() *canvas
	photo   string // a photograph's file in scikit-image's data, instead of draw
	broken  bool   // the file is cut off, as an aborted download leaves it
	missing bool   // the table has the row, the folder lacks the file
}

// users are the invented accounts' numbers and whether they are verified.
func users() map[string]struct {
	id       uint64
	verified bool
} {
	return map[string]struct {
		id       uint64
		verified bool
	}{
		"partei.morgenrot":  {2149321043, true},
		"blaues.ufer":       {8094417265, true},
		"nachtlicht.verein": {5530198872, false},
		"fuchsbau.zeitung":  {1187264930, true},
	}
}

// id is the post's id in the manner of the platform: milliseconds since its
// epoch in the upper bits, then an underscore and the user's number.
func (p post) id() string {
	at, err := time.Parse(time.DateTime, p.day)
	if err != nil {
		panic(err)
	}
	const epoch = 1314220021721
	number := uint64(at.UnixMilli()-epoch)<<23 | uint64(at.Unix()*2654435761)&0x7fffff
	return fmt.Sprintf("%d_%d", number, users()[p.account].id)
}

// file is the name of the post's picture in its account's folder.
func (p post) file() string { return p.id() + "." + p.ext }

// writePosts writes the table of posts as an export of the platform's stories
// looks like.
func writePosts(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"ID", "Time of Posting", "Type of Content", "Username", "Caption", "Is Verified", "File"}}
	for _, p := range posts() {
		verified := "False"
		if users()[p.account].verified {
			verified = "True"
		}
		rows = append(rows, []string{p.id(), p.day, "Image", p.account, p.caption, verified, p.file()})
	}
	return out.WriteAll(rows)
}
