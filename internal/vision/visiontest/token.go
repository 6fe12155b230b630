package visiontest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tokens are the accounts and tokens that the server knows.
type tokens struct {
	mu      sync.Mutex
	account *rsa.PublicKey
	granted map[string]time.Time // until when
	count   int
	refused string
}

// ServiceAccount makes a service account and returns its file, whose tokens come
// from this server. From then on the server wants a token.
func (s *Server) ServiceAccount() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	s.tokens.mu.Lock()
	s.tokens.account, s.tokens.granted = &key.PublicKey, map[string]time.Time{}
	s.tokens.mu.Unlock()
	return json.MarshalIndent(map[string]string{
		"type": "service_account", "project_id": "visiontest", "private_key_id": "0123456789abcdef", "client_id": "1",
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": "coder@visiontest.iam.gserviceaccount.com", "token_uri": s.URL + "/token", "auth_uri": s.URL + "/auth",
	}, "", "  ")
}

// RefuseTokens lets the server of tokens refuse with one of its words, such as
// invalid_grant; "" grants again.
func (s *Server) RefuseTokens(word string) {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	s.tokens.refused = word
}

// RevokeTokens ends all tokens before their time.
func (s *Server) RevokeTokens() {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	clear(s.tokens.granted)
}

// Tokens returns how many tokens were granted.
func (s *Server) Tokens() int {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	return s.tokens.count
}

func (t *tokens) issued() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.account != nil
}

func (t *tokens) holds(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, ok := t.granted[token]
	return ok && time.Now().Before(until)
}

// grant exchanges a signed claim for a token (RFC 7523).
func (s *Server) grant(w http.ResponseWriter, r *http.Request) {
	t := &s.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	refuse := func(word, why string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": word, "error_description": why}) // the client may be gone
	}
	switch {
	case r.ParseForm() != nil:
		refuse("invalid_request", "The form cannot be read.")
	case t.refused != "":
		refuse(t.refused, "Invalid JWT Signature.")
	case r.Form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
		refuse("unsupported_grant_type", "Invalid grant_type.")
	case t.account == nil || !signed(r.Form.Get("assertion"), t.account):
		refuse("invalid_grant", "Invalid JWT Signature.")
	default:
		t.count++
		token := "ya29.visiontest-" + strconv.Itoa(t.count) + "-" + rand.Text()
		t.granted[token] = time.Now().Add(time.Hour)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "expires_in": 3600, "token_type": "Bearer"}) // the client may be gone
	}
}

// signed checks an RS256 signature.
func signed(jwt string, key *rsa.PublicKey) bool {
	text, signature, ok := strings.Cut(jwt, ".")
	claims, signature, ok2 := strings.Cut(signature, ".")
	if !ok || !ok2 {
		return false
	}
	sum := sha256.Sum256([]byte(text + "." + claims))
	bytes, err := base64.RawURLEncoding.DecodeString(signature)
	return err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], bytes) == nil
}
