package vision_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"icono/internal/chat"
	"icono/internal/transport"
	"icono/internal/vision"
	"icono/internal/vision/visiontest"
)

var objects = vision.Question{Features: []vision.Feature{vision.Objects}}

// result is what one caller got.
type result struct {
	a   vision.Annotation
	raw []byte
	err error
}

// together asks about pictures at the same time.
func together(ctx context.Context, b *vision.Batcher, pictures []*vision.Image) []result {
	out := make([]result, len(pictures))
	var all sync.WaitGroup
	for i, m := range pictures {
		all.Go(func() { out[i].a, out[i].raw, out[i].err = b.Annotate(ctx, m) })
	}
	all.Wait()
	return out
}

func pictures(t testing.TB, n int) []*vision.Image {
	all := make([]*vision.Image, n)
	for i := range all {
		all[i] = &vision.Image{Data: drawn(t, i), Name: fmt.Sprintf("p%d.png", i)}
	}
	return all
}

// named answers with one object whose name tells the picture, so that a mix-up
// shows.
func named(p visiontest.Picture) visiontest.Answer {
	return visiontest.Answer{"localizedObjectAnnotations": []any{map[string]any{"mid": "/m/1", "name": base64.StdEncoding.EncodeToString(p.Data), "score": 0.5}}}
}

func belongs(m *vision.Image, r result) bool {
	return r.err == nil && len(r.a.Objects) == 1 && r.a.Objects[0].Name == base64.StdEncoding.EncodeToString(m.Data)
}

func TestPicturesShareRequests(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Each: named})
	b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Linger: 100 * time.Millisecond})
	all := pictures(t, 40)
	for i, r := range together(context.Background(), b, all) {
		if !belongs(all[i], r) {
			t.Fatalf("picture %d got %+v, %v", i, r.a, r.err)
		}
	}
	if s.Requests() != 3 || s.Most().Pictures != 16 || s.Pictures() != 40 {
		t.Errorf("%d requests, at most %d pictures, %d in all", s.Requests(), s.Most().Pictures, s.Pictures())
	}
}

func TestBytesAreCountedExactly(t *testing.T) {
	// Pictures of 1.9 MB: five of them make 10.1 MB of base64, four 7.6 MB.
	s := visiontest.Start(t, visiontest.Options{Each: named, MaxBytes: vision.MaxBytes, KeepBodies: true})
	big := func(n, size int) *vision.Image {
		return &vision.Image{Name: "big.png", Data: append(drawn(t, n), bytes.Repeat([]byte{byte(n)}, size)...)}
	}
	b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Linger: 200 * time.Millisecond})
	var all []*vision.Image
	for i := range 9 {
		all = append(all, big(i, 1_500_000))
	}
	for i, r := range together(context.Background(), b, all) {
		if !belongs(all[i], r) {
			t.Fatalf("picture %d: %v", i, r.err)
		}
	}
	if s.Statuses()[200] != s.Requests() || s.Most().Bytes > vision.MaxBytes || s.Most().Pictures != 4 {
		t.Errorf("statuses %v, at most %d pictures in %d bytes", s.Statuses(), s.Most().Pictures, s.Most().Bytes)
	}

	// The largest file that fits makes a request of at most three bytes less than
	// the limit; a group more and it is refused here.
	size := 7_400_000
	for ; ; size += 3 {
		if _, _, err := b.Annotate(context.Background(), big(1, size)); err != nil {
			var e *chat.Error
			if !errors.As(err, &e) || e.Stop || e.Param != "max_side" || !strings.Contains(err.Error(), "big.png") || !strings.Contains(err.Error(), "10.0 MB") {
				t.Fatalf("a picture too large gives %v", err)
			}
			break
		}
		if left := vision.MaxBytes - len(s.Bodies()[len(s.Bodies())-1]); left >= 4 {
			size += left/4*3 - 3
		}
	}
	if left := vision.MaxBytes - len(s.Bodies()[len(s.Bodies())-1]); left < 0 || left > 3 {
		t.Errorf("the largest request was %d bytes below the limit", left)
	}
}

