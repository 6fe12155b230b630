package answers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// With these variables the test binary, started again, asks a server shared
// questions through the store in a folder.
const (
	askerFolder = "ANSWERS_TEST_ASK_FOLDER"
	askerURL    = "ANSWERS_TEST_ASK_URL"
	questions   = 500
	askersEach  = 32
)

func askAll(folder, url string) {
	ctx := context.Background()
	fail := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	st, err := Open(ctx, folder)
	fail(err)
	s, err := NewSession(ctx, "frames", Options{Store: st, Mode: NewEpisodes})
	fail(err)
	rows := make(chan int)
	var all sync.WaitGroup
	for range askersEach {
		all.Go(func() {
			for row := range rows {
				_, _, err := s.Do(ctx, prompt(row), func(ctx context.Context) (Answer, error) {
					resp, err := http.Get(fmt.Sprintf("%s/%d", url, row))
					if err != nil {
						return Answer{}, err
					}
					defer resp.Body.Close()
					text, err := io.ReadAll(resp.Body)
					return Answer{Body: text}, err
				})
				fail(err)
			}
		})
	}
	for row := range questions {
		rows <- row
	}
	close(rows)
	all.Wait()
	fail(st.Close())
	os.Exit(0)
}

// counting answers slowly and counts what it was asked.
type counting struct {
	mu    sync.Mutex
	asked map[string]int
	n     int
	hook  func(n int)
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.asked[r.URL.Path]++
	c.n++
	n := c.n
	c.mu.Unlock()
	if c.hook != nil {
		c.hook(n)
	}
	time.Sleep(5 * time.Millisecond)
	fmt.Fprintf(w, `{"path":%q}`, r.URL.Path)
}

// counts are the questions that were asked, and the times beyond the first.
func (c *counting) counts() (asked, twice int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.asked), c.n - len(c.asked)
}

// start starts the test binary again.
func start(t *testing.T, folder, url string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), askerFolder+"="+folder, askerURL+"="+url)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// Two programs that ask the same at the same time pay each request once.
func TestTwoProgramsPayOnce(t *testing.T) {
	c := &counting{asked: map[string]int{}}
	h := httptest.NewServer(c)
	defer h.Close()
	folder := t.TempDir()
	programs := []*exec.Cmd{start(t, folder, h.URL), start(t, folder, h.URL)}
	for _, p := range programs {
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	if asked, twice := c.counts(); asked != questions || twice != 0 {
		t.Errorf("%d questions were asked, %d twice", asked, twice)
	}
}

// When one of two is killed, the other asks again what the dead one had in
// flight, and nothing else.
func TestKilledProgramLeavesItsRequests(t *testing.T) {
	for round := range 3 {
		var first *exec.Cmd
		var once sync.Once
		ready := make(chan struct{})
		c := &counting{asked: map[string]int{}}
		c.hook = func(n int) {
			if n >= 60+70*round {
				once.Do(func() { <-ready; _ = first.Process.Kill() })
			}
		}
		h := httptest.NewServer(c)
		folder := t.TempDir()
		first = start(t, folder, h.URL)
		second := start(t, folder, h.URL)
		close(ready)
		_ = first.Wait() // killed
		if err := second.Wait(); err != nil {
			t.Error(err)
		}
		h.Close()
		if asked, twice := c.counts(); asked != questions || twice > askersEach {
			t.Errorf("%d questions were asked, %d twice", asked, twice)
		}
	}
}

// Who waits for another program's answer can be cancelled.
func TestWaitingForAnotherProgramEnds(t *testing.T) {
	folder := t.TempDir()
	h := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer h.Close()
	s := open(t, folder)
	first := start(t, folder, h.URL)
	defer func() { _ = first.Process.Kill(); _ = first.Wait() }()
	for tryLock(s.asking.fd, byteFor(prompt(0).Key())) {
		unlock(s.asking.fd, byteFor(prompt(0).Key()))
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("stopped")
	time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
	if _, _, err := begin(t, Options{Store: s, Mode: NewEpisodes}).Do(ctx, prompt(0), never(t)); !errors.Is(err, why) {
		t.Error(err)
	}
}

// BenchmarkAskLock is what one request pays for the lock and the second look,
// with as many others locked as a run has in flight.
func BenchmarkAskLock(b *testing.B) {
	s := open(b, b.TempDir())
	one := begin(b, Options{Store: s, Mode: NewEpisodes})
	do(b, one, prompt(-1), says("x"))
	for row := range 64 {
		tryLock(s.asking.fd, byteFor(prompt(1_000_000+row).Key()))
	}
	r := prompt(1)
	k := r.Key()
	for b.Loop() {
		if err := s.asking.lock(b.Context(), k); err != nil {
			b.Fatal(err)
		}
		if one.o.Store.now(b.Context()).any(k) {
			b.Fatal("stored")
		}
		s.asking.unlock(k)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N), "µs/request")
}
