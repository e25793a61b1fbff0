package web

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Assets serves files whose names carry a hash: they never change, so the
// browser keeps them for a year. A neighbour "name.gz" is sent to those who
// read gzip. Mount it at "GET /assets/{file}".
func Assets(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		body, err := fs.ReadFile(files, name)
		if err != nil || strings.HasSuffix(name, ".gz") {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			if zipped, err := fs.ReadFile(files, name+".gz"); err == nil {
				h.Set("Content-Encoding", "gzip")
				body = zipped
			}
		}
		w.Write(body)
	})
}
