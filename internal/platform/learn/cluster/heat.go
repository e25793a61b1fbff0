package cluster

import (
	"math"
	"time"
)

// Event is one text of a group as heat sees it.
type Event struct {
	At    time.Time
	Who   string // one person's ten letters are not ten people
	Likes int
}

// Heat (热度) is how much a group presses now.
type Heat struct {
	People  int       `json:"people"`
	Texts   int       `json:"texts"`
	Likes   int       `json:"likes"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Recency float64   `json:"recency"` // 1 for today, halved with every half-life
	Growth  float64   `json:"growth"`  // texts of the last half-life for one of the half-life before
	Value   float64   `json:"value"`
}

// likesOfOne is how many likes count as one more person: a like is cheap.
const likesOfOne = 10

// Of measures a group at a moment: people, with a tenth of the likes, more
// when the last text is recent, and more when they become more. Growth counts
// half at least and twice at most.
func Of(events []Event, now time.Time, halfLife time.Duration) Heat {
	var h Heat
	who := map[string]bool{}
	late, early := 0.0, 0.0
	for _, e := range events {
		h.Texts++
		h.Likes += e.Likes
		who[e.Who] = true
		if h.First.IsZero() || e.At.Before(h.First) {
			h.First = e.At
		}
		if e.At.After(h.Last) {
			h.Last = e.At
		}
		switch age := now.Sub(e.At); {
		case age <= halfLife:
			late++
		case age <= 2*halfLife:
			early++
		}
	}
	h.People = len(who)
	if h.Texts == 0 {
		return h
	}
	h.Recency = math.Exp2(-float64(max(0, now.Sub(h.Last))) / float64(halfLife))
	h.Growth = (late + 1) / (early + 1)
	h.Value = (float64(h.People) + float64(max(0, h.Likes))/likesOfOne) * h.Recency * math.Min(2, math.Max(0.5, h.Growth))
	return h
}
