// Package fetch gets files from servers that an administrator named, and from
// nobody else: the address must lie at the named origin, no redirect is
// followed, and what comes is limited in size and time. Addresses stay out of
// errors, since they may hold tokens.
package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// What callers compare with errors.Is.
var (
	ErrElsewhere = errors.New("fetch: the address does not lie at the origin that is configured")
	ErrRefused   = errors.New("fetch: the server does not give the file")
	ErrTooLarge  = errors.New("fetch: the file is over the limit")
	ErrAway      = errors.New("fetch: the server cannot be reached")
)

// Client fetches files. Make it with New; it may be shared.
type Client struct{ http *http.Client }

// New makes a client that waits at most so long for a whole file.
func New(patience time.Duration) *Client {
	return &Client{&http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
			DisableCompression:     true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// At tells whether an address lies at an origin: scheme, host and port are the
// same and the path begins with the origin's.
func At(origin, address string) bool {
	o, err1 := url.Parse(origin)
	a, err2 := url.Parse(address)
	if err1 != nil || err2 != nil || o.Host == "" || a.User != nil || a.Opaque != "" || o.Scheme != "http" && o.Scheme != "https" {
		return false
	}
	under := strings.TrimSuffix(o.Path, "/") + "/"
	return a.Scheme == o.Scheme && strings.EqualFold(a.Host, o.Host) && strings.HasPrefix(a.Path, under) &&
		!strings.Contains(a.Path, "/../") && !strings.HasSuffix(a.Path, "/..")
}

// Fetch gets a file of at most limit bytes.
func (c *Client) Fetch(ctx context.Context, origin, address string, limit int64) ([]byte, error) {
	return c.FetchAs(ctx, "", origin, address, limit)
}

// FetchAs is Fetch with a bearer token; "" sends none.
func (c *Client) FetchAs(ctx context.Context, token, origin, address string, limit int64) ([]byte, error) {
	if !At(origin, address) {
		return nil, ErrElsewhere
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, ErrElsewhere
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, ErrAway
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, ErrRefused
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, ErrAway
	case int64(len(b)) > limit:
		return nil, ErrTooLarge
	case len(b) == 0:
		return nil, ErrRefused
	}
	return b, nil
}
