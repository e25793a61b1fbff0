package app

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
)

// uploadLimit bounds one uploaded file; attachment has the finer say.
const uploadLimit = 64 << 20

// apiCapability is anything with operations of its own in the JSON API.
type apiCapability interface{ Register(api huma.API) }

// mountAPI puts the operations of all capabilities under /api/v1/ and their
// description at /openapi.json and /api.
func (a *App) mountAPI(rt *web.Router, all ...apiCapability) error {
	api, mux := rest.New("Xinqiao 信桥", a.Config.Version)
	for _, c := range all {
		c.Register(api)
	}
	document, err := json.Marshal(api.OpenAPI())
	if err != nil {
		return fmt.Errorf("describing the API: %w", err)
	}
	serve := func(w http.ResponseWriter, r *http.Request) error {
		if !rest.Readable(r) {
			return web.ErrEncoding
		}
		return web.Dispatch(mux, w, r.WithContext(rest.WithVisitor(r.Context(), rt.ClientKey(r), a.Clock.Now())))
	}
	rt.Handle("/api/v1/", serve)
	rt.Handle("POST /api/v1/uploads", serve, web.MaxBody(uploadLimit))
	largeBodies(rt, serve)
	rt.Handle("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write(document)
		return err
	})
	rt.Handle("GET /api", func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusOK, apiPage(api.OpenAPI()))
	})
	return nil
}
