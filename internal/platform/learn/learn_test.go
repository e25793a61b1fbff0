package learn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"xinqiao/internal/platform/learn"
)

// invented makes messages of three subjects from invented sentences.
func invented(n int, seed uint64) []learn.Example {
	subjects := []struct {
		label string
		words []string
	}{
		{"noise", []string{"工地深夜施工噪音太大", "广场舞音响扰民", "夜里机器轰鸣睡不着", "噪音扰民没人管"}},
		{"wages", []string{"老板拖欠工资三个月", "工地欠薪不发", "公司不发加班工资", "讨薪无门请帮助"}},
		{"roads", []string{"路面坑洼车辆颠簸", "路灯坏了天黑难走", "道路积水无法通行", "人行道被占用"}},
	}
	places := []string{"甲镇", "乙村", "丙街道", "丁小区", "戊路", "己巷"}
	r := rand.New(rand.NewPCG(seed, 9))
	var out []learn.Example
	for i := range n {
		s := subjects[i%len(subjects)]
		pick := func(list []string) string { return list[r.IntN(len(list))] }
		out = append(out, learn.Example{
			Title: pick(places) + pick(s.words),
			Text:  fmt.Sprintf("%s%d号，%s。%s，请有关部门处理。", pick(places), r.IntN(1000), pick(s.words), pick(s.words)),
			Label: s.label, Group: fmt.Sprint(i), // few sentences: by their titles all would be one
		})
	}
	return out
}

func train(t *testing.T, examples []learn.Example, o learn.Options) (*learn.Model, learn.Report) {
	t.Helper()
	m, r, err := learn.Train(context.Background(), examples, o)
	if err != nil {
		t.Fatal(err)
	}
	return m, r
}

func saved(t *testing.T, m *learn.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTellsSubjectsAndWhy(t *testing.T) {
	m, r := train(t, invented(240, 1), learn.Options{})
	if r.MacroF1 < 0.95 {
		t.Errorf("macro-F1 %.3f on sentences that share all their words", r.MacroF1)
	}
	title, text := "庚村有人欠薪", "包工头拖欠工资，请帮忙讨薪。"
	best := m.Predict(title, text)[0]
	if best.Label != "wages" {
		t.Errorf("told %q", best.Label)
	}
	spans := m.Explain(title, text, "wages")
	if len(spans) == 0 {
		t.Fatal("no reason")
	}
	for _, s := range spans {
		field := text
		if s.InTitle {
			field = title
		}
		if field[s.Start:s.End] != s.Word || s.Word == "" || s.Weight <= 0 || s.Weight > 1 {
			t.Errorf("span %+v is %q", s, field[s.Start:s.End])
		}
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	a, _ := train(t, invented(120, 1), learn.Options{Seed: 3})
	b, _ := train(t, invented(120, 1), learn.Options{Seed: 3, Workers: 1})
	if !bytes.Equal(saved(t, a), saved(t, b)) {
		t.Error("the same examples and seed gave another model")
	}
}

func TestSavedModelAnswersAlike(t *testing.T) {
	m, _ := train(t, invented(120, 1), learn.Options{Note: map[string]string{"of": "test"}})
	again, err := learn.Load(bytes.NewReader(saved(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range invented(30, 2) {
		a, b := m.Predict(e.Title, e.Text), again.Predict(e.Title, e.Text)
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("%v before, %v after", a, b)
			}
		}
	}
	if again.Note["of"] != "test" || !bytes.Equal(saved(t, m), saved(t, again)) {
		t.Error("the file changed on its way")
	}
}

func TestRefusesWhatCannotBeLearned(t *testing.T) {
	one := []learn.Example{{Title: "a", Label: "x"}, {Title: "b", Label: "x"}}
	if _, _, err := learn.Train(context.Background(), one, learn.Options{}); !errors.Is(err, learn.ErrTooFew) {
		t.Errorf("one label: %v", err)
	}
	two := append(one, learn.Example{Title: "c", Label: "y"})
	if _, _, err := learn.Train(context.Background(), two, learn.Options{Labels: []string{"x"}}); err == nil {
		t.Error("a label that is not on the list was learned")
	}
	if _, _, err := learn.Train(context.Background(), two, learn.Options{}); err != nil {
		t.Errorf("three examples: %v", err)
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := learn.Train(stopped, invented(60, 1), learn.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestBeginsWithKeywords(t *testing.T) {
	prior := []learn.Example{
		{Text: "噪音，扰民，夜间施工", Label: "noise"}, {Text: "欠薪，工资，讨薪", Label: "wages"}, {Text: "路灯，路面，积水", Label: "roads"},
	}
	m, r := train(t, nil, learn.Options{Prior: prior})
	if best := m.Predict("有人拖欠工资", "")[0]; best.Label != "wages" {
		t.Errorf("keywords alone: %v", best)
	}
	if _, _, ok := m.Threshold(0.5); ok || r.Examples != 0 {
		t.Error("a model that was never checked promises nothing")
	}
	m, r = train(t, invented(120, 1), learn.Options{Prior: prior})
	if r.Examples != 120 || r.MacroF1 < 0.95 {
		t.Errorf("with examples: %d checked, macro-F1 %.3f", r.Examples, r.MacroF1)
	}
	if _, coverage, ok := m.Threshold(0.9); !ok || coverage < 0.9 {
		t.Errorf("easy sentences, and only %.2f of them are answered", coverage)
	}
}
