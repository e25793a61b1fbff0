package procedure

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/procedure/words"
	"xinqiao/internal/platform/db"
)

// columns of case_file in the order of values and scan. The first block never
// changes after registration.
const (
	fixedColumns  = `id, no, channel, petitioner_id, registered_by, area1_id, area2_id, area3_id, bureau_id, registered_at, stage, parent_id, root_id, upper_bureau_id, rule_version`
	livingPart1   = `version, round, state, open, title, category, nature, urgency, procedure, lane, barred_unit_id, lead_unit_id, owner_unit_id, dispatch, objections, drafted_by, extend_asked, extended, outcome`
	livingPart2   = `urges, last_urged_at, rated_unit, rated_result, dismissed, dispatched_at, accepted_at, served_at, closed_at, last_event, last_event_at, next_due_at, next_clock`
	livingPart3   = `kind, repeated, people, ladder, finalised, next_warn_at, parts`
	livingColumns = livingPart1 + ", " + livingPart2 + ", " + livingPart3
	columns       = fixedColumns + ", " + livingColumns
)

func fixed(c casework.Case) []any {
	return []any{c.ID, c.No, string(c.Channel), c.PetitionerID, c.RegisteredBy,
		c.Areas[0], c.Areas[1], c.Areas[2], c.BureauID, db.At(c.RegisteredAt),
		string(c.Stage), c.ParentID, c.RootID, c.UpperBureauID, c.RuleVersion}
}

func (s *Service) living(c casework.Case) []any {
	return []any{c.Version, c.Round, string(c.State), c.State.Open(), c.Title, c.Category, string(c.Nature),
		string(c.Urgency), string(c.Procedure), string(c.Lane), c.BarredUnitID, c.LeadUnitID, c.OwnerUnitID,
		string(c.Dispatch), c.Objections, c.DraftedBy, c.ExtendAsked, c.Extended, string(c.Outcome),
		c.Urges, db.At(c.LastUrgedAt), int(c.RatedUnit), int(c.RatedResult), c.Dismissed, db.At(c.DispatchedAt),
		db.At(c.AcceptedAt), db.At(c.ServedAt), db.At(c.ClosedAt), string(c.LastEvent), db.At(c.LastEventAt),
		db.At(c.NextDueAt), string(c.NextClock),
		string(c.Kind), c.Repeat, c.People, c.Ladder, c.Finalised, db.At(c.NextWarnAt), s.partsText(c)}
}

// partsText writes what only some cases have; most have nothing.
func (s *Service) partsText(c casework.Case) string {
	if reflect.ValueOf(c.Parts).IsZero() {
		return ""
	}
	text, err := json.Marshal(c.Parts)
	if err != nil {
		panic(fmt.Sprintf("procedure: the parts of a case are plain data: %v", err))
	}
	return s.keys.SealText(fmt.Sprintf(partsPurpose, c.ID), string(text))
}

func (s *Service) scanCase(r db.Rows) (casework.Case, error) {
	var c casework.Case
	var open bool
	var parts string
	var registered, urged, dispatched, accepted, served, closed, last, due, warn db.Time
	err := r.Scan(&c.ID, &c.No, &c.Channel, &c.PetitionerID, &c.RegisteredBy,
		&c.Areas[0], &c.Areas[1], &c.Areas[2], &c.BureauID, &registered,
		&c.Stage, &c.ParentID, &c.RootID, &c.UpperBureauID, &c.RuleVersion,
		&c.Version, &c.Round, &c.State, &open, &c.Title, &c.Category, &c.Nature,
		&c.Urgency, &c.Procedure, &c.Lane, &c.BarredUnitID, &c.LeadUnitID, &c.OwnerUnitID,
		&c.Dispatch, &c.Objections, &c.DraftedBy, &c.ExtendAsked, &c.Extended, &c.Outcome,
		&c.Urges, &urged, &c.RatedUnit, &c.RatedResult, &c.Dismissed, &dispatched,
		&accepted, &served, &closed, &c.LastEvent, &last, &due, &c.NextClock,
		&c.Kind, &c.Repeat, &c.People, &c.Ladder, &c.Finalised, &warn, &parts)
	c.RegisteredAt, c.LastUrgedAt, c.DispatchedAt = registered.Std(), urged.Std(), dispatched.Std()
	c.AcceptedAt, c.ServedAt, c.ClosedAt = accepted.Std(), served.Std(), closed.Std()
	c.LastEventAt, c.NextDueAt, c.NextWarnAt = last.Std(), due.Std(), warn.Std()
	if err == nil {
		c.Parts, err = s.ReadParts(c.ID, parts)
	}
	return c, err
}

