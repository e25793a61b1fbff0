package gateway

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Both schemes hash a canonical form of the request and sign the hash; they
// differ in the key and in what stands beside the hash.

// canonical gives the canonical request and the list of signed headers.
func canonical(r *http.Request, body []byte, signed []string) (request, headers string) {
	slices.Sort(signed)
	var h strings.Builder
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.URL.Host
		}
		h.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	headers = strings.Join(signed, ";")
	return strings.Join([]string{r.Method, path, query(r.URL.Query()), h.String(), headers, digest(body)}, "\n"), headers
}

// query sorts and escapes as RFC 3986 does, which url.Values does not quite.
func query(q url.Values) string {
	return strings.NewReplacer("+", "%20", "%7E", "~").Replace(q.Encode())
}

func digest(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func nonce() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// acs3Sign signs as ACS3-HMAC-SHA256: all x-acs- headers, the secret is the key.
func acs3Sign(r *http.Request, body []byte, id, secret string) {
	signed := []string{"host"}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-acs-") || name == "content-type" {
			signed = append(signed, name)
		}
	}
	request, headers := canonical(r, body, signed)
	signature := hex.EncodeToString(mac([]byte(secret), "ACS3-HMAC-SHA256\n"+digest([]byte(request))))
	r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential="+id+",SignedHeaders="+headers+",Signature="+signature)
}

// tc3Sign signs as TC3-HMAC-SHA256: the key is derived for the day and service.
func tc3Sign(r *http.Request, body []byte, k tc3Key, signed ...string) {
	request, headers := canonical(r, body, signed)
	day := k.at.UTC().Format(time.DateOnly)
	scope := day + "/" + k.service + "/tc3_request"
	text := strings.Join([]string{"TC3-HMAC-SHA256", strconv.FormatInt(k.at.Unix(), 10), scope, digest([]byte(request))}, "\n")
	key := mac(mac(mac([]byte("TC3"+k.secret), day), k.service), "tc3_request")
	r.Header.Set("Authorization", "TC3-HMAC-SHA256 Credential="+k.id+"/"+scope+", SignedHeaders="+headers+", Signature="+hex.EncodeToString(mac(key, text)))
}

// tc3Key is what a TC3 signature is made with.
type tc3Key struct {
	id, secret, service string
	at                  time.Time
}
