package asking_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/chat"
	"icono/internal/chat/chattest"
	"icono/internal/coding"
	"icono/internal/price"
)

const (
	priceIn, priceOut = 10, 30 // thousandths of a cent for a token
	mostOut           = 100    // tokens
)

// desk opens a study in a folder.
func desk(t testing.TB, folder string, dollars float64) *asking.Desk {
	t.Helper()
	prices, err := price.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	file, faults := price.Parse("p.yaml", fmt.Sprintf("version: 1\ndate: \"2026-11-01\"\nmodels:\n  - {model: local-vision, input: %d, cached: 1, output: %d, images: {rule: fixed, base: 100}}\n", priceIn, priceOut))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	o := asking.Options{Folder: filepath.Join(folder, ".icono"), Cassettes: folder, Mode: answers.NewEpisodes, Prices: prices.With("p.yaml", file), Variable: func(string) string { return "sk-planted-0123456789" }}
	if dollars > 0 {
		limit, err := price.Dollars(dollars)
		if err != nil {
			t.Fatal(err)
		}
		o.Limit = &limit
	}
	return asking.New(o)
}

func line(t testing.TB, d *asking.Desk, url string) *asking.Line {
	t.Helper()
	l, err := d.Line(t.Context(), "frames", asking.Server{BaseURL: url, Key: "K", Model: "local-vision", Concurrency: 64, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func question(n int) coding.Question {
	most := int64(mostOut)
	return coding.Question{Row: fmt.Sprint(n), Request: chat.Request{Model: "local-vision", System: strings.Repeat("Code what you see. ", 20),
		Messages: []chat.Message{{Role: chat.User, Parts: []chat.Part{chat.Text(fmt.Sprintf("This is the row %06d.", n))}}}, Parameters: chat.Parameters{MaxTokens: &most}}}
}

// askAll asks n questions, 64 at once, until one ends the asking.
func askAll(ctx context.Context, l *asking.Line, n int) (coded int, faults []error, end error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	next := 0
	for range 64 {
		all.Go(func() {
			for {
				mu.Lock()
				k := next
				next++
				over := k >= n || end != nil
				mu.Unlock()
				if over {
					return
				}
				_, err := l.Ask(ctx, question(k))
				mu.Lock()
				var fault *coding.Fault
				switch {
				case err == nil:
					coded++
				case errors.As(err, &fault):
					faults = append(faults, fault)
				case end == nil:
					end = err
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return coded, faults, end
}

// The cap holds whatever a server says that it counted: what its figures come to,
// and what the account says, is never more than the budget unless a single
// answer, asked alone, is.
func TestBudgetHoldsUnderAnyUsage(t *testing.T) {
	const boundIn, boundOut = 412, mostOut // what the estimate allows at most, about
	at := func(factor float64) *chattest.Usage {
		return &chattest.Usage{Input: int64(boundIn * factor), Output: int64(boundOut * factor)}
	}
	worst := float64(boundIn*priceIn+boundOut*priceOut) / 1e6 // dollars
	for _, c := range []struct {
		name   string
		usage  func(seq int) *chattest.Usage
		budget float64 // in worst cases
		alone  bool    // the first answer passes the cap
		says   string
	}{
		{"at the bound", func(int) *chattest.Usage { return at(1) }, 40, false, ""},
		{"a tenth", func(int) *chattest.Usage { return at(0.1) }, 40, false, ""},
		{"ten times the bound", func(int) *chattest.Usage { return at(10) }, 100, false, "up to 9.9 times"},
		{"ten times the bound, little money", func(int) *chattest.Usage { return at(10) }, 4, true, "the first answer alone cost"},
		{"twice the bound, hardly any money", func(int) *chattest.Usage { return at(2) }, 1.5, true, "the first answer alone cost"},
		{"growing by steps", func(seq int) *chattest.Usage { return at(0.1 * float64(seq)) }, 150, false, ""},
		{"growing fast", func(seq int) *chattest.Usage { return at(0.2 * math.Pow(1.3, float64(seq))) }, 200, false, ""},
		{"to and fro", func(seq int) *chattest.Usage { return at([]float64{0.5, 3, 0.1, 2}[seq%4]) }, 100, false, ""},
		{"missing", func(int) *chattest.Usage { return nil }, 40, false, ""},
		{"missing at times", func(seq int) *chattest.Usage {
			if seq%2 == 0 {
				return nil
			}
			return at(3)
		}, 100, false, ""},
		{"negative", func(int) *chattest.Usage { return &chattest.Usage{Input: -1000, Output: -50} }, 40, false, ""},
		{"nothing", func(int) *chattest.Usage { return &chattest.Usage{} }, 40, false, ""},
		{"more cached than there is", func(int) *chattest.Usage { return &chattest.Usage{Input: 400, Cached: 100_000, Output: 10} }, 1000, false, ""},
		{"large", func(int) *chattest.Usage { return &chattest.Usage{Input: 1 << 39, Output: 1 << 39} }, 40, true, "the first answer alone cost"},
		{"absurd", func(int) *chattest.Usage { return &chattest.Usage{Input: math.MaxInt64, Output: math.MaxInt64} }, 40, true, "cannot be trusted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var first, sum float64 // dollars, by the server's figures
			paid, flying, most := 0, 0, 0
			s := chattest.Start(t, chattest.Options{Script: func(call *chattest.Call) chattest.Behaviour {
				mu.Lock()
				defer mu.Unlock()
				b := chattest.Says("indoors")
				b.Usage, b.Delay = c.usage(call.Seq), 5*time.Millisecond
				b.NoUsage = b.Usage == nil
				cost := worst
				if u := b.Usage; u != nil && u.Input > 0 && u.Output > 0 {
					cost = (float64(u.Input)*priceIn + float64(u.Output)*priceOut) / 1e6
					if u.Cached > u.Input {
						cost += float64(u.Cached) * priceIn / 1e6
					}
				}
				if paid++; paid == 1 {
					first = cost
				}
				sum += cost
				flying++
				most = max(most, flying)
				time.AfterFunc(5*time.Millisecond, func() { mu.Lock(); flying--; mu.Unlock() })
				return b
			}})
			limit := worst * c.budget
			d := desk(t, t.TempDir(), limit)
			coded, faults, end := askAll(t.Context(), line(t, d, s.URL), 400)
			account := d.Spending()
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			t.Logf("%d coded, %d at once; %s; %v", coded, most, account, end)
			if len(faults) > 0 {
				t.Error(faults[0])
			}
			if account.Cost < 0 || account.Reserved != 0 {
				t.Errorf("%+v", account)
			}
			if end != nil && !errors.Is(end, coding.ErrBudget) {
				t.Fatal(end)
			}
			if c.alone {
				if paid != 1 || end == nil {
					t.Errorf("%d asked, %v", paid, end)
				}
				if c.name != "absurd" && first <= limit {
					t.Error("the test's first answer fits")
				}
			} else {
				if sum > limit*(1+1e-9) || account.Cost > price.Money(limit*1e9)+1 {
					t.Errorf("%f paid of %f by the server, %s by the account", sum, limit, account.Cost)
				}
				if coded < 3 || coded < 400 && end == nil {
					t.Errorf("only %d coded: %v", coded, end)
				}
			}
			if c.says != "" && (end == nil || !strings.Contains(end.Error(), c.says)) {
				t.Errorf("it says %v", end)
			}
			if account.Above > 0 && !strings.Contains(account.String(), "worst case") {
				t.Errorf("the summary says %s", account)
			}
		})
	}
}
