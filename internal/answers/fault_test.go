package answers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

func fails(f FaultError) Ask {
	return func(context.Context) (Answer, error) { return Answer{}, fmt.Errorf("row: %w", &f) }
}

func TestRetryPolicy(t *testing.T) {
	statuses := []Status{Refused, Truncated, Invalid, Failed}
	for _, test := range []struct {
		mode  Mode
		retry RetryPolicy
		again []Status // are asked again in a later run
	}{
		{NewEpisodes, nil, []Status{Failed}},
		{NewEpisodes, RetryPolicy{Refused, Invalid}, []Status{Refused, Invalid, Failed}},
		{None, RetryPolicy{Refused}, nil},
		{All, nil, statuses},
	} {
		folder := t.TempDir()
		s := open(t, folder)
		one := begin(t, Options{Store: s, Mode: NewEpisodes, Retry: statuses})
		for i, status := range statuses {
			want := FaultError{Status: status, Reason: "because", Raw: []byte(`{"a":1}`), Usage: Usage{Input: 5, Output: 1}}
			var got *FaultError
			if _, origin, err := one.Do(t.Context(), prompt(i), fails(want)); !errors.As(err, &got) || origin != Asked || got.Stored {
				t.Fatalf("%s %v", origin, err)
			}
			// Another row with the same picture, in the same run.
			if _, origin, err := one.Do(t.Context(), prompt(i), never(t)); !errors.As(err, &got) || origin != Stored || got.Status != status || string(got.Raw) != `{"a":1}` || got.Reason != "because" {
				t.Fatalf("%s %v", origin, err)
			}
		}
		s.Close()
		s = open(t, folder)
		one = begin(t, Options{Store: s, Mode: test.mode, Retry: test.retry})
		var again []Status
		for i, status := range statuses {
			_, _, err := one.Do(t.Context(), prompt(i), func(context.Context) (Answer, error) {
				again = append(again, status)
				return Answer{}, &FaultError{Status: status, Usage: Usage{Input: 2}}
			})
			if !errors.As(err, new(*FaultError)) {
				t.Errorf("%s: %v", status, err)
			}
		}
		if !slices.Equal(again, test.again) {
			t.Errorf("mode %s, retry %v: asked again %v, want %v", test.mode, test.retry, again, test.again)
		}
		list, err := s.Faults(t.Context(), "frames")
		if err != nil || len(list) != len(statuses) {
			t.Fatalf("%+v %v", list, err)
		}
		for _, f := range list {
			count, input := 1, int64(5)
			if slices.Contains(test.again, f.Status) {
				count, input = 2, 7
			}
			if f.Count != count || f.Usage.Input != input || f.Row == "" || f.Answered {
				t.Errorf("%+v", f)
			}
		}
		if some, err := s.Faults(t.Context(), "frames", Refused, Failed); err != nil || len(some) != 2 {
			t.Errorf("%+v %v", some, err)
		}
		// An answer ends a fault.
		if test.mode == All {
			s.Close()
			s = open(t, folder)
			do(t, begin(t, Options{Store: s, Mode: NewEpisodes, Retry: statuses}), prompt(0), says("yes"))
			if list, err := s.Faults(t.Context(), "frames"); err != nil || len(list) != 3 {
				t.Errorf("%+v %v", list, err)
			}
		}
	}
	if got, err := ParseStatuses("refused, failed"); err != nil || !slices.Equal(got, []Status{Refused, Failed}) {
		t.Error(got, err)
	}
	for _, bad := range []string{"", "refused,", "ok"} {
		if _, err := ParseStatuses(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestTotals(t *testing.T) {
	s := open(t, t.TempDir())
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	for row := range 4 {
		do(t, one, prompt(row), says("x"))
	}
	twin := prompt(1)
	twin.Row = "twin"
	do(t, one, twin, never(t))
	do(t, one, prompt(4), func(context.Context) (Answer, error) { return Answer{Body: []byte(`{}`), Note: "hand-coded"}, nil })
	one.Do(t.Context(), prompt(5), fails(FaultError{Status: Truncated, Usage: Usage{Input: 90, Output: 500}}))
	other := prompt(6)
	other.Model = "gpt-y"
	do(t, one, other, says("y"))
	if err := s.settle(); err != nil {
		t.Fatal(err)
	}
	got, err := s.Totals(t.Context(), "")
	want := []Total{
		{Stage: "frames", Provider: "openai", Model: "gpt-x", Answers: 5, Usage: Usage{400, 40, 28, 8}, Measured: 4, Faults: 1, FaultUsage: Usage{Input: 90, Output: 500}},
		{Stage: "frames", Provider: "openai", Model: "gpt-y", Answers: 1, Usage: Usage{100, 10, 7, 2}, Measured: 1},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if got[0].MeanInput() != 100 || got[0].MeanOutput() != 7 || (Total{}).MeanInput() != 0 {
		t.Errorf("%v %v", got[0].MeanInput(), got[0].MeanOutput())
	}
	if got, err := s.Totals(t.Context(), "another"); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestBatchesOutliveTheProgram(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	b := Batch{Name: "frames-1", Stage: "frames", Provider: "openai"}
	for row := range 3 {
		b.Items = append(b.Items, BatchItem{fmt.Sprintf("r-%d", row), prompt(row)})
	}
	if err := begin(t, Options{Store: s, Mode: NewEpisodes}).SaveBatch(t.Context(), b); err != nil { // before it is submitted
		t.Fatal(err)
	}
	s.Close()
	s = open(t, folder)
	one := begin(t, Options{Store: s, Mode: NewEpisodes, Secrets: []string{"a secret of some length"}})
	later := b
	later.Items, later.ID, later.InputFile, later.State = nil, "batch_1", "file_1", "in_progress"
	if err := one.SaveBatch(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	later.Items = b.Items
	got, err := s.Batches(t.Context(), "frames")
	if err != nil || fmt.Sprint(got) != fmt.Sprint([]Batch{later}) {
		t.Errorf("%+v, %v", got, err)
	}
	// The answers of a batch are recorded in one step, and end nothing by
	// themselves.
	for _, item := range got[0].Items {
		a, _ := says("x")(t.Context())
		if err := one.Record(t.Context(), Recorded{Request: item.Request, Answer: a}); err != nil {
			t.Fatal(err)
		}
		do(t, one, item.Request, never(t))
	}
	if err := s.FinishBatch(t.Context(), "frames-1", "completed"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Batches(t.Context(), "frames"); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.FinishBatch(t.Context(), "frames-2", "completed"); err == nil {
		t.Error("a batch that is not stored is finished")
	}
	if err := one.SaveBatch(t.Context(), b); err == nil {
		t.Error("items are stored twice")
	}
	b.Name, b.BaseURL = "frames-3", "http://a secret of some length@host"
	if err := one.SaveBatch(t.Context(), b); err == nil {
		t.Error("an address with a secret is stored")
	}
}
