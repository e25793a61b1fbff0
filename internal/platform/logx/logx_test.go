package logx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestNothingPersonalIsWritten(t *testing.T) {
	var b bytes.Buffer
	log := New(&b, "json", "debug")
	log.Error("duplicate",
		"phone", "13900000000", "Password", "hunter2", "no", "MC26-0A1B-7K3F", "cases", 3,
		"err", errors.New("dial postgres://xinqiao:hunter2@db/x: value (13900000000, 99000019900101002X)"))
	var line map[string]any
	if err := json.Unmarshal(b.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	delete(line, "msg")
	rest, _ := json.Marshal(line)
	for _, bad := range []string{"13900000000", "hunter2", "99000019900101002X"} {
		if strings.Contains(string(rest), bad) {
			t.Errorf("%s is in %s", bad, rest)
		}
	}
	if line["no"] != "MC26-0A1B-7K3F" || line["cases"] != 3.0 {
		t.Errorf("what may be written was not: %s", rest)
	}
}

func TestRequestID(t *testing.T) {
	var b bytes.Buffer
	ctx := WithRequest(context.Background(), "r1")
	New(&b, "text", "info").With("part", "web").InfoContext(ctx, "served")
	if !strings.Contains(b.String(), "part=web request=r1") {
		t.Error(b.String())
	}
	if Request(context.Background()) != "" {
		t.Error("no request outside one")
	}
}

func TestLevel(t *testing.T) {
	var b bytes.Buffer
	New(&b, "text", "warn").Info("quiet")
	New(&b, "nonsense", "nonsense").Debug("quiet")
	if b.Len() != 0 {
		t.Error(b.String())
	}
}
