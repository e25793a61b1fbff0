package app

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/hotline"
	"xinqiao/internal/platform/speech"
)

// demoSecret signs what the demo's call centre and gateway post. It is printed
// nowhere and opens nothing but the demo.
const demoSecret = "demo-only-not-a-secret"

// demoTelephones opens the hotline, the door of short messages and a mailbox
// without a trunk, and lets a few people use them today. The first caller filed
// before, so that the operator sees a history.
func (r *replay) demoTelephones(ctx context.Context) error {
	system := access.Actor{Role: access.System}
	for _, d := range []struct {
		e      door.Entry
		values map[string]string
	}{
		{door.Entry{Code: "hotline", Kind: "hotline", Channel: casework.Phone, NameZH: "12345人工热线", NameEN: "Hotline 12345", Active: true}, map[string]string{"secret": demoSecret}},
		{door.Entry{Code: "sms", Kind: "sms", Channel: casework.SMS, NameZH: "短信反映", NameEN: "Short messages", Active: true}, map[string]string{"secret": demoSecret}},
		{door.Entry{Code: "voicemail", Kind: "voicemail", Channel: casework.Phone, NameZH: "语音信箱", NameEN: "Voice mailbox"}, map[string]string{"trunk": "pbx.mingchuan.example"}},
	} {
		if err := r.Doors.Save(access.With(ctx, system), system, d.e, d.values); err != nil {
			return fmt.Errorf("opening the door %s: %w", d.e.Code, err)
		}
	}
	now := r.Clock.Now()
	if err := r.demoCalls(ctx, now); err != nil {
		return err
	}
	return r.demoMessages(ctx, now)
}

// demoCalls are a morning at the hotline: talks, a missed call, one that rings.
func (r *replay) demoCalls(ctx context.Context, now time.Time) error {
	known := r.script.People[r.script.Cases[len(r.script.Cases)-1].PersonID-1].Phone
	for i, c := range []struct {
		ago, rang, talk time.Duration // rang < 0: it still rings; talk 0: nobody answered
		from            string
	}{
		{4 * time.Hour, 6 * time.Second, 4 * time.Minute, known},
		{3 * time.Hour, 9 * time.Second, 2 * time.Minute, "19900020001"},
		{150 * time.Minute, 22 * time.Second, 3 * time.Minute, "19900020002"},
		{2 * time.Hour, 48 * time.Second, 0, "19900020003"},
		{80 * time.Minute, 11 * time.Second, 5 * time.Minute, ""},
		{25 * time.Minute, 4 * time.Second, 90 * time.Second, "19900020001"},
		{10 * time.Second, -1, 0, known},
	} {
		call, at := fmt.Sprintf("demo-%d", i), now.Add(-c.ago)
		events := []hotline.Event{{Kind: hotline.Rang, At: at, From: c.from}}
		if c.talk > 0 {
			events = append(events, hotline.Event{Kind: hotline.Picked, At: at.Add(c.rang), Seat: fmt.Sprint(801 + i%3)})
		}
		if c.rang > 0 {
			events = append(events, hotline.Event{Kind: hotline.Ended, At: at.Add(c.rang + c.talk)})
		}
		for n, e := range events {
			e.ID, e.Call = fmt.Sprintf("%s-%d", call, n), call
			if _, _, err := r.Hotline.Tell(ctx, "hotline", e, now); err != nil {
				return err
			}
		}
		if c.talk > 0 {
			if _, err := r.Hotline.Push(ctx, "hotline", call, r.spoken(ctx, "您好，我想反映小区路灯不亮的问题。")); err != nil {
				return err
			}
		}
	}
	return nil
}

// demoMessages are what came by short message and into the mailbox.
func (r *replay) demoMessages(ctx context.Context, now time.Time) error {
	for i, text := range []string{"幸福路口红绿灯坏了两天，早晚高峰很危险，请尽快派人修。", "上次反映的垃圾清运，今天又没人来。", "请问低保申请要带什么材料？"} {
		a := door.Arrival{Door: "sms", Key: fmt.Sprintf("demo-%d", i), At: now.Add(-time.Duration(i+1) * 35 * time.Minute), From: fmt.Sprintf("1990003%04d", i),
			Draft: door.Draft{Channel: casework.SMS, Words: text}}
		a.Thread, a.Draft.Person.Phone = "sms:"+a.From, a.From
		if _, err := r.Doors.Take(ctx, a); err != nil {
			return err
		}
	}
	_, err := r.Doors.Take(ctx, door.Arrival{Door: "voicemail", Key: "demo-0", At: now.Add(-9 * time.Hour), From: "19900040001",
		Raw:   door.Part{Name: "voicemail.wav", Type: "audio/wav", Data: r.spoken(ctx, "您好，我住在东关区，楼上半夜施工，请帮忙处理。")},
		Draft: door.Draft{Channel: casework.Phone, Kind: casework.Order, Title: "语音留言", Person: door.Person{Phone: "19900040001"}}})
	return err
}

// spoken reads a text, or hums where no voice is installed.
func (r *replay) spoken(ctx context.Context, text string) []byte {
	pcm, err := speech.Espeak{}.Speak(ctx, speech.Utterance{Text: text, Lang: "zh"})
	if err != nil {
		pcm = make([]int16, 2*speech.Rate)
		for i := range pcm {
			pcm[i] = int16(3000 * math.Sin(2*math.Pi*330*float64(i)/speech.Rate))
		}
	}
	var b bytes.Buffer
	if err := speech.WriteWAV(&b, pcm); err != nil {
		return nil
	}
	return b.Bytes()
}
