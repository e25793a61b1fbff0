package phone

import (
	"context"
	"errors"
	"strings"
	"time"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/telephone"
)

var (
	errVoice  = errors.New("the voice does not speak")
	errLines  = errors.New("all lines are busy")
	errGoesOn = errors.New("the conversation goes on")
	errEnded  = errors.New("the call ended before the text")
	errGone   = errors.New("nobody was there to be taken leave of")
)

// replays is how often key 2 is obeyed: nobody listens that often, but a
// defective gateway may press it all day.
const replays = 5

// hearing is what one call came to.
type hearing struct {
	told      bool  // the text, or enough of it
	confirmed bool  // key 1, after the text
	broken    error // why it ended before its time
	goodbye   error // of hanging up
}

// converse reads the text and asks for the confirmation, round by round.
func (s *Sender) converse(ctx context.Context, call *telephone.Call, t spoken) hearing {
	var h hearing
	enough := time.Duration(len(t.text)) * time.Second / telephone.Rate
	if s.c.Heard > 0 {
		enough = min(enough, s.c.Heard)
	}
	repeats := 0
	for round := 0; round < s.c.Rounds; round++ {
		// Key 1 does not count here: who presses it before the end has not
		// heard the end.
		key, played, err := say(ctx, call, t.text, "2")
		h.told = h.told || played >= enough
		if err == nil && key == 0 {
			key, _, err = say(ctx, call, t.ask, "12")
		}
		switch {
		case err != nil:
			h.broken = err
			return h
		case key == '1':
			h.confirmed = true
			say(ctx, call, t.thanks, "") // they may well hang up over it
			return h
		case key == '2' && repeats < replays:
			repeats++
			round--
		}
	}
	return h
}

// say plays until the end or one of the keys, and tells how much was played.
func say(ctx context.Context, call *telephone.Call, pcm []int16, keys string) (rune, time.Duration, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type end struct {
		played time.Duration
		err    error
	}
	over := make(chan end, 1)
	go func() {
		d, err := call.Play(ctx, pcm)
		over <- end{d, err}
	}()
	for {
		select {
		case e := <-over:
			return 0, e.played, e.err
		case k := <-call.Keys():
			if strings.ContainsRune(keys, k) {
				stop()
				return k, (<-over).played, nil
			}
		}
	}
}

// judge gives nil for a message that was told, otherwise what to do about it.
func (h hearing) judge() error {
	switch {
	case h.confirmed:
		return nil
	case h.goodbye != nil:
		// It may have been heard to the end, or have ended at the first word.
		return sender.Lost(errGone)
	case h.told:
		return nil
	case errors.Is(h.broken, telephone.ErrHungUp):
		return sender.Later("hung-up", afterUnheard, errEnded)
	}
	return sender.Later("interrupted", 0, errEnded)
}
