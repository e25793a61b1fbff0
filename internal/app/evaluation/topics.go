package evaluation

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"time"

	"xinqiao/internal/platform/learn/cluster"
)

// Topics are the matters of the stream that many people write about.
type Topics struct {
	Messages int     `json:"messages"`
	Groups   int     `json:"groups"`
	Several  int     `json:"groups_of_several"`
	Seconds  float64 `json:"seconds"`
	Top      []Topic `json:"top"`
	// AtOnce and Assigned compare the groups of all messages at once with those
	// of the first nine tenths to which the rest was assigned one by one: the
	// share of the late messages that are with the same fellows.
	Assigned  int     `json:"assigned"`
	SameGroup float64 `json:"assigned_alike"`
	PerSecond float64 `json:"assigned_per_second"`
}

// Topic is one group.
type Topic struct {
	Words  []string     `json:"words"`
	Place  string       `json:"place"`
	Heat   cluster.Heat `json:"heat"`
	Titles []string     `json:"titles"`
}

// The stream is looked at from its last day: a month halves the heat.
const (
	halfLife    = 30 * 24 * time.Hour
	topicWords  = 5
	topicTitles = 3
	lateShare   = 10 // one of so many is late
)

// place finds the anonymised names of districts and counties.
var place = regexp.MustCompile(`[A-Z]\d*[市县区]`)

// FindTopics groups messages-stream.tsv and ranks the groups: by how many
// people write first, as history; the heat of the last day is told beside it.
func FindTopics(_ context.Context, o Options) (Topics, error) {
	messages, err := readStream(o.Data)
	if err != nil {
		return Topics{}, err
	}
	slices.SortStableFunc(messages, func(a, b message) int { return a.at.Compare(b.at) })
	texts := make([]cluster.Text, len(messages))
	for i, m := range messages {
		texts[i] = cluster.Text{Title: m.title, Body: m.text}
	}
	begun := time.Now()
	groups := cluster.Build(texts, cluster.Options{})
	out := Topics{Messages: len(messages), Groups: len(groups.Members), Seconds: time.Since(begun).Seconds()}
	background := cluster.NewBackground(texts)
	var top []int
	for c, members := range groups.Members {
		if len(members) > 1 {
			out.Several++
		}
		top = append(top, c)
	}
	heat := make([]cluster.Heat, len(groups.Members))
	for c, members := range groups.Members {
		heat[c] = heatOf(messages, members)
	}
	slices.SortStableFunc(top, func(a, b int) int {
		return cmp.Or(cmp.Compare(heat[b].People, heat[a].People), cmp.Compare(heat[b].Texts, heat[a].Texts))
	})
	for _, c := range top[:min(o.Top, len(top))] {
		out.Top = append(out.Top, topic(messages, texts, groups.Members[c], heat[c], background))
	}
	out.assign(texts, groups)
	return out, nil
}

// heatOf measures a group on its own last day, so that topics of different
// times can be compared.
func heatOf(messages []message, members []int) cluster.Heat {
	events := make([]cluster.Event, len(members))
	var last time.Time
	for i, m := range members {
		events[i] = cluster.Event{At: messages[m].at, Who: messages[m].who, Likes: messages[m].likes}
		if events[i].At.After(last) {
			last = events[i].At
		}
	}
	return cluster.Of(events, last, halfLife)
}

func topic(messages []message, texts []cluster.Text, members []int, heat cluster.Heat, background *cluster.Background) Topic {
	t := Topic{Heat: heat}
	group := make([]cluster.Text, len(members))
	places := map[string]int{}
	for i, m := range members {
		group[i] = texts[m]
		for _, p := range place.FindAllString(messages[m].title, -1) {
			places[p]++
		}
		if i < topicTitles {
			t.Titles = append(t.Titles, messages[m].title)
		}
	}
	for p, n := range places {
		if t.Place == "" || n > places[t.Place] || n == places[t.Place] && p < t.Place {
			t.Place = p
		}
	}
	t.Words = background.Words(group, topicWords)
	return t
}

// assign groups the first texts and lets the others join one by one.
func (t *Topics) assign(texts []cluster.Text, whole *cluster.Groups) {
	early := len(texts) - len(texts)/lateShare
	live := cluster.Build(texts[:early], cluster.Options{})
	begun := time.Now()
	for _, text := range texts[early:] {
		live.Add(text)
	}
	t.Assigned = len(texts) - early
	t.PerSecond = float64(t.Assigned) / time.Since(begun).Seconds()
	alike := 0
	for i := early; i < len(texts); i++ {
		if sameFellows(whole, live, i, early) {
			alike++
		}
	}
	t.SameGroup = float64(alike) / float64(max(1, t.Assigned))
}

// sameFellows tells whether most of those whom a text is with in one grouping
// are with it in the other; of a text that is alone in one, whether it is in
// both. Only early texts are looked at.
func sameFellows(a, b *cluster.Groups, i, early int) bool {
	of := func(g *cluster.Groups) (out []int) {
		for _, m := range g.Members[g.Of[i]] {
			if m < early {
				out = append(out, m)
			}
		}
		return out
	}
	x, y := of(a), of(b)
	if len(x) == 0 || len(y) == 0 {
		return len(x) == len(y)
	}
	both := 0
	for _, m := range x {
		if _, found := slices.BinarySearch(y, m); found {
			both++
		}
	}
	return 2*both >= min(len(x), len(y))
}
