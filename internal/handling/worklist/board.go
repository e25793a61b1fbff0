package worklist

import (
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// Board is a view of open cases for one business (台账). A board is a list of
// parts that follow each other, each in the order of an index of its own.
type Board struct {
	ID      string // its address is /desk/<ID>, its words "worklist.board.<ID>…"
	roles   []access.Role
	parts   func(sight) []part
	columns []column
	note    func(ctx context.Context, s *Service, r BoardRow, p casework.Parts) string // the line below the title
}

// part is one section of a board.
type part struct {
	ID    string // its words "worklist.part.<ID>"
	from  source
	where func(w *where)
}

// source is where the rows of a part come from, and by what they are ordered.
type source struct {
	rows  string   // FROM
	join  string   // what holds its tables together
	due   string   // columns of due moment, light and clock
	ref   string   // the task that a row is about
	order []string // numbers, ascending
	duty  bool     // rows begins with duties of the unit that is $1
	party bool     // the rows are of units that take part beside the lead
}

const ownDue = "next_due_at, next_warn_at, next_clock"

var (
	byDue = source{rows: "case_file", join: "TRUE", due: ownDue, ref: "0", order: []string{"next_due_at", "id"}}
	byAge = source{rows: "case_file", join: "TRUE", due: ownDue, ref: "0", order: []string{"registered_at", "id"}}
	// The duties of the reader's unit, on whosever case.
	rulingDuty = duties("ruling", false)
	assistDuty = duties("assist", true)
	// takingPart are the cases in which the unit sits beside the lead.
	takingPart = source{rows: "case_party CROSS JOIN case_file", join: "id = case_id", due: ownDue, ref: "0", order: []string{"case_id"}, party: true}
)

func duties(clock string, party bool) source {
	return source{
		rows: `(SELECT case_id AS duty_case, seq AS duty_seq, ref AS duty_ref, due_at AS duty_due, warn_at AS duty_warn
			FROM obligation WHERE clock = '` + clock + `' AND closed_at = 0 AND unit_id = $1) AS duty CROSS JOIN case_file`,
		join: "id = duty_case", due: "duty_due, duty_warn, '" + clock + "'", ref: "duty_ref",
		order: []string{"duty_due", "duty_case", "duty_seq"}, duty: true, party: party,
	}
}

var (
	bureaux = []access.Role{access.BureauClerk, access.BureauHead}
	offices = []access.Role{access.BureauClerk, access.BureauHead, access.UnitHandler, access.UnitHead}
)

// Boards are all boards in the order of their menu.
var Boards = []Board{
	{ID: "rulings", roles: bureaux, parts: rulingParts, note: disputeNote,
		columns: []column{colLight, colNo, colMatter, colUnit, colState, colReturns, colDue, colDo}},
	{ID: "first", roles: bureaux, parts: firstParts,
		columns: []column{colLight, colNo, colMatter, colChannel, colAge, colUnit, colState, colDue}},
	{ID: "assist", roles: offices, parts: assistParts, note: taskNote,
		columns: []column{colLight, colNo, colMatter, colLead, colState, colDue}},
	{ID: "dissatisfied", roles: bureaux, parts: ladderParts,
		columns: []column{colLight, colNo, colMatter, colRung, colUnit, colLead, colDue}},
	{ID: "reviews", roles: offices, parts: reviewParts, note: reviewNote,
		columns: []column{colLight, colNo, colMatter, colStage, colUnit, colState, colDue}},
	{ID: "parked", roles: offices, parts: parkedParts, note: planNote,
		columns: []column{colLight, colNo, colMatter, colLead, colAge, colDue}},
}

// boardsOf lists the boards of an actor's role.
func boardsOf(a access.Actor) []Board {
	var out []Board
	for _, b := range Boards {
		if a.Has(b.roles...) {
			out = append(out, b)
		}
	}
	return out
}

// BoardRow is one line of a board.
type BoardRow struct {
	Row
	Part         string
	RegisteredAt time.Time
	Objections   int
	Ladder       int
	Note         string

	ref int // the task that the row is about
	key [3]int64
}

// BoardKey is the place of a row on its board; zero for the beginning.
type BoardKey struct {
	Part int
	At   [3]int64
}

// BoardPage is one page of a board.
type BoardPage struct {
	Rows   []BoardRow
	Next   *BoardKey
	Counts map[string]Count // of each part
}

// Board gives a page of a board, as far as the actor may see it.
func (s *Service) Board(ctx context.Context, a access.Actor, b Board, from BoardKey, now time.Time) (BoardPage, error) {
	see := s.sight(a, now)
	if see.scope.Nothing || !a.Has(b.roles...) {
		return BoardPage{Counts: map[string]Count{}}, nil
	}
	q, parts := s.db.Read(), b.parts(see)
	p := BoardPage{}
	for i := max(0, from.Part); i < len(parts) && p.Next == nil; i++ {
		var after [3]int64
		if i == from.Part {
			after = from.At
		}
		rows, err := boardRows(ctx, q, see, parts[i], after)
		if err != nil {
			return p, err
		}
		for _, r := range rows {
			if len(p.Rows) == pageRows {
				p.Next = &BoardKey{at(parts, p.Rows[pageRows-1].Part), p.Rows[pageRows-1].key}
				break
			}
			r.Part = parts[i].ID
			p.Rows = append(p.Rows, r)
		}
	}
	var err error
	if p.Counts, err = boardCounts(ctx, q, see, parts); err != nil {
		return p, err
	}
	return p, s.annotate(ctx, q, b, a, p.Rows)
}

func at(parts []part, id string) int {
	return slices.IndexFunc(parts, func(p part) bool { return p.ID == id })
}

// annotate fills in who asks and what a row is about, one query each.
func (s *Service) annotate(ctx context.Context, q db.Queryer, b Board, a access.Actor, rows []BoardRow) error {
	plain := make([]Row, len(rows))
	for i, r := range rows {
		plain[i] = r.Row
	}
	if err := nameMasks(ctx, q, a, plain); err != nil {
		return err
	}
	for i := range rows {
		rows[i].Row = plain[i]
	}
	if b.note == nil || len(rows) == 0 {
		return nil
	}
	parts, err := s.partsOf(ctx, q, rows)
	if err != nil {
		return err
	}
	for i, r := range rows {
		rows[i].Note = b.note(ctx, s, r, parts[r.ID])
	}
	return nil
}

// BoardCount is how much each board of an actor holds.
func (s *Service) BoardCount(ctx context.Context, a access.Actor, now time.Time) (map[string]Count, error) {
	see, out := s.sight(a, now), map[string]Count{}
	if see.scope.Nothing {
		return out, nil
	}
	for _, b := range boardsOf(a) {
		counts, err := boardCounts(ctx, s.db.Read(), see, b.parts(see))
		if err != nil {
			return nil, err
		}
		sum := Count{}
		for _, c := range counts {
			sum.N, sum.More = sum.N+c.N, sum.More || c.More
		}
		if sum.N > mostTold {
			sum = Count{mostTold, true}
		}
		out[b.ID] = sum
	}
	return out, nil
}
