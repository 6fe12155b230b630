package transport

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestTokensAreUsed holds the share of the tokens per minute that is used when
// estimates are wrong, by a server that counts what was used in a sliding
// minute, and that tells its limit or does not.
func TestTokensAreUsed(t *testing.T) {
	const limit, mean = 2_000_000, 1500
	for _, c := range []struct {
		name     string
		estimate float64 // of the actual use
		learned  bool
	}{{"right", 1, false}, {"twice", 2, false}, {"right, learned", 1, true}, {"twice, learned", 2, true}, {"too low, learned", 0.8, true}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				random := rand.New(rand.NewPCG(3, 4))
				type entry struct {
					at     time.Time
					tokens int
				}
				var log []entry
				sum, total, refusals, answers := 0, 0, 0, 0
				tr := New(base(func(r *http.Request) (*http.Response, error) {
					mu.Lock()
					var need int
					fmt.Sscan(r.Header.Get("X-Need"), &need)
					now := time.Now()
					for len(log) > 0 && now.Sub(log[0].at) >= time.Minute {
						sum -= log[0].tokens
						log = log[1:]
					}
					status := 200
					if sum+need > limit {
						status = 429
						refusals++
					} else {
						sum += need
						total += need
						answers++
						log = append(log, entry{now, need})
					}
					h := []string{}
					if c.learned {
						h = []string{"X-Ratelimit-Limit-Tokens", fmt.Sprint(limit), "X-Ratelimit-Remaining-Tokens", fmt.Sprint(limit - sum), "X-Ratelimit-Reset-Tokens", "2s"}
					}
					wait := time.Duration(200+random.IntN(300)) * time.Millisecond
					mu.Unlock()
					time.Sleep(wait)
					return respond(status, h...)
				}), Options{Concurrency: 64, TokensPerMinute: map[bool]float64{false: limit}[c.learned]})
				const minutes = 4
				ctx, cancel := context.WithTimeout(t.Context(), minutes*time.Minute)
				defer cancel()
				var wg sync.WaitGroup
				for i := range 64 {
					wg.Go(func() {
						random := rand.New(rand.NewPCG(5, uint64(i)))
						for ctx.Err() == nil {
							need := mean/2 + random.IntN(mean)
							call := &Call{Tokens: int64(float64(need) * c.estimate)}
							req, _ := http.NewRequestWithContext(WithCall(ctx, call), "POST", "https://api.example/", strings.NewReader("{}"))
							req.Header.Set("X-Need", fmt.Sprint(need))
							if resp, err := tr.RoundTrip(req); err == nil {
								resp.Body.Close()
								call.Settle(int64(need))
							} else if ctx.Err() == nil {
								t.Error(err)
							}
						}
					})
				}
				wg.Wait()
				used, share := float64(total)/(limit*minutes), float64(refusals)/float64(refusals+answers)
				t.Logf("%.4f of the tokens, %.3f %% refused", used, 100*share)
				if used < 0.975 || share > 0.001 {
					t.Errorf("%.4f of the tokens, %.3f %% refused", used, 100*share)
				}
			})
		})
	}
}

// TestSettleOnceOrTwice corrects by the difference only.
func TestSettleOnceOrTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := New(base(func(*http.Request) (*http.Response, error) { return respond(200) }), Options{TokensPerMinute: 60 * 100})
		call := &Call{Tokens: 1000}
		call.Settle(5) // before it was sent: nothing to correct
		began := time.Now()
		if err := ask(WithCall(t.Context(), call), tr); err != nil {
			t.Fatal(err)
		}
		call.Settle(5000)
		call.Settle(200)
		call.Settle(-1)
		if err := ask(WithCall(t.Context(), &Call{Tokens: 1}), tr); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d < 1900*time.Millisecond || d > 2100*time.Millisecond {
			t.Errorf("the next request waited %s for 200 tokens at 100 a second", d)
		}
	})
}
