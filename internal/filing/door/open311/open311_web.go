package open311

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
)

// mostBody bounds a request with its files.
const mostBody = mostFiles*mostFile + 1<<20

// Web is the endpoint.
type Web struct {
	Needs
}

// NewWeb makes the endpoint.
func NewWeb(n Needs) *Web { return &Web{n} }

// Routes implements web.Capability. The format is the ending of the last word,
// which patterns cannot name.
func (h *Web) Routes(rt *web.Router) {
	calm := rt.Limit(web.NewLimiter(5, 60, 10_000), nil)
	rt.Handle("GET /open311/{name}", h.answered(h.getRoot))
	rt.Handle("GET /open311/v2/{name}", h.answered(h.getList), calm)
	rt.Handle("GET /open311/v2/{name}/{id}", h.answered(h.getOne), calm)
	rt.Handle("POST /open311/v2/{name}", h.answered(h.post), calm, web.MaxBody(mostBody))
}

// call is one request of a client.
type call struct {
	*http.Request
	point  *point
	form   form
	client string
	word   string // the last word of the path, without its ending
	xml    bool
	say    words
	lang   string
}

// reply is what is answered: a body that both formats know, or a problem.
type reply struct {
	status int
	body   any
}

// answered reads what all calls have in common and writes the answer.
func (h *Web) answered(do func(c *call) (reply, *problem, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c := &call{Request: r, lang: i18n.Lang(r.Context()), say: func(key string, args ...any) string { return i18n.T(r.Context(), key, args...) }}
		c.format()
		out, bad, err := h.run(c, do)
		if err != nil {
			h.Log.WarnContext(r.Context(), "a call of Open311 failed", "error", err)
			bad = wrong(http.StatusServiceUnavailable, "try again later")
		}
		if bad != nil {
			out = reply{bad.status, failures{List: []failure{{Code: bad.code, Text: bad.text}}}}
		}
		return c.write(w, out)
	}
}

func (h *Web) run(c *call, do func(c *call) (reply, *problem, error)) (reply, *problem, error) {
	var err error
	if c.point, err = h.current(c.Context()); err != nil {
		return reply{}, nil, err
	}
	if c.point == nil {
		return reply{}, wrong(http.StatusNotFound, "there is no Open311 endpoint here"), nil
	}
	var bad *problem
	if c.form, bad = c.read(); bad != nil {
		return reply{}, bad, nil
	}
	if id := c.form.get("jurisdiction_id"); id != "" && id != c.point.jurisdiction {
		return reply{}, wrong(http.StatusNotFound, "jurisdiction_id provided was not found"), nil
	}
	key := c.form.get("api_key")
	if c.client, err = c.point.client(c.Context(), key); err != nil {
		return reply{}, nil, err
	}
	if key != "" && c.client == "" {
		return reply{}, wrong(http.StatusForbidden, "api_key is not valid"), nil
	}
	return do(c)
}

// format goes by the ending, or by what the client accepts.
func (c *call) format() {
	c.word = c.PathValue("id")
	if c.word == "" {
		c.word = c.PathValue("name")
	}
	word, ending, _ := strings.Cut(c.word, ".")
	switch ending {
	case "xml", "json":
		c.word, c.xml = word, ending == "xml"
	default:
		accept := c.Header.Get("Accept")
		c.xml = strings.Contains(accept, "xml") && !strings.Contains(accept, "json") && !strings.Contains(accept, "html")
	}
}

// read takes the parameters of the address and of the body, which may hold
// files.
func (c *call) read() (form, *problem) {
	f := form{values: map[string][]string{}, retry: c.Header.Get("Idempotency-Key")}
	if len(f.retry) > 200 {
		return f, wrong(http.StatusBadRequest, "Idempotency-Key is too long")
	}
	add := func(all url.Values) {
		for k, v := range all {
			for _, x := range v {
				f.values[k] = append(f.values[k], web.Clean(x))
			}
		}
	}
	add(c.URL.Query())
	if c.Method != http.MethodPost {
		return f, nil
	}
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		if err := c.ParseForm(); err != nil {
			return f, wrong(http.StatusBadRequest, "the form cannot be read")
		}
		add(c.PostForm)
		return f, nil
	}
	return f, c.parts(&f, add)
}

// parts reads a multipart form in memory: a request is small.
func (c *call) parts(f *form, add func(url.Values)) *problem {
	parts, err := c.MultipartReader()
	if err != nil {
		return wrong(http.StatusBadRequest, "the form cannot be read")
	}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return wrong(http.StatusBadRequest, "the form cannot be read")
		}
		data, err := io.ReadAll(io.LimitReader(p, mostFile+1))
		if err != nil {
			return wrong(http.StatusBadRequest, "the form cannot be read")
		}
		switch {
		case p.FileName() == "" && len(data) < 64<<10:
			add(url.Values{p.FormName(): {string(data)}})
		case len(data) > mostFile || len(f.files) == mostFiles:
			return wrong(http.StatusRequestEntityTooLarge, "at most %d files of %d MB each", mostFiles, mostFile>>20)
		case len(data) > 0:
			f.files = append(f.files, door.Part{Name: p.FileName(), Type: p.Header.Get("Content-Type"), Data: data})
		}
	}
}

