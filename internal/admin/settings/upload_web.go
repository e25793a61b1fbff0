package settings

import (
	"io"
	"net/http"
	"unicode/utf8"

	"xinqiao/internal/platform/web"
)

const longestNotice = 64 << 10

// uploadedText reads a small text file of a form that web.Form has parsed.
func uploadedText(r *http.Request, field string) (string, bool, error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File[field]) == 0 {
		return "", false, nil
	}
	head := r.MultipartForm.File[field][0]
	if head.Size == 0 {
		return "", false, nil
	}
	if head.Size > longestNotice {
		return "", false, web.ErrTooLarge
	}
	f, err := head.Open()
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestNotice))
	if err != nil {
		return "", false, err
	}
	if !utf8.Valid(text) {
		return "", false, web.ErrEncoding
	}
	return web.Clean(string(text)), true, nil
}
