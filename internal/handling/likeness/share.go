package likeness

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
)

// shareMost is how many are answered in one go.
const shareMost = 200

// Share serves the reply of masters that have ended to those who joined them.
// It goes on where it stopped: a key makes each step happen once.
func (s *Service) Share(ctx context.Context) error {
	list, err := s.store.owed(ctx, shareMost)
	if err != nil {
		return err
	}
	for _, x := range list {
		if err := s.share(ctx, x); err != nil {
			return fmt.Errorf("reply of case %d for case %d: %w", x.masterID, x.caseID, err)
		}
	}
	return nil
}

func (s *Service) share(ctx context.Context, x share) error {
	master, history, err := s.Cases.Story(ctx, s.DB.Read(), x.masterID)
	if err != nil {
		return err
	}
	found, err := s.Cases.ByIDs(ctx, []int64{x.caseID})
	if err != nil {
		return err
	}
	c, ok := found[x.caseID]
	if ok && c.Relation != nil && !master.State.Open() {
		_, err = s.Cases.Do(ctx, answer(c, master, history, s.Clock.Now()))
		switch fault.KindOf(err) {
		case fault.RuleBroken, fault.Invalid, fault.Denied, fault.NotFound: // it went its own way meanwhile
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return s.store.shared(ctx, x.caseID)
}

// reply collects what a case was answered: the opinion or the simple reply of
// its last round, and how it was concluded.
func reply(master casework.Case, history []casework.Event) (d casework.Data) {
	for _, e := range history {
		if e.Round != master.Round {
			continue
		}
		switch e.Verb {
		case casework.Draft:
			d.Text, d.Facts, d.Basis, d.Remedy, d.Result = e.Data.Text, e.Data.Facts, e.Data.Basis, e.Data.Remedy, e.Data.Result
		case casework.Reply, casework.ShareReply:
			d.Text, d.Outcome, d.Evidence = e.Data.Text, e.Data.Outcome, e.Data.Evidence
		case casework.ConcludeCase:
			d.Outcome, d.Evidence = e.Data.Outcome, e.Data.Evidence
			if d.Evidence == "" && len(e.Data.Files) > 0 {
				d.Evidence = master.No // the files are with the master
			}
		}
	}
	return d
}

// answer is what the program does with a case whose master has ended.
func answer(c, master casework.Case, history []casework.Event, now time.Time) casework.Action {
	a := casework.Action{No: c.No, Actor: program, Now: now, Verb: casework.ShareReply, Key: fmt.Sprintf("share:%d:%d:%d", master.ID, master.Round, c.ID)}
	a.Data = reply(master, history)
	if a.Data.Text == "" || a.Data.Outcome == casework.Undecided {
		a.Verb, a.Data, a.Key = casework.Unrelate, casework.Data{Reason: "主件未经答复而结束 · the master case ended without a reply"}, "un"+a.Key
	}
	return a
}
