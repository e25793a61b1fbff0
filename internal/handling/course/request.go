package course

import "xinqiao/internal/core/casework"

// line is one request (诉求) with its clocks and what can be done with it.
type line struct {
	casework.Request
	Handling *casework.Obligation // its time to be answered
	Explain  *casework.Obligation // its time to be explained, once diverted
	Verbs    []casework.Verb
}

// split tells whether a case has requests to be told apart.
func split(c casework.Case) bool {
	lines := c.Lines()
	return len(lines) > 1 || lines[0].Diverted()
}

// lines gives the requests of a case.
func (p Page) lines() []line {
	all := p.Case.Lines()
	left := 0
	for _, q := range all {
		if !q.Diverted() {
			left++
		}
	}
	out := make([]line, len(all))
	for i, q := range all {
		if q.Nature == casework.Unclassified {
			q.Nature = p.Case.Nature
		}
		l := line{Request: q}
		if o, ok := p.clock(q.Seq, casework.T4, casework.Statute); ok {
			l.Handling = &o
		}
		if o, ok := p.clock(q.Seq, casework.Explain); ok {
			l.Explain = &o
		}
		offer := func(v casework.Verb, fits bool) {
			if fits && p.may(v) {
				l.Verbs = append(l.Verbs, v)
			}
		}
		offer(casework.AnswerRequest, !q.Diverted())
		offer(casework.DivertRequest, !q.Diverted() && left > 1)
		offer(casework.ExplainRoute, l.Explain != nil && l.Explain.Open())
		out[i] = l
	}
	return out
}

// settled counts the requests that have an answer or went another way.
func settled(lines []line) int {
	n := 0
	for _, l := range lines {
		if l.Result != casework.Unanswered {
			n++
		}
	}
	return n
}
