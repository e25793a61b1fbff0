package ui

// gathered says which pages stand together behind one word of the head, so
// that it keeps to one row for those who may open many.
var gathered = map[string]string{
	"arrivals": "intake", "letters": "intake", "calls": "intake", "persons": "intake",
	"rooms": "meet", "conference": "meet", "leader-days": "meet",
	"supervision": "watch", "leads": "watch",
	"units": "house", "staff": "house", "duties": "house",
	"categories": "rules", "calendars": "rules", "parameters": "rules", "sameness": "rules", "retention": "rules", "models": "rules",
	"doors": "ways", "reminders": "ways", "reception": "ways", "codes": "ways", "import": "ways", "kiosks": "ways", "clients": "ways",
}

// navGroup is one place in the head: a page, or several behind one word.
type navGroup struct {
	ID    string // "" is a page by itself
	Items []navItem
}

// gather puts items in the place of the first of each group. A group of one
// is a page by itself.
func gather(items []navItem) []navGroup {
	var out []navGroup
	at := map[string]int{}
	for _, item := range items {
		id := gathered[item.ID]
		if i, known := at[id]; known && id != "" {
			out[i].Items = append(out[i].Items, item)
			continue
		}
		at[id] = len(out)
		out = append(out, navGroup{id, []navItem{item}})
	}
	for i := range out {
		if len(out[i].Items) == 1 {
			out[i].ID = ""
		}
	}
	return out
}

// holds tells whether a page is one of the group.
func (g navGroup) holds(page string) bool {
	for _, item := range g.Items {
		if item.ID == page {
			return true
		}
	}
	return false
}
