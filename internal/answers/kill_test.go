package answers

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// writerFolder names the folder into which this test binary, started again,
// stores answers until it is killed.
const writerFolder = "ANSWERS_TEST_FOLDER"

func numbered(writer, n int) Request {
	r := prompt(n)
	r.Row = fmt.Sprintf("%d/%d/%d", os.Getpid(), writer, n)
	r.Body = append(r.Body, fmt.Sprintf(" %s", r.Row)...)
	return r
}

func writeUntilKilled(folder string) {
	ctx := context.Background()
	st, err := Open(ctx, folder)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	s, err := NewSession(ctx, "frames", Options{Store: st, Mode: NewEpisodes})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var all sync.WaitGroup
	for writer := range 16 {
		all.Go(func() {
			for n := 0; ; n++ {
				r := numbered(writer, n)
				if _, _, err := s.Do(ctx, r, says(r.Row)); err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				os.Stdout.WriteString(r.Key().String() + "\n") // one system call: whole or not at all
			}
		})
	}
	all.Wait()
}

// What Do returned survives kill -9, of one program and of two beside each
// other.
func TestKilledProgramsLoseNothing(t *testing.T) {
	folder := t.TempDir()
	var promised []string
	for round := range 6 {
		var programs sync.WaitGroup
		var mu sync.Mutex
		for range 1 + round%2 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), writerFolder+"="+folder)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			programs.Go(func() {
				lines := bufio.NewScanner(out)
				for n := 0; lines.Scan(); n++ {
					if n == 0 {
						time.AfterFunc(time.Duration(rand.IntN(300))*time.Millisecond, func() { cmd.Process.Kill() })
					}
					mu.Lock()
					promised = append(promised, lines.Text())
					mu.Unlock()
				}
				cmd.Wait()
			})
		}
		programs.Wait()
		st, err := Open(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range promised {
			k, err := ParseKey(text)
			if err != nil {
				t.Fatal(err)
			}
			if a, _, err := st.now(t.Context()).answer(k, "", ""); err != nil || a == nil {
				t.Fatalf("round %d: the answer to %s is lost: %v", round, k, err)
			}
		}
		if err := st.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(promised) < 6*16 {
		t.Errorf("only %d answers in 6 rounds: the programs did not work", len(promised))
	}
	t.Logf("%d answers, none lost", len(promised))
}