func TestOneBadPictureFailsAlone(t *testing.T) {
	for _, words := range []visiontest.Behaviour{visiontest.Invalid("Bad image data."), visiontest.TooLarge(10 << 20)} {
		all := pictures(t, 16)
		s := visiontest.Start(t, visiontest.Options{Each: named, Script: func(c *visiontest.Call) visiontest.Behaviour {
			for _, p := range c.Pictures {
				if bytes.Equal(p.Data, all[5].Data) {
					return words
				}
			}
			return visiontest.Good()
		}})
		b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Linger: time.Second})
		for i, r := range together(context.Background(), b, all) {
			var e *chat.Error
			switch {
			case i == 5 && (!errors.As(r.err, &e) || e.Status != 400 || e.Stop || e.Outcome != chat.Failed):
				t.Errorf("the bad picture gives %v", r.err)
			case i != 5 && !belongs(all[i], r):
				t.Errorf("picture %d: %v", i, r.err)
			}
		}
		if s.Requests() != 9 || s.PaidTwice() != 0 || s.Answers() != 15 {
			t.Errorf("%d requests, %d answers, %d paid twice", s.Requests(), s.Answers(), s.PaidTwice())
		}
	}
}

func TestErrorsOfSinglePictures(t *testing.T) {
	all := pictures(t, 16)
	s := visiontest.Start(t, visiontest.Options{Each: func(p visiontest.Picture) visiontest.Answer {
		at := -1
		for i, m := range all {
			if bytes.Equal(m.Data, p.Data) {
				at = i
			}
		}
		switch {
		case at == 3:
			return visiontest.Failure(3, "Bad image data.")
		case at == 4: // filled annotations stay valid beside an error
			return named(p).With(visiontest.Failure(7, "We are not allowed to access the URL on your behalf."))
		case at == 5 && p.Turn < 3:
			return visiontest.Failure(14, "The service is currently unavailable.")
		case at == 6:
			return visiontest.Failure(13, "Internal error.")
		}
		return named(p)
	}})
	b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Linger: time.Second})
	out := together(context.Background(), b, all)
	for i, r := range out {
		var e *chat.Error
		switch i {
		case 3, 4, 6:
			if !errors.As(r.err, &e) || e.Stop || e.Status != 200 || e.Retryable != (i == 6) || len(r.raw) == 0 {
				t.Errorf("picture %d: %v, %s", i, r.err, r.raw)
			}
		default:
			if !belongs(all[i], r) {
				t.Errorf("picture %d: %v", i, r.err)
			}
		}
	}
	if len(out[4].a.Objects) != 1 || !bytes.Contains(out[4].raw, []byte("localizedObjectAnnotations")) {
		t.Errorf("what was found beside the error is lost: %+v", out[4].a)
	}
	if s.Requests() != 1+2+3 || s.PaidTwice() != 0 || s.Answers() != 13 {
		t.Errorf("%d requests, %d answers, %d paid twice", s.Requests(), s.Answers(), s.PaidTwice())
	}
}

func TestShortAnswerIsNotGuessedAt(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Each: named, Script: func(c *visiontest.Call) visiontest.Behaviour {
		return visiontest.Behaviour{Only: len(c.Pictures) - 1} // 0 answers about all
	}})
	b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Linger: time.Second})
	all := pictures(t, 16)
	for i, r := range together(context.Background(), b, all) {
		if !belongs(all[i], r) {
			t.Errorf("picture %d: %v", i, r.err)
		}
	}
}

