package vision_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"icono/internal/transport"
	"icono/internal/vision"
	"icono/internal/vision/visiontest"
)

// TestTenThousandPictures asks a server with a limited rate, a burst of
// refusals, failures and lost connections about many small pictures.
func TestTenThousandPictures(t *testing.T) {
	const callers, rate = 64, 24_000
	n := 10_000
	if testing.Short() {
		n = 1_000
	}
	s := visiontest.Start(t, visiontest.Options{Key: plantedKey, Each: named, Plain: true, MaxBytes: vision.MaxBytes,
		Limits: visiontest.Limits{RequestsPerMinute: rate, Window: time.Second, Silent: true},
		Script: func(c *visiontest.Call) visiontest.Behaviour {
			switch {
			case c.Seq%50 == 7:
				return visiontest.Trouble(503)
			case c.Seq%50 == 23:
				return visiontest.Dropped()
			}
			return visiontest.Good()
		}})
	network := quick(transport.Options{Concurrency: 8, RequestsPerMinute: 0.95 * rate, Header: http.Header{"X-Goog-Api-Key": {plantedKey}}})
	t.Cleanup(network.CloseIdleConnections)
	b := batcher(t, client(t, s, vision.Options{HTTP: network.Client()}), objects, vision.Gathering{})
	frame := drawn(t, 0)
	var next, wrong atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				m := &vision.Image{Data: binary.BigEndian.AppendUint32(frame[:len(frame):len(frame)], uint32(i))}
				a, raw, err := b.Annotate(context.Background(), m)
				if r := (result{a, raw, err}); !belongs(m, r) && wrong.Add(1) == 1 {
					t.Errorf("picture %d: %v, %+v", i, err, a)
				}
			}
		})
	}
	all.Wait()
	if wrong.Load() > 0 {
		t.Errorf("%d pictures were lost or mixed up", wrong.Load())
	}
	if s.Answers() != n || s.PaidTwice() != 0 {
		t.Errorf("%d answers for %d pictures, %d paid twice", s.Answers(), n, s.PaidTwice())
	}
	statuses := s.Statuses()
	if statuses[429] > 0 {
		t.Errorf("the rate was broken %d times", statuses[429])
	}
	if statuses[503] == 0 || statuses[0] == 0 {
		t.Errorf("nothing went wrong: %v", statuses)
	}
	if full := (n + 15) / 16; statuses[200] > 2*full {
		t.Errorf("%d requests were answered where %d would do", statuses[200], full)
	}
	t.Logf("%d pictures in %d requests (%v), at most %d pictures and %d bytes", n, s.Requests(), statuses, s.Most().Pictures, s.Most().Bytes)
}

func TestOneWhoLeavesHurtsNobody(t *testing.T) {
	release := make(chan struct{})
	arrived := make(chan int, 4)
	s := visiontest.Start(t, visiontest.Options{Each: named, Script: func(c *visiontest.Call) visiontest.Behaviour {
		arrived <- len(c.Pictures)
		<-release
		return visiontest.Good()
	}})
	b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Most: 4, Linger: 200 * time.Millisecond})
	all := pictures(t, 4)
	reason := errors.New("no patience")
	var leave [4]context.CancelCauseFunc
	out := make([]result, 4)
	var done sync.WaitGroup
	for i, m := range all {
		ctx, cancel := context.WithCancelCause(context.Background())
		leave[i] = cancel
		done.Go(func() { out[i].a, out[i].raw, out[i].err = b.Annotate(ctx, m) })
	}
	if n := <-arrived; n != 4 {
		t.Fatalf("%d pictures in the request", n)
	}
	for i := range 3 { // among them, mostly, the one that sends
		leave[i](reason)
	}
	close(release)
	done.Wait()
	if !belongs(all[3], out[3]) {
		t.Errorf("who stayed got %v", out[3].err)
	}
	for i, r := range out[:3] {
		if !belongs(all[i], r) && !errors.Is(r.err, reason) {
			t.Errorf("who left got %v", r.err)
		}
	}
	leave[3](nil)
}

func TestNothingIsSentForThoseWhoLeft(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Each: named})
	b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Linger: 300 * time.Millisecond})
	ctx, cancel := context.WithCancel(context.Background())
	all := pictures(t, 6)
	var staying result
	var done sync.WaitGroup
	left := make([]result, 5)
	for i, m := range all[:5] {
		done.Go(func() { left[i].a, left[i].raw, left[i].err = b.Annotate(ctx, m) })
	}
	time.Sleep(30 * time.Millisecond) // the first of them leads by now
	done.Go(func() { staying.a, staying.raw, staying.err = b.Annotate(context.Background(), all[5]) })
	time.Sleep(30 * time.Millisecond)
	cancel()
	done.Wait()
	for _, r := range left {
		if !errors.Is(r.err, context.Canceled) {
			t.Errorf("who left got %v", r.err)
		}
	}
	if !belongs(all[5], staying) || s.Requests() != 1 || s.Pictures() != 1 {
		t.Errorf("who stayed got %v; %d pictures in %d requests", staying.err, s.Pictures(), s.Requests())
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := b.Annotate(gone, all[0]); !errors.Is(err, context.Canceled) || s.Requests() != 1 {
		t.Errorf("who never came got %v", err)
	}
}

// TestAllLeaving ends a request that nobody waits for.
func TestAllLeaving(t *testing.T) {
	arrived := make(chan struct{}, 1)
	s := visiontest.Start(t, visiontest.Options{Script: func(*visiontest.Call) visiontest.Behaviour {
		arrived <- struct{}{}
		return visiontest.Slow(time.Hour)
	}})
	b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Most: 2})
	ctx, cancel := context.WithCancel(context.Background())
	all := pictures(t, 2)
	all[0].Call, all[1].Call = &transport.Call{}, &transport.Call{}
	out := make(chan []result, 1)
	go func() { out <- together(ctx, b, all) }()
	<-arrived
	cancel()
	for i, r := range <-out {
		if !errors.Is(r.err, context.Canceled) || all[i].Call.Lost == 0 {
			t.Errorf("picture %d: %v, %d attempts that may be paid", i, r.err, all[i].Call.Lost)
		}
	}
}