// load reads a case with its duties; lock is appended to the row's query.
func (s *Service) load(ctx context.Context, q db.Queryer, no, lock string) (casework.Case, error) {
	c, err := db.One(ctx, q, s.scanCase, `SELECT `+columns+` FROM case_file WHERE no = $1`+lock, no)
	if err != nil {
		return c, err
	}
	c.Obligations, err = db.List(ctx, q, scanObligation, `SELECT `+dutyColumns+` FROM obligation WHERE case_id = $1 ORDER BY seq`, c.ID)
	return c, err
}

// loadID is load by the case's id.
func (s *Service) loadID(ctx context.Context, q db.Queryer, id int64, lock string) (casework.Case, error) {
	no, err := db.One(ctx, q, db.Value[string], `SELECT no FROM case_file WHERE id = $1`, id)
	if err != nil {
		return casework.Case{}, err
	}
	return s.load(ctx, q, no, lock)
}

const dutyColumns = `seq, clock, ref, round, unit_id, opened_at, due_at, warn_at, unit, days, extended, closed_at, kept, warned_at, lapsed_at, paused_at, paused`

func scanObligation(r db.Rows) (casework.Obligation, error) {
	var o casework.Obligation
	var opened, due, warn, closed, warned, lapsed, paused db.Time
	err := r.Scan(&o.Seq, &o.Clock, &o.Ref, &o.Round, &o.UnitID, &opened, &due, &warn, &o.Unit, &o.Days, &o.Extended,
		&closed, &o.Kept, &warned, &lapsed, &paused, &o.Paused)
	o.OpenedAt, o.DueAt, o.WarnAt, o.ClosedAt = opened.Std(), due.Std(), warn.Std(), closed.Std()
	o.WarnedAt, o.LapsedAt, o.PausedAt = warned.Std(), lapsed.Std(), paused.Std()
	return o, err
}

var (
	insertCase = `INSERT INTO case_file (` + columns + `, filing_key) VALUES (` + marks(1, countColumns(columns)+1) + `)`
	updateCase = `UPDATE case_file SET (` + livingColumns + `) = (` +
		marks(3, countColumns(livingColumns)) + `) WHERE id = $1 AND version = $2`
)

