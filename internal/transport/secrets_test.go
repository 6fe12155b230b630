package transport

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestKeysAreSet holds each way of sending a key, and that an echo of it is
// found in no answer.
func TestKeysAreSet(t *testing.T) {
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"bearer": {Options{Header: Bearer(key)}, "Bearer " + key},
		"azure":  {Options{Header: http.Header{"api-key": {key}}}, key},
		"google": {Options{Header: http.Header{"x-goog-api-key": {key}}}, key},
		"query":  {Options{Query: url.Values{"key": {key}}}, key},
	} {
		t.Run(name, func(t *testing.T) {
			var got, rest string
			s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Get("Authorization") + r.Header.Get("Api-Key") + r.Header.Get("X-Goog-Api-Key") + r.URL.Query().Get("key")
				rest = r.URL.Query().Get("alt")
				w.Header().Set("X-Echo", got)
				w.Header().Set("Content-Type", "text/plain")
				io.WriteString(w, "you sent "+got+" as "+r.URL.String())
			})
			c.o.MaxAttempts = 1
			tr := open(t, c.o)
			text, resp, err := post(t, tr, s.URL+"/?alt=json", nil)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want || rest != "json" {
				t.Errorf("the server got %q, %q", got, rest)
			}
			all := fmt.Sprint(text, resp.Header, resp.Request.URL, resp.Request.Header) + fmt.Sprintf("%v %+v %#v %v %+v %#v", tr, tr, tr, c.o, c.o, c.o)
			if strings.Contains(all, key) {
				t.Errorf("the key comes back: %s", all)
			}
			s.Close()
			if _, _, err := post(t, tr, s.URL, nil); err == nil {
				t.Error("a closed server answers")
			}
		})
	}
}

// TestRedirects follows them for a GET, without the key where it is another
// server; refuses those that would change or give away a POST.
func TestRedirects(t *testing.T) {
	var key1, key2 string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		key2 = r.Header.Get("Authorization") + r.URL.RawQuery + r.Header.Get("Referer")
	}))
	defer other.Close()
	to := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	code := 302
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, to+"/file?sig=1", code)
		case "/here":
			http.Redirect(w, r, "/there", code)
		default:
			key1 = r.Header.Get("Authorization")
		}
	}))
	defer s.Close()
	o := quick()
	o.Query = url.Values{"key": {key}}
	tr := open(t, o)
	get := func(path string) error {
		resp, err := tr.Client().Get(s.URL + path)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := get("/away"); err != nil || strings.Contains(key2, key) || !strings.Contains(key2, "sig=1") {
		t.Errorf("another server got %q (%v)", key2, err)
	}
	if err := get("/here"); err != nil || !strings.Contains(key1, key) {
		t.Errorf("the same server got %q (%v)", key1, err)
	}
	for _, code = range []int{301, 302, 303, 307, 308} {
		if _, _, err := post(t, tr, s.URL+"/away", nil); err == nil || !strings.Contains(err.Error(), "base URL") || strings.Contains(err.Error(), "sig") {
			t.Errorf("%d: a POST to another server: %v", code, err)
		}
		_, _, err := post(t, tr, s.URL+"/here", nil)
		if turns := code < 307; turns == (err == nil) {
			t.Errorf("%d: a POST on the same server: %v", code, err)
		}
	}
}

// TestOriginBindsTheKey even where no redirect tells of another server.
func TestOriginBindsTheKey(t *testing.T) {
	var got string
	s, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Authorization") })
	o := quick()
	for origin, want := range map[string]string{"https://api.example": "", s.URL: "Bearer " + key, s.URL + "1": ""} {
		o.Origin = origin
		if _, _, err := post(t, open(t, o), s.URL, nil); err != nil || got != want {
			t.Errorf("%s: the server got %q (%v)", origin, got, err)
		}
	}
}

// TestErrorsOfTheNetworkHoldNoKey even if a base puts addresses into them.
func TestErrorsOfTheNetworkHoldNoKey(t *testing.T) {
	o := quick()
	o.Query = url.Values{"key": {"a+planted/key=="}}
	tr := New(chatty{}, o)
	_, _, err := post(t, tr, "http://api.example/", nil)
	for e := err; e != nil; e = unwrap(e) {
		for _, word := range []string{key, "a+planted/key==", url.QueryEscape("a+planted/key==")} {
			if strings.Contains(e.Error(), word) {
				t.Errorf("%T: %v", e, e)
			}
		}
	}
	if err == nil || !strings.Contains(err.Error(), "cannot send") {
		t.Errorf("got %v", err)
	}
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

type chatty struct{}

func (chatty) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("cannot send %s %v", r.URL, r.Header)
}
