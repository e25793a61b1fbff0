package app

import (
	"context"
	"strconv"
	"strings"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document"
	"xinqiao/internal/handling/document/wording"
)

// happened adds to a view what an event of the case tells; later ones win.
func (s caseSource) happened(ctx context.Context, q document.Ask, e casework.Event, v *wording.View) {
	d := e.Data
	who := staffNames{s.Account}.StaffName(ctx, e.ActorID)
	v.Moments = append(v.Moments, wording.Moment{
		At: e.At.In(calendar.China).Format("2006年1月2日 15:04"), What: s.zh("event." + string(e.Kind)), Who: s.unit(e.ActorUnit),
	})
	set := func(to *string, text string) {
		if text != "" {
			*to = text
		}
	}
	switch e.Kind {
	case "registered":
		set(&v.RegisteredBy, who)
		if v.RegisteredBy == "" {
			v.RegisteredBy = "信访人网上自行登记"
		}
	case "forwarded", "assigned", "rerouted":
		v.Forwarder, v.Forwarded = s.unit(e.ActorUnit), date(e.At)
	case "signed":
		v.Signed = date(e.At)
	case "accepted", "taken_up":
		if v.Signed == "" {
			v.Signed = date(e.At)
		}
		set(&v.Handler, who)
	case "objected":
		if q.Kind.ID == "D06" {
			set(&v.Reason, d.Reason)
			set(&v.Basis, strings.TrimSpace(d.Basis+" "+d.Duty))
			set(&v.RightBody, s.unit(d.SuggestID))
		}
	case "declined", "diverted", "request_diverted", "route_explained":
		set(&v.Reason, d.Reason+d.Text)
		set(&v.Basis, d.Basis)
		set(&v.RightBody, d.Route)
	case "drafted", "replied":
		set(&v.Facts, d.Facts)
		set(&v.Opinion, d.Text)
		set(&v.Basis, d.Basis)
		set(&v.Arrangement, d.Plan)
	case "finalised":
		set(&v.Opinion, d.Reason)
	default:
		s.procedural(who, e, v)
	}
}

// procedural adds extensions, meetings, hearings, mediation, supervision.
func (s caseSource) procedural(who string, e casework.Event, v *wording.View) {
	d := e.Data
	switch e.Kind {
	case "extension_requested":
		v.Reason = d.Reason
		v.Days = strconv.Itoa(d.Days)
	case "extension_ruled":
		if d.Upheld {
			v.Head = who
		}
	case "consulted", "consultation_held", "room_closed":
		v.Meeting = wording.Meeting{
			Mode: map[string]string{"video": "视频", "phone": "电话", "onsite": "现场"}[d.Method], Began: date(e.At),
			Attendees: listed(d.Attendees), Recorder: who, Issue: v.Title, Conclusion: d.Text,
		}
	case "hearing_opened":
		v.Hearing = wording.Meeting{Began: date(e.At), Issue: d.Text, Attendees: listed(d.Attendees), Recorder: who}
	case "hearing_closed":
		v.Hearing.Ended, v.Hearing.Conclusion = date(e.At), d.Text
	case "mediation_recorded":
		if d.Upheld {
			v.Settlement.Terms = strings.Split(d.Text, "\n")
		}
	case "supervised":
		v.Supervision.Problem, v.Supervision.Requirement = d.Reason, d.Text
	case "review_requested":
		v.Reason = d.Reason
	}
}

// listed splits names that were typed into one field.
func listed(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) })
}