const (
	insertEvent = `INSERT INTO case_event (id, case_id, seq, kind, verb, at, round, from_state, to_state, actor_id, actor_role, actor_unit_id, command_key, data, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	insertDuty = `INSERT INTO obligation (case_id, seq, clock, owed, ref, round, unit_id, opened_at, due_at, warn_at, unit, days, extended,
		closed_at, kept, warned_at, lapsed_at, paused_at, paused, next_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`
	updateDuty = `UPDATE obligation SET unit_id = $3, due_at = $4, warn_at = $5, days = $6, extended = $7, closed_at = $8, kept = $9,
		warned_at = $10, lapsed_at = $11, paused_at = $12, paused = $13, next_at = $14 WHERE case_id = $1 AND seq = $2`
)

func countColumns(list string) int { return strings.Count(list, ",") + 1 }

// marks writes "$first, …" for n placeholders.
func marks(first, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(out, ", ")
}

// insert adds a new case with the events that it has.
func (s *Service) insert(b *db.Batch, c casework.Case, events []casework.Event, filingKey string) ([]int64, error) {
	args := append(fixed(c), s.living(c)...)
	b.Add(insertCase, append(args, db.OrNull(filingKey))...)
	addDuties(b, c.ID, nil, c.Obligations)
	addParties(b, c.ID, nil, c.Parties())
	return s.addEvents(b, events, "")
}

// save is the one place where a case changes: row by version, events, duties.
func (s *Service) save(b *db.Batch, before, after casework.Case, events []casework.Event, key string) error {
	b.Expect(1, updateCase, append([]any{before.ID, before.Version}, s.living(after)...)...)
	addDuties(b, after.ID, before.Obligations, after.Obligations)
	addParties(b, after.ID, before.Parties(), after.Parties())
	for _, e := range events {
		if len(e.Data.Files) > 0 {
			s.files.Claim(b, e.Data.Files, after.ID, e.Seq)
		}
	}
	ids, err := s.addEvents(b, events, key)
	announce(b, ids, events)
	return err
}

// correct rewrites derived dates after the calendar or the parameters changed;
// nothing happened to the case, so there is no event and no new version.
func correct(b *db.Batch, before, after casework.Case) {
	b.Expect(1, `UPDATE case_file SET next_due_at = $3, next_clock = $4, next_warn_at = $5 WHERE id = $1 AND version = $2`,
		before.ID, before.Version, db.At(after.NextDueAt), string(after.NextClock), db.At(after.NextWarnAt))
	addDuties(b, after.ID, before.Obligations, after.Obligations)
}

func (s *Service) addEvents(b *db.Batch, events []casework.Event, key string) ([]int64, error) {
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = s.ids.Next()
		data, sealed, err := words.Write(s.keys, ids[i], e.Data)
		if err != nil {
			return nil, err
		}
		b.Add(insertEvent, ids[i], e.CaseID, e.Seq, string(e.Kind), string(e.Verb), db.At(e.At), e.Round,
			string(e.From), string(e.To), e.ActorID, string(e.ActorRole), e.ActorUnit, db.OrNull(key), data, sealed)
	}
	return ids, nil
}

// addDuties writes what opened and what changed.
func addDuties(b *db.Batch, caseID int64, before, after []casework.Obligation) {
	for i, o := range after {
		switch {
		case i >= len(before):
			b.Add(insertDuty, caseID, o.Seq, string(o.Clock), o.Clock.Owed(), o.Ref, o.Round, o.UnitID, db.At(o.OpenedAt),
				db.At(o.DueAt), db.At(o.WarnAt), int(o.Unit), o.Days, o.Extended, db.At(o.ClosedAt), o.Kept, db.At(o.WarnedAt),
				db.At(o.LapsedAt), db.At(o.PausedAt), o.Paused, db.At(o.NextAt()))
		case o != before[i]:
			b.Add(updateDuty, caseID, o.Seq, o.UnitID, db.At(o.DueAt), db.At(o.WarnAt), o.Days, o.Extended, db.At(o.ClosedAt), o.Kept,
				db.At(o.WarnedAt), db.At(o.LapsedAt), db.At(o.PausedAt), o.Paused, db.At(o.NextAt()))
		}
	}
}

// addParties keeps who takes part beside the lead, for who may see the case.
func addParties(b *db.Batch, caseID int64, before, after []int64) {
	for _, u := range after {
		if !slices.Contains(before, u) {
			b.Add(`INSERT INTO case_party (unit_id, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, u, caseID)
		}
	}
	for _, u := range before {
		if !slices.Contains(after, u) {
			b.Add(`DELETE FROM case_party WHERE unit_id = $1 AND case_id = $2`, u, caseID)
		}
	}
}

func (s *Service) scanEvent(r db.Rows) (casework.Event, error) {
	var e casework.Event
	var at db.Time
	var data db.JSON
	var id int64
	var sealed string
	if err := r.Scan(&id, &e.CaseID, &e.Seq, &e.Kind, &e.Verb, &at, &e.Round, &e.From, &e.To,
		&e.ActorID, &e.ActorRole, &e.ActorUnit, &data, &sealed); err != nil {
		return e, err
	}
	e.At = at.Std()
	var err error
	e.Data, err = s.ReadData(id, data, sealed)
	return e, err
}

func (s *Service) history(ctx context.Context, q db.Queryer, caseID int64) ([]casework.Event, error) {
	return db.List(ctx, q, s.scanEvent, `SELECT id, case_id, seq, kind, verb, at, round, from_state, to_state, actor_id, actor_role, actor_unit_id, data, words
		FROM case_event WHERE case_id = $1 ORDER BY seq`, caseID)
}

// commandOf finds what a command key did.
func commandOf(ctx context.Context, q db.Queryer, key string) (verb casework.Verb, no string, err error) {
	no, err = db.One(ctx, q, func(r db.Rows) (string, error) {
		var no string
		return no, r.Scan(&verb, &no)
	}, `SELECT e.verb, c.no FROM case_event e JOIN case_file c ON c.id = e.case_id WHERE e.command_key = $1`, key)
	return verb, no, err
}

func filedAs(ctx context.Context, q db.Queryer, key string) (string, error) {
	return db.One(ctx, q, db.Value[string], `SELECT no FROM case_file WHERE filing_key = $1`, key)
}

func filedAmong(ctx context.Context, q db.Queryer, keys []string) ([]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = k
	}
	return db.List(ctx, q, db.Value[string], `SELECT filing_key FROM case_file WHERE filing_key IN (`+marks(1, len(keys))+`)`, args...)
}
