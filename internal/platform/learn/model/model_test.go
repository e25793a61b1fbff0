package model_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"xinqiao/internal/platform/learn"
	"xinqiao/internal/platform/learn/model"
)

func tiny(tb testing.TB) []byte {
	tb.Helper()
	m, _, err := learn.Train(context.Background(), []learn.Example{
		{Title: "路灯坏了", Label: "路"}, {Title: "路面积水", Label: "路"}, {Title: "拖欠工资", Label: "工"}, {Title: "讨薪无门", Label: "工"},
	}, learn.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestDamageIsNoticed(t *testing.T) {
	whole := tiny(t)
	for i := range whole {
		spoiled := bytes.Clone(whole)
		spoiled[i] ^= 0x10
		if _, err := model.Load(bytes.NewReader(spoiled)); !errors.Is(err, model.ErrDamaged) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for _, n := range []int{0, 7, 8, 40, len(whole) / 2, len(whole) - 1} {
		if _, err := model.Load(bytes.NewReader(whole[:n])); !errors.Is(err, model.ErrDamaged) {
			t.Errorf("cut off after %d bytes: %v", n, err)
		}
	}
	if _, err := model.Load(bytes.NewReader(append(bytes.Clone(whole), 0))); !errors.Is(err, model.ErrDamaged) {
		t.Errorf("one byte more: %v", err)
	}
}

// FuzzLoad changes files and signs them anew, so that the checks behind the
// checksum are reached: whatever is loaded must answer without a panic.
func FuzzLoad(f *testing.F) {
	whole := tiny(f)
	body := whole[:len(whole)-sha256.Size]
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte("XQLEARN1"))
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body)
		m, err := model.Load(bytes.NewReader(append(bytes.Clone(body), sum[:]...)))
		if err != nil {
			if !errors.Is(err, model.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		ranked := m.Predict("路灯坏了", "拖欠工资，路灯")
		m.Explain("路灯坏了", "拖欠工资，路灯", ranked[0].Label)
		m.Threshold(0.9)
	})
}

func TestReaderAllocatesNothing(t *testing.T) {
	m, err := model.Load(bytes.NewReader(tiny(t)))
	if err != nil {
		t.Fatal(err)
	}
	r := m.NewReader()
	r.Read("路灯坏了", "请来修理路灯")
	if n := testing.AllocsPerRun(50, func() { r.Read("路灯坏了", "请来修理路灯") }); n != 0 {
		t.Errorf("%v allocations for a message", n)
	}
}

// TestManyLabels: the table of a model with hundreds of labels stays small.
func TestManyLabels(t *testing.T) {
	var examples []learn.Example
	for i := range 300 {
		examples = append(examples, learn.Example{Title: fmt.Sprintf("第%c%c项事务", '一'+rune(i*7), '丁'+rune(i*3)), Label: fmt.Sprint(i % 150)})
	}
	m, _, err := learn.Train(context.Background(), examples, learn.Options{Folds: 1})
	if err != nil {
		t.Fatal(err)
	}
	hit := 0
	for _, e := range examples {
		if ranked := m.Predict(e.Title, ""); len(ranked) == 150 && ranked[0].Label == e.Label {
			hit++
		}
	}
	if hit < 290 {
		t.Errorf("%d of 300 told again", hit)
	}
}
