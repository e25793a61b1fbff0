package smtp

import (
	"html/template"
	"strings"

	"xinqiao/internal/platform/sender"
)

// body is a page that mail programs of twenty years ago show too: no images, no
// remote parts, nothing that tells us who has read it.
var body = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#1c1c1a;font:16px/1.7 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif">
<div style="max-width:560px">
<h1 style="font-size:20px;margin:0 0 16px">{{.Title}}</h1>
{{range .Paragraphs}}<p style="margin:0 0 12px">{{range $i, $l := .}}{{if $i}}<br>{{end}}{{$l}}{{end}}</p>
{{end}}{{with .URL}}<p style="margin:16px 0 0"><a href="{{.}}" style="color:#1f5aa6">{{.}}</a></p>
{{end}}</div></body></html>
`))

// plain is the text part.
func plain(m sender.Message) string {
	if m.URL == "" {
		return m.Text
	}
	return m.Text + "\n\n" + m.URL
}

// page is the HTML part. An empty line parts paragraphs.
func page(m sender.Message) (string, error) {
	var paragraphs [][]string
	for p := range strings.SplitSeq(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			paragraphs = append(paragraphs, strings.Split(p, "\n"))
		}
	}
	var b strings.Builder
	err := body.Execute(&b, map[string]any{"Lang": m.Lang, "Title": m.Title, "Paragraphs": paragraphs, "URL": m.URL})
	return b.String(), err
}
