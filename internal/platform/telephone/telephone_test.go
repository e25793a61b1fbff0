package telephone

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"
)

// loop is on this machine alone.
const loop = "127.0.0.1"

// tone is a beep with a rising pitch, so that a shifted copy differs.
func tone(d time.Duration) []int16 {
	pcm := make([]int16, int(d.Seconds()*Rate))
	for i := range pcm {
		t := float64(i) / Rate
		pcm[i] = int16(9000 * math.Sin(2*math.Pi*(300+400*t)*t))
	}
	return pcm
}

// TestConversation lets two lines talk: one plays, the other records, and back.
func TestConversation(t *testing.T) {
	var mu sync.Mutex
	var heard []int16
	done := make(chan error, 1)
	callee, err := Open(Config{Trunk: loop + ":9", Local: loop + ":0"}, func(ctx context.Context, c *Call) {
		c.Record(func(pcm []int16) { mu.Lock(); heard = append(heard, pcm...); mu.Unlock() })
		_, err := c.Play(ctx, tone(200*time.Millisecond))
		<-c.Over()
		done <- err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer callee.Close()
	caller, err := Open(Config{Trunk: callee.laddr.String(), User: "10086", Local: loop}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer caller.Close()
	if err := caller.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := caller.Dial(t.Context(), Target{Key: "a", Number: "99900000000", Ring: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	said := tone(500 * time.Millisecond)
	begin := time.Now()
	if d, err := c.Play(t.Context(), said); err != nil || d != 500*time.Millisecond {
		t.Fatal(d, err)
	}
	if d := time.Since(begin); d < 450*time.Millisecond {
		t.Errorf("half a second was spoken in %v", d)
	}
	if err := c.HangUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	// The last packet may still be on its way when the goodbye arrives.
	const packet = Rate / 50
	if len(heard) < len(said)-packet || len(heard) > len(said) {
		t.Fatalf("%d samples of %d arrived", len(heard), len(said))
	}
	for i := range heard {
		if d := int(said[i]) - int(heard[i]); d < -300 || d > 300 {
			t.Fatalf("sample %d: said %d, heard %d", i, said[i], heard[i])
		}
	}
}
