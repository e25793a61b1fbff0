package app_test

import (
	"bytes"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"xinqiao/internal/app/apptest"
)

// upload posts a form with one file, called exactly so.
func upload(b *apptest.Browser, path string, fields url.Values, name, content string) apptest.Page {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, list := range fields {
		for _, v := range list {
			w.WriteField(k, v)
		}
	}
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="files"; filename="` + name + `"`}, "Content-Type": {"image/jpeg"},
	})
	part.Write([]byte(content))
	w.Close()
	return b.Send(path, w.FormDataContentType(), &body)
}

const (
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00\x43\x00"
	exe  = "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00\x00\x00"
	svg  = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	html = `<!doctype html><script>alert(1)</script>`
)

// TestUploads: what is no picture, document or recording is not taken, and
// what is taken can run nothing.
func TestUploads(t *testing.T) {
	h := apptest.Start(t, "sqlite", noLimit)
	r := h.File(1)
	b := enter(h, r)
	at := "/follow/" + r.No + "/supplement"
	for name, content := range map[string]string{
		"photo.jpg": exe, "run.exe": exe, "x.svg": svg, "y.svg.jpg": svg, "page.html": html, "page.htm": html, "page.jpg": html, "page.txt": html,
		"empty.jpg": "", "big.jpg": jpeg + strings.Repeat("x", 1<<20), "x.php": "<?php system('id'); ?>", "x.zip": "PK\x03\x04xxxx", "noext": jpeg,
		"x.jpg.exe": jpeg, ".htaccess": "deny", "x.xml": `<?xml version="1.0"?><a/>`,
	} {
		form := b.Get(at).Is(http.StatusOK).Hidden()
		form.Set("text", "补充说明一张照片")
		p := upload(b, at, form, name, content).Is(http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge)
		p.Has("补充说明一张照片").Lacks("<script>alert")
	}
	if got := h.Events(r.No); len(got) != 1 {
		t.Errorf("events %v", got)
	}
	for i, name := range []string{`../../../../etc/cron.d/x.jpg`, `..\..\windows\x.jpg`, `/etc/passwd.jpg`, "a\u202egpj.exe.jpg", `x\";evil=\".jpg`, strings.Repeat("长", 300) + ".jpg"} {
		form := b.Get(at).Is(http.StatusOK).Hidden()
		form.Set("text", "第几张"+text(int64(i)))
		upload(b, at, form, name, jpeg+text(int64(i))).Is(http.StatusOK).At("/follow/" + r.No)
	}
	page := b.Get("/follow/"+r.No).Lacks("../", `..\`, "etc/cron", `\windows`, "\u202e")
	links := regexp.MustCompile(`/follow/`+r.No+`/files/\d+`).FindAllString(page.Body, -1)
	if len(links) != 6 {
		t.Fatalf("%d files", len(links))
	}
	for _, link := range links {
		p := b.Get(link).Is(http.StatusOK)
		disposition := p.Header.Get("Content-Disposition")
		if p.Header.Get("Content-Type") != "image/jpeg" || p.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(p.Header.Get("Content-Security-Policy"), "sandbox") || !strings.HasPrefix(disposition, "inline") || strings.ContainsAny(disposition, `/\`) {
			t.Errorf("%s: %v", link, p.Header)
		}
		if q := h.Browser().Get(link); q.Path != "/follow" {
			t.Errorf("a stranger gets %s", link)
		}
		h.Browser().Get("/files/" + link[strings.LastIndexByte(link, '/')+1:]).Is(http.StatusNotFound)
	}
	form := b.Get(at).Hidden()
	form.Set("text", "一份文本")
	upload(b, at, form, "说明.txt", "电梯停用通知").Is(http.StatusOK)
	all := regexp.MustCompile(`/follow/`+r.No+`/files/\d+`).FindAllString(b.Get("/follow/"+r.No).Body, -1)
	if p := b.Get(all[0]).Is(http.StatusOK); !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a text is served %v", p.Header)
	}
	err := filepath.WalkDir(h.Config.Data, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, "jpg") {
			t.Errorf("a file keeps its name on disk: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
