package intake

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
)

// shortestDraft is how long the token of a draft must be: who knows it can add
// to the filing, so it must not be guessed.
const shortestDraft = 20

// UploadBody is a file that waits for its filing.
type UploadBody struct {
	ID   int64  `json:"id,string"`
	Name string `json:"name"`
	Size int64  `json:"size" doc:"In bytes."`
	Type string `json:"type" doc:"As found out, not as announced."`
}

type uploadInput struct {
	Draft   string `header:"X-Draft" required:"true" minLength:"20" maxLength:"100" doc:"Made by the client: the draft of the filing that the file belongs to."`
	Name    string `header:"X-Name" required:"true" maxLength:"1000" doc:"The file's name, percent-encoded UTF-8."`
	RawBody []byte `contentType:"application/octet-stream"`
}

type uploadOutput struct{ Body UploadBody }

func (a *API) registerUploads(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "upload-create", Method: http.MethodPost, Path: "/api/v1/uploads",
		Summary: "Upload a file for a filing", Tags: []string{"filings"}, Security: rest.Anybody, DefaultStatus: http.StatusCreated, MaxBodyBytes: uploadBody,
		Description: "The file waits under the draft's token until a filing with that draft is registered; drafts that are never filed are deleted. The same file under the same token is kept once, so a repeated request does no harm.",
	}, a.upload)
}

func (a *API) upload(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	name, err := url.QueryUnescape(in.Name)
	if err != nil || len(in.Draft) < shortestDraft {
		return nil, rest.Fail(ctx, fault.New(fault.Invalid, "intake.file_failed"))
	}
	f, err := a.service.files.Upload(ctx, in.Draft, web.Clean(name), bytes.NewReader(in.RawBody), a.service.clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &uploadOutput{Body: UploadBody(f)}, nil
}
