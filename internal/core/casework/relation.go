package casework

import (
	"time"

	"xinqiao/internal/core/access"
)

// RelationKind is how a case belongs to another one that stays what it is: a
// relation is never a merger, and can be undone.
type RelationKind string

// The three relations.
const (
	AsSupplement RelationKind = "supplement" // 补充: same person, same open matter; no new clock
	AsJoin       RelationKind = "join"       // 同类: other people, same matter; own number, own reply, own rating
	AsRevisit    RelationKind = "revisit"    // 重访: raised again after the end; handled anew
)

// RelationKinds lists them.
var RelationKinds = []RelationKind{AsSupplement, AsJoin, AsRevisit}

// Relation is the tie of a case to its master, and how the case stood before.
type Relation struct {
	Kind   RelationKind `json:"kind"`
	ID     int64        `json:"id"` // of the master
	No     string       `json:"no"`
	At     time.Time    `json:"at"`
	Before Standing     `json:"before"`
}

// Standing is what a relation changes of a case; undone, it is put back.
type Standing struct {
	State      State     `json:"state"`
	Category   string    `json:"category,omitempty"`
	Nature     Nature    `json:"nature,omitempty"`
	Repeat     bool      `json:"repeat,omitempty"`
	Outcome    Outcome   `json:"outcome,omitempty"`
	LeadUnitID int64     `json:"lead,omitempty"`
	AcceptedAt time.Time `json:"accepted,omitzero"`
	ClosedAt   time.Time `json:"closed,omitzero"`
}

// relationTable: one matter raised several times (一事多诉). The bureau relates
// what waits at its desk; whom it concerns may undo it.
var relationTable = []row{
	{verb: Relate, event: "related", from: []State{Registered}, target: relatedTo, who: bureau,
		when: []check{notReview, unrelated, openLane}, needs: []check{hasRelation}, effect: onRelate, opens: acceptedLines},
	{verb: Unrelate, event: "unrelated", from: []State{Registered, Accepted, Concluded}, target: standingBefore,
		who: join(onBehalf, program), when: []check{undoable}, needs: []check{hasReason}, effect: onUnrelate, opens: none},
	{verb: ShareReply, event: "reply_shared", from: []State{Accepted}, to: Concluded, who: program,
		when: []check{joins}, needs: []check{hasText, hasConclusion}, effect: onShareReply, opens: windowOnly, keeps: legal, ends: true},
}

func relatedTo(c Case, d Data) State {
	switch d.Relation {
	case AsSupplement:
		return Concluded
	case AsJoin:
		return Accepted
	}
	return c.State
}

func unrelated(m moment) *Refusal {
	if m.c.Relation != nil {
		return refuse("related_already", m.c.Relation.No)
	}
	return nil
}

// openLane keeps the confidential lane apart: a relation would tell of it.
func openLane(m moment) *Refusal {
	if m.c.Lane == access.LaneConfidential {
		return refuse("relation_confidential")
	}
	return nil
}

func hasRelation(m moment) *Refusal {
	switch d := m.d; {
	case d.Relation != AsSupplement && d.Relation != AsJoin && d.Relation != AsRevisit:
		return lacks("relation", "relation_missing")
	case d.LinkedID == 0 || d.LinkedID == m.c.ID:
		return lacks("linked", "master_missing")
	case d.Relation == AsJoin && d.UnitID == 0:
		return lacks("linked", "master_waits")
	case d.Relation == AsJoin && m.c.Nature == Unclassified && d.Nature == Unclassified:
		return lacks("linked", "master_waits")
	}
	return nil
}

// onRelate ties the case to its master. A supplement owes nothing of its own;
// what joins is handled by the master's unit under a clock of its own.
func onRelate(c *Case, e Event) {
	d := e.Data
	c.Relation = &Relation{Kind: d.Relation, ID: d.LinkedID, No: d.LinkedNo, At: e.At, Before: Standing{
		State: e.From, Category: c.Category, Nature: c.Nature, Repeat: c.Repeat, Outcome: c.Outcome,
		LeadUnitID: c.LeadUnitID, AcceptedAt: c.AcceptedAt, ClosedAt: c.ClosedAt,
	}}
	switch d.Relation {
	case AsSupplement:
		c.Outcome, c.ClosedAt = Attached, e.At
		c.release(e)
	case AsJoin:
		if c.Nature == Unclassified {
			c.Category, c.Nature = d.Category, d.Nature
		}
		c.LeadUnitID, c.AcceptedAt = d.UnitID, e.At
		c.settle(e, true, outgoing...)
	case AsRevisit:
		c.Repeat = true
	}
}

// undoable: a relation can be undone until the case went on from where the
// relation had put it.
func undoable(m moment) *Refusal {
	switch r := m.c.Relation; {
	case r == nil:
		return refuse("not_related")
	case m.c.State != relatedTo(Case{State: r.Before.State}, Data{Relation: r.Kind}):
		return refuse("relation_settled")
	case r.Kind == AsSupplement && m.c.Outcome != Attached:
		return refuse("relation_settled")
	}
	return nil
}

func standingBefore(c Case, _ Data) State {
	if c.Relation == nil {
		return c.State
	}
	return c.Relation.Before.State
}

// onUnrelate puts everything back as it stood: the clocks that the relation
// had closed run on from where they began.
func onUnrelate(c *Case, e Event) {
	r := *c.Relation
	for i := range c.Obligations {
		switch o := &c.Obligations[i]; {
		case o.ClosedAt.Equal(r.At) && !o.OpenedAt.Equal(r.At):
			o.ClosedAt, o.Kept = zero, false
		case o.Open() && o.OpenedAt.Equal(r.At):
			o.close(e, false)
		}
	}
	b := r.Before
	c.Category, c.Nature, c.Repeat, c.Outcome = b.Category, b.Nature, b.Repeat, b.Outcome
	c.LeadUnitID, c.AcceptedAt, c.ClosedAt = b.LeadUnitID, b.AcceptedAt, b.ClosedAt
	c.Relation = nil
}

func joins(m moment) *Refusal {
	if m.c.Relation == nil || m.c.Relation.Kind != AsJoin {
		return refuse("not_related")
	}
	return nil
}

// onShareReply gives what the master was answered, to be rated and contested
// by itself.
func onShareReply(c *Case, e Event) {
	onClose(c, e)
	c.ServedAt, c.ExtendAsked = e.At, 0
	if lines := c.Lines(); len(lines) == 1 {
		c.line(lines[0].Seq).answer(e.Data)
	}
}

// windowOnly opens the way to the next level, which counts from service.
func windowOnly(c Case, e Event) []opening { return served(c, e)[1:] }