func (h *Web) getRoot(c *call) (reply, *problem, error) {
	if c.word != "discovery" {
		return reply{}, wrong(http.StatusNotFound, "there is no such resource"), nil
	}
	return reply{http.StatusOK, c.point.discover(h.Clock.Now())}, nil, nil
}

func (h *Web) getList(c *call) (reply, *problem, error) {
	switch c.word {
	case "discovery":
		return reply{http.StatusOK, c.point.discover(h.Clock.Now())}, nil, nil
	case "services":
		return reply{http.StatusOK, c.point.list(c.lang)}, nil, nil
	case "requests":
		q, bad := c.point.asked(c.form, c.client, c.lang, c.say, h.Clock.Now())
		if bad != nil {
			return reply{}, bad, nil
		}
		list, err := c.point.requests(c.Context(), q)
		return reply{http.StatusOK, list}, nil, err
	}
	return reply{}, wrong(http.StatusNotFound, "there is no such resource"), nil
}

func (h *Web) getOne(c *call) (reply, *problem, error) {
	switch c.PathValue("name") {
	case "services":
		if _, ok := c.point.service(c.word); !ok {
			return reply{}, wrong(http.StatusNotFound, "service_code provided was not found"), nil
		}
		return reply{http.StatusOK, c.point.define(c.word, c.lang, c.say)}, nil, nil
	case "requests":
		one, ok, err := c.point.one(c.Context(), ask{client: c.client, lang: c.lang, say: c.say}, c.word)
		if err != nil || !ok {
			return reply{}, wrong(http.StatusNotFound, "service_request_id provided was not found"), err
		}
		return reply{http.StatusOK, requestList{List: []request{one}}}, nil, nil
	case "tokens":
		return c.token(c.Context())
	}
	return reply{}, wrong(http.StatusNotFound, "there is no such resource"), nil
}

// token answers what became of a request. The token itself is the proof: it
// cannot be guessed.
func (c *call) token(ctx context.Context) (reply, *problem, error) {
	r, err := c.point.Memory.Find(ctx, c.point.setting.Code, c.word)
	if errors.Is(err, ErrNone) {
		return reply{}, wrong(http.StatusNotFound, "token provided was not found"), nil
	}
	if err != nil {
		return reply{}, nil, err
	}
	no, err := c.point.number(ctx, r)
	return reply{http.StatusOK, receipts{List: []receipt{{ID: no, Token: r.Token}}}}, nil, err
}

func (h *Web) post(c *call) (reply, *problem, error) {
	if c.word != "requests" {
		return reply{}, wrong(http.StatusNotFound, "there is no such resource"), nil
	}
	if c.client == "" {
		return reply{}, wrong(http.StatusForbidden, "api_key was not provided"), nil
	}
	got, bad, err := c.point.file(c.Context(), c.client, c.form, h.Clock.Now())
	if err != nil || bad != nil {
		return reply{}, bad, err
	}
	account := c.form.get("account_id")
	if got.No == "" {
		return reply{http.StatusAccepted, receipts{List: []receipt{{Token: got.Token, Notice: c.say("open311.held"), Account: account}}}}, nil, nil
	}
	return reply{http.StatusCreated, receipts{List: []receipt{{ID: got.No, Notice: c.say("open311.filed", got.Code, h.Base+"/follow"), Account: account}}}}, nil, nil
}

// receipt is the answer to a request: a number or a token.
type receipt struct {
	XMLName xml.Name `xml:"request" json:"-"`
	ID      string   `xml:"service_request_id,omitempty" json:"service_request_id,omitempty"`
	Token   string   `xml:"token,omitempty" json:"token,omitempty"`
	Notice  string   `xml:"service_notice,omitempty" json:"service_notice,omitempty"`
	Account string   `xml:"account_id,omitempty" json:"account_id,omitempty"`
}

type receipts struct {
	XMLName xml.Name  `xml:"service_requests" json:"-"`
	List    []receipt `xml:"request"`
}

type failure struct {
	XMLName xml.Name `xml:"error" json:"-"`
	Code    int      `xml:"code" json:"code"`
	Text    string   `xml:"description" json:"description"`
}

type failures struct {
	XMLName xml.Name  `xml:"errors" json:"-"`
	List    []failure `xml:"error"`
}

// write writes both formats: lists are bare arrays in JSON.
func (c *call) write(w http.ResponseWriter, out reply) error {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if c.Method == http.MethodGet {
		h.Set("Access-Control-Allow-Origin", "*") // apps in a browser read; what is read needs a key or is public
	}
	var text []byte
	var err error
	if c.xml {
		h.Set("Content-Type", "text/xml; charset=utf-8")
		text, err = xml.MarshalIndent(out.body, "", "  ")
		text = append([]byte(xml.Header), text...)
	} else {
		h.Set("Content-Type", "application/json; charset=utf-8")
		text, err = json.Marshal(bare(out.body))
	}
	if err != nil {
		return err
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(out.status)
	_, err = w.Write(text)
	return err
}

func bare(body any) any {
	switch x := body.(type) {
	case serviceList:
		return x.List
	case requestList:
		return x.List
	case receipts:
		return x.List
	case failures:
		return x.List
	}
	return body
}
