package gpt_test

import (
	"testing"

	"icono/internal/asking"
	"icono/internal/chat/chattest"
	"icono/internal/price"
	"icono/stages/gpt"
)

// prices knows what local-vision costs, and half of it in batches.
func prices(t *testing.T) *price.Table {
	t.Helper()
	table, err := price.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	file, faults := price.Parse("p.yaml", "version: 1\ndate: \"2026-11-01\"\nmodels:\n  - {model: local-vision, input: 10, output: 30, batch: 0.5, images: {rule: fixed, base: 100}}\n")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return table.With("p.yaml", file)
}

// The budget holds over batches too: what does not fit at once is asked once
// others have cost less than they might, and the rest is skipped.
func TestBatchBudget(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		b := same(c)
		b.Usage = &chattest.Usage{Input: 200, Output: 100}
		return b
	}})
	limit, err := price.Dollars(0.05)
	if err != nil {
		t.Fatal(err)
	}
	d := office(t, t.TempDir(), func(o *asking.Options) { o.Limit, o.Prices = &limit, prices(t) })
	got, err := coded(t, d, batchConfig(s.URL, func(c *gpt.Config) { c.Model, c.MaxTokens = "local-vision", 200 }), study(t), many(100), 50)
	if err != nil {
		t.Fatal(err)
	}
	count, account := statuses(got), d.Spending()
	if account.Cost > limit || count["ok"] == 0 || count["skipped"] == 0 || count["ok"]+count["skipped"] != 100 || s.Answers() != count["ok"] {
		t.Errorf("%v; %s of %s; %d answers", count, account, limit, s.Answers())
	}
	if used := float64(account.Cost) / float64(limit); used < 0.85 || s.Batches() < 2 {
		t.Errorf("%.2f of the budget is used, in %d batches", used, s.Batches())
	}
}

// What a batch costs above its computed worst case is learnt: the next ones set
// more aside, and the excess is that of the first.
func TestBatchBudgetLearns(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		b := same(c)
		b.Usage = &chattest.Usage{Input: 20_000, Output: 100} // 0.1015 dollars, many times what is computed
		return b
	}})
	limit, err := price.Dollars(2)
	if err != nil {
		t.Fatal(err)
	}
	d := office(t, t.TempDir(), func(o *asking.Options) { o.Limit, o.Prices = &limit, prices(t) })
	got, err := coded(t, d, batchConfig(s.URL, func(c *gpt.Config) { c.Model, c.MaxTokens, c.Batch.Requests = "local-vision", 200, 4 }), study(t), many(4), 50)
	if err != nil || statuses(got)["ok"] != 4 {
		t.Fatalf("%v, %v", statuses(got), err)
	}
	if got, err = coded(t, d, batchConfig(s.URL, func(c *gpt.Config) { c.Model, c.MaxTokens, c.Batch.Requests = "local-vision", 200, 4 }), study(t), many(60), 50); err != nil {
		t.Fatal(err)
	}
	if a := d.Spending(); a.Cost > limit || a.Cost < limit/2 || a.Above < 2 || statuses(got)["skipped"] == 0 {
		t.Errorf("%s of %s; %v", a, limit, statuses(got))
	}
}
