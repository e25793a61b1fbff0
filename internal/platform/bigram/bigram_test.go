package bigram

import (
	"strings"
	"testing"
)

// TestWords: text and question are cut alike, whatever the script and width.
func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"电梯停运":           "电梯 梯停 停运",
		"３号楼 Ａ座":         "3 号楼 a 座",
		"WiFi坏了":         "wifi 坏了",
		"MC26-0A1B-7K3F": "mc26 0a1b 7k3f",
	} {
		if got := strings.Join(Split(text, false), " "); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	var marked []string
	for _, p := range Mark("红旗小区电梯反复停运", "电梯停运") {
		if p.Hit {
			marked = append(marked, p.Text)
		}
	}
	if strings.Join(marked, " ") != "电梯 停运" {
		t.Error(marked)
	}
}
