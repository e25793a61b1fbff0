package topic

import (
	"context"
	"time"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/learn/cluster"
)

const (
	readAtOnce = 500
	mostRead   = 20_000 // the newest cases that are looked at
	mostGroup  = cluster.Most
	wordsShown = 3
	sameTopic  = 0.5 // of an old topic's cases, from which on a group goes on with it
)

// Build groups the window anew, if anything was registered since the last
// time. A topic keeps its id, and with it its name, while half of its cases
// stay together.
func (s *Service) Build(ctx context.Context) error {
	last, err := s.store.built(ctx)
	if err != nil {
		return err
	}
	list, err := s.window(ctx)
	if err != nil || len(list) == 0 || list[0].CaseID == last.lastCase && s.Clock.Now().Sub(last.builtAt) < 24*time.Hour {
		return err
	}
	groups := group(list)
	old, err := s.store.belonging(ctx)
	if err != nil {
		return err
	}
	taken := map[int64]bool{}
	for i := range groups {
		groups[i].id = heir(groups[i], old, taken)
		if groups[i].id == 0 {
			groups[i].id = s.IDs.Next()
		}
		taken[groups[i].id] = true
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var b db.Batch
		replace(&b, groups)
		putBuilt(&b, build{list[0].CaseID, len(list), s.Clock.Now()})
		return tx.Send(ctx, &b)
	})
}

// window reads what was told in the last thirty days, newest first.
func (s *Service) window(ctx context.Context) ([]Told, error) {
	since := s.Clock.Now().AddDate(0, 0, -Days)
	var out []Told
	below, read := int64(0), 0
	for read < mostRead && len(out) < mostGroup {
		page, err := s.Cases.Told(ctx, below, readAtOnce)
		if err != nil || len(page) == 0 {
			return out, err
		}
		below, read = page[len(page)-1].CaseID, read+len(page)
		for _, t := range page {
			if t.At.After(since) {
				t.Title, t.Words = identity.Redact(t.Title), identity.Redact(t.Words)
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// grouped is a group that may be shown.
type grouped struct {
	id    int64
	words []string
	cases []Told
}

// group finds the groups that at least three people wrote to.
func group(list []Told) []grouped {
	texts := make([]cluster.Text, len(list))
	for i, t := range list {
		texts[i] = cluster.Text{Title: t.Title, Body: t.Words}
	}
	groups, background := cluster.Build(texts, cluster.Options{}), cluster.NewBackground(texts)
	var out []grouped
	for _, members := range groups.Members {
		var g grouped
		var one []cluster.Text // of each person, so that a word is shared by several
		seen := map[int64]bool{}
		for _, i := range members {
			g.cases = append(g.cases, list[i])
			if !seen[list[i].Who] {
				seen[list[i].Who] = true
				one = append(one, texts[i])
			}
		}
		if len(one) < fewestWho {
			continue
		}
		if g.words = background.Words(one, wordsShown); len(g.words) > 0 && len(out) < mostTopics {
			out = append(out, g)
		}
	}
	return out
}

// heir finds the topic that a group goes on with: most of its cases are here.
func heir(g grouped, old map[int64]int64, taken map[int64]bool) int64 {
	size, here := map[int64]int{}, map[int64]int{}
	for _, topic := range old {
		size[topic]++
	}
	for _, c := range g.cases {
		here[old[c.CaseID]]++
	}
	best := int64(0)
	for topic, n := range here {
		if topic != 0 && !taken[topic] && float64(n) >= sameTopic*float64(size[topic]) && (best == 0 || n > here[best] || n == here[best] && topic < best) {
			best = topic
		}
	}
	return best
}
