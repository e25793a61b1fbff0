package casework

import (
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
)

// Refusal is why a verb cannot be used: ID is a message id ("casework.…"),
// Field the input that needs correction, "" when the case refuses.
type Refusal struct {
	ID    string
	Args  []any
	Field string
}

// Error is for logs and tests.
func (r *Refusal) Error() string { return r.ID }

func refuse(id string, args ...any) *Refusal { return &Refusal{ID: "casework." + id, Args: args} }

func lacks(field, id string, args ...any) *Refusal {
	return &Refusal{ID: "casework." + id, Args: args, Field: field}
}

// moment is what a check looks at.
type moment struct {
	c   Case
	a   access.Actor
	d   Data
	now time.Time
	r   Rules
}

type check func(moment) *Refusal

func filled(field, id string, get func(Data) string) check {
	return func(m moment) *Refusal {
		if strings.TrimSpace(get(m.d)) == "" {
			return lacks(field, id)
		}
		return nil
	}
}

var (
	hasTitle  = filled("title", "title_missing", func(d Data) string { return d.Title })
	hasReason = filled("reason", "reason_missing", func(d Data) string { return d.Reason })
	hasBasis  = filled("basis", "basis_missing", func(d Data) string { return d.Basis })
	hasText   = filled("text", "text_missing", func(d Data) string { return d.Text })
	hasRoute  = filled("route", "route_missing", func(d Data) string { return d.Route })
	hasMethod = filled("method", "method_missing", func(d Data) string { return d.Method })
)

func hasBureau(m moment) *Refusal {
	if m.d.BureauID == 0 {
		return lacks("bureau", "bureau_missing")
	}
	return nil
}

// hasClass: triage decides category, nature and urgency together.
func hasClass(m moment) *Refusal {
	switch {
	case m.d.Category == "":
		return lacks("category", "category_missing")
	case !slices.Contains(Natures, m.d.Nature):
		return lacks("nature", "nature_missing")
	case m.d.Urgency != "" && !slices.Contains(Urgencies, m.d.Urgency):
		return lacks("urgency", "urgency_unknown")
	case m.d.Procedure == Simple && noSimple(m.c, m.d.Nature, m.d.Repeat == yes):
		return lacks("procedure", "simple_excluded")
	}
	return nil
}

// noSimple: the simple procedure is for clear, first, single matters, never
// for accusations or litigation.
func noSimple(c Case, n Nature, repeat bool) bool {
	return n == R1 || n == R2 || repeat || c.Repeat || len(c.Tasks) > 0 || c.IsReview() || c.Rework
}

// hasClassNow lets a dispatch carry the triage, and asks for it where none was
// made before.
func hasClassNow(m moment) *Refusal {
	if m.c.IsReview() {
		return nil
	}
	if m.c.Category != "" && m.d.Category == "" && m.d.Nature == "" {
		return nil
	}
	return hasClass(m)
}

// hasUnit: an accusation never goes to whom it accuses (Art. 30).
func hasUnit(m moment) *Refusal {
	switch m.d.UnitID {
	case 0:
		return lacks("unit", "unit_missing")
	case m.c.BarredUnitID, m.d.BarredUnitID:
		return lacks("unit", "unit_barred")
	}
	return nil
}

// simpleFits holds the simple procedure to what it is for.
func simpleFits(m moment) *Refusal {
	if m.d.Procedure == Simple && noSimple(m.c, m.c.Nature, false) {
		return lacks("procedure", "simple_excluded")
	}
	return nil
}

func between(field, id string, lo, hi, v int) *Refusal {
	if v < lo || v > hi {
		return lacks(field, id, lo, hi)
	}
	return nil
}

func hasReportDays(m moment) *Refusal {
	return between("report_days", "report_days_range", 1, m.r.Params.MaxReport, m.d.ReportDays)
}

func hasExtensionDays(m moment) *Refusal {
	return between("days", "extension_range", 1, m.r.Params.MaxExtension, m.d.Days)
}

func hasMaterialDays(m moment) *Refusal { return between("days", "material_range", 1, 60, m.d.Days) }

// hasConclusion: closed says how; "resolved" must show it.
func hasConclusion(m moment) *Refusal {
	if m.c.IsReview() {
		return nil
	}
	if !slices.Contains(Conclusions, m.d.Outcome) {
		return lacks("outcome", "outcome_missing")
	}
	if m.d.Outcome == Resolved && strings.TrimSpace(m.d.Evidence) == "" && len(m.d.Files) == 0 {
		return lacks("evidence", "evidence_missing")
	}
	return nil
}

// hasReport: an assigned case owes the 办结报告 (Art. 22(3)).
func hasReport(m moment) *Refusal {
	if m.c.Dispatch == Assigned && strings.TrimSpace(m.d.Text) == "" {
		return lacks("text", "report_missing")
	}
	return nil
}

func hasTextOrFiles(m moment) *Refusal {
	if strings.TrimSpace(m.d.Text) == "" && len(m.d.Files) == 0 {
		return lacks("text", "supplement_missing")
	}
	return nil
}