func TestWhatEveryRequestWouldMeetStops(t *testing.T) {
	cases := map[string]struct {
		b    visiontest.Behaviour
		says []string
	}{
		"billing":  {visiontest.NoBilling(), []string{"403", "BILLING_DISABLED", "link a billing account", `page "Billing"`, "nothing was paid"}},
		"disabled": {visiontest.NotEnabled(), []string{"SERVICE_DISABLED", "Cloud Vision API", `"APIs & Services > Library`, "https://console.developers.google.com/apis/api/vision.googleapis.com"}},
		"pays":     {visiontest.NoQuotaProject(), []string{"set-quota-project", "`project`"}},
		"hint":     {visiontest.WrongHint("deu-xx"), []string{"deu-xx", "`language_hints`"}},
		"key":      {visiontest.Behaviour{Status: 400, Body: []byte(`{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}`)}, []string{`"APIs & Services > Credentials"`}},
		"page":     {visiontest.Page(404), []string{"404", "base URL"}},
		"bare 401": {visiontest.Behaviour{Status: 401}, []string{"401", "gcloud auth"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := visiontest.Start(t, visiontest.Options{Script: func(*visiontest.Call) visiontest.Behaviour { return c.b }})
			b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{Linger: 50 * time.Millisecond})
			for _, r := range together(context.Background(), b, pictures(t, 16)) {
				var e *chat.Error
				if !errors.As(r.err, &e) || !e.Stop || e.Retryable {
					t.Fatalf("the error is %v", r.err)
				}
				for _, words := range c.says {
					if !strings.Contains(r.err.Error(), words) {
						t.Errorf("%q does not say %q", r.err, words)
					}
				}
				spotless(t, r.err)
			}
			if _, _, err := b.Annotate(context.Background(), pictures(t, 1)[0]); err == nil || s.Requests() != 1 {
				t.Errorf("after %d requests a further one gives %v", s.Requests(), err)
			}
		})
	}
}

func TestWrongKeyIsNowhere(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: "another", EchoKey: true, KeepBodies: true})
	plain := &http.Client{Transport: keyed{http.DefaultTransport}} // one that hides nothing itself
	for name, h := range map[string]*http.Client{"transport": nil, "plain": plain} {
		b := batcher(t, client(t, s, vision.Options{HTTP: h, Secrets: []string{plantedKey}}), objects, vision.Gathering{})
		_, raw, err := b.Annotate(context.Background(), pictures(t, 1)[0])
		var e *chat.Error
		if !errors.As(err, &e) || !e.Stop || e.Status != 400 || !strings.Contains(err.Error(), "API_KEY_INVALID") || bytes.Contains(raw, []byte(plantedKey)) {
			t.Errorf("%s: %v", name, err)
		}
		spotless(t, err)
	}
}

type keyed struct{ base http.RoundTripper }

func (k keyed) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("X-Goog-Api-Key", plantedKey)
	return k.base.RoundTrip(req)
}

func TestTroubleIsTheTransports(t *testing.T) {
	var n atomic.Int64
	s := visiontest.Start(t, visiontest.Options{Each: named, Script: func(*visiontest.Call) visiontest.Behaviour {
		all := []visiontest.Behaviour{visiontest.TooMany(0), visiontest.Trouble(500), visiontest.Trouble(503), visiontest.Dropped(), visiontest.HalfAnAnswer(), visiontest.Slow(5 * time.Millisecond)}
		return all[min(int(n.Add(1))-1, len(all)-1)]
	}})
	asked := 0
	all := pictures(t, 1)
	all[0].Call = &transport.Call{Again: func() error { asked++; return nil }}
	b := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{})
	if r := together(context.Background(), b, all)[0]; !belongs(all[0], r) {
		t.Fatal(r.err)
	}
	if c := all[0].Call; c.Attempts != 6 || c.Lost != 2 || asked != 2 || c.Status != 200 {
		t.Errorf("the call tells of %d attempts, %d lost, asked %d times, status %d", c.Attempts, c.Lost, asked, c.Status)
	}
	down := visiontest.Start(t, visiontest.Options{Script: func(*visiontest.Call) visiontest.Behaviour { return visiontest.Trouble(503) }})
	network := quick(transport.Options{MaxAttempts: 3})
	t.Cleanup(network.CloseIdleConnections)
	b = batcher(t, client(t, down, vision.Options{HTTP: network.Client()}), objects, vision.Gathering{Linger: 50 * time.Millisecond})
	for _, r := range together(context.Background(), b, pictures(t, 16)) {
		var e *chat.Error
		if !errors.As(r.err, &e) || e.Stop || !e.Retryable || e.Status != 503 || !strings.Contains(r.err.Error(), "3 attempts") || transport.InARow(r.err) != 1 {
			t.Fatalf("a server that is down gives %v", r.err)
		}
	}
	if down.Requests() != 3 {
		t.Errorf("%d requests for 16 pictures", down.Requests())
	}
}