func hasGrades(m moment) *Refusal {
	if m.d.RatedUnit < VeryDissatisfied || m.d.RatedUnit > VerySatisfied {
		return lacks("rated_unit", "grade_missing")
	}
	if m.d.RatedResult < VeryDissatisfied || m.d.RatedResult > VerySatisfied {
		return lacks("rated_result", "grade_missing")
	}
	return nil
}

// isOwner: only who must act now may close, ask or divert.
func isOwner(m moment) *Refusal {
	if m.a.UnitID != m.c.OwnerUnitID {
		return refuse("not_owner")
	}
	return nil
}

func isSimple(m moment) *Refusal {
	switch {
	case m.c.Kind == Order && (m.c.State != Registered || m.a.UnitID == m.c.BureauID):
		return nil
	case m.c.Procedure != Simple || m.c.State == Signed:
		return refuse("not_simple")
	}
	return nil
}

// notOwnDraft: a second pair of eyes approves.
func notOwnDraft(m moment) *Refusal {
	if m.c.DraftedBy == m.a.ID {
		return refuse("own_draft")
	}
	return nil
}

func extensionAsked(m moment) *Refusal {
	if m.c.ExtendAsked == 0 {
		return refuse("no_extension_asked")
	}
	return nil
}

// mayExtend: once, and only the clock of the ordinary petition (Art. 34) or of
// a hotline order.
func mayExtend(m moment) *Refusal {
	switch {
	case m.c.Extended > 0:
		return refuse("extended_once")
	case m.c.ExtendAsked > 0:
		return refuse("extension_pending")
	case m.c.extendable() == nil:
		return refuse("not_extendable")
	}
	return nil
}

func handlingNotDue(m moment) *Refusal {
	if o := m.c.extendable(); o == nil || !m.now.Before(o.DueAt) {
		return refuse("too_late_to_extend")
	}
	return nil
}

func (c *Case) extendable() *Obligation {
	if o := c.running(T4); o != nil {
		return o
	}
	return c.running(OrderFeedback)
}

// windowToObject: five working days from receipt (Art. 23).
func windowToObject(m moment) *Refusal {
	o := m.c.running(T3)
	if o == nil {
		return refuse("objection_used")
	}
	if !m.now.Before(o.DueAt) {
		return refuse("too_late_to_object", o.DueAt)
	}
	return nil
}

func noMaterialOpen(m moment) *Refusal {
	if o := m.c.running(Material); o != nil && m.now.Before(o.DueAt) {
		return refuse("material_pending", o.DueAt)
	}
	return nil
}

// freshDispatch: a slip can be taken back for a short while, and only while
// the dispatch is still the last thing that happened to the case's course.
func freshDispatch(m moment) *Refusal {
	if m.now.Sub(m.c.DispatchedAt) > m.r.Params.RecallWithin {
		return refuse("too_late_to_recall")
	}
	return nil
}

func wasContested(m moment) *Refusal {
	if m.c.LastContest() == 0 {
		return refuse("not_contested")
	}
	return nil
}

func urgeCooled(m moment) *Refusal {
	next := m.c.LastUrgedAt.Add(m.r.Params.UrgeCooldown)
	if !m.c.LastUrgedAt.IsZero() && m.now.Before(next) {
		return refuse("urge_too_soon", next)
	}
	return nil
}

func notRated(m moment) *Refusal {
	if m.c.RatedResult != Unrated {
		return refuse("rated_already")
	}
	return nil
}

func inRateWindow(m moment) *Refusal {
	if until := m.r.RateUntil(m.c); !m.now.Before(until) {
		return refuse("too_late_to_rate", until)
	}
	return nil
}

func inContestWindow(m moment) *Refusal {
	if m.c.Dismissed {
		return refuse("contest_dismissed")
	}
	if until := m.r.ContestUntil(m.c); !m.now.Before(until) {
		return refuse("too_late_to_contest", until)
	}
	return nil
}

// windowsOver: nothing is put away while the petitioner may still speak, a
// review runs, or help is owed.
func windowsOver(m moment) *Refusal {
	until := m.r.ContestUntil(m.c)
	if rate := m.r.RateUntil(m.c); rate.After(until) {
		until = rate
	}
	for _, k := range []Clock{T5, T7} {
		if o := m.c.running(k); o != nil && o.DueAt.After(until) {
			until = o.DueAt
		}
	}
	switch {
	case m.c.Appeal != "":
		return refuse("review_running", m.c.Appeal)
	case m.c.running(Help) != nil:
		return refuse("help_open")
	case m.now.Before(until) && m.c.State != Withdrawn:
		return refuse("too_early_to_archive", until)
	}
	return nil
}

// isDue: an open, owed, unmarked duty whose moment has passed.
func isDue(m moment) *Refusal {
	o := m.c.lapsing(m.d.LapsedClock, m.d.Ref)
	if o == nil || m.now.Before(o.DueAt) {
		return refuse("not_due")
	}
	return nil
}

// isNear: an open, owed duty in its amber time, of which nobody was told.
func isNear(m moment) *Refusal {
	o := m.c.warning(m.d.LapsedClock, m.d.Ref)
	if o == nil || m.now.Before(o.WarnAt) || !m.now.Before(o.DueAt) {
		return refuse("not_due")
	}
	return nil
}
