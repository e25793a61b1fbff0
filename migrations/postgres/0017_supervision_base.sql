-- +goose Up
-- What supervision asks of a unit (督办、分级措施、回查、三项建议、批示), as the
-- fold of its entries. Zero and '' stand for "none"; area1..3 are those of the
-- case, or of the unit when there is no case.
CREATE TABLE directive (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    variant TEXT NOT NULL,
    state TEXT NOT NULL,
    open BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    case_no TEXT NOT NULL,
    on_clock BOOLEAN NOT NULL,
    parent_id BIGINT NOT NULL,
    candidate_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    area1_id BIGINT NOT NULL,
    area2_id BIGINT NOT NULL,
    area3_id BIGINT NOT NULL,
    unit_id BIGINT NOT NULL,
    from_unit_id BIGINT NOT NULL,
    issued_by BIGINT NOT NULL,
    leader_id BIGINT NOT NULL,
    leader_name TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    facts TEXT NOT NULL,
    basis TEXT NOT NULL,
    wanted TEXT NOT NULL,
    evidence JSON NOT NULL,
    days BIGINT NOT NULL,
    adoption TEXT NOT NULL,
    result TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lapsed_at BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    CHECK (open = (state NOT IN ('closed', 'withdrawn'))),
    CHECK (open = (due_at <> 0)),
    CHECK (open = (closed_at = 0))
);
-- lists: what is due first, by each equality of the visibility rule
CREATE INDEX directive_due ON directive (due_at, id) WHERE open;
CREATE INDEX directive_area2_due ON directive (area2_id, due_at, id) WHERE open;
CREATE INDEX directive_area3_due ON directive (area3_id, due_at, id) WHERE open;
CREATE INDEX directive_unit_due ON directive (unit_id, due_at, id) WHERE open;
CREATE INDEX directive_unit ON directive (unit_id, id);
CREATE INDEX directive_leader ON directive (leader_id, id) WHERE leader_id <> 0;
CREATE INDEX directive_case ON directive (case_id, id) WHERE case_id <> 0;
CREATE INDEX directive_parent ON directive (parent_id, id) WHERE parent_id <> 0;
CREATE INDEX directive_done ON directive (id) WHERE NOT open;
-- the sweep: open, past its moment, not yet marked
CREATE INDEX directive_sweep ON directive (due_at, id) WHERE open AND lapsed_at = 0;

-- What happened to a directive. tell is the verb that the case's own timeline
-- still has to hear of; told_at says when it did, told_fault why it refused.
CREATE TABLE directive_entry (
    id BIGINT PRIMARY KEY,
    directive_id BIGINT NOT NULL REFERENCES directive (id),
    seq BIGINT NOT NULL,
    verb TEXT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_role TEXT NOT NULL,
    actor_unit_id BIGINT NOT NULL,
    actor_cleared BOOLEAN NOT NULL,
    text TEXT NOT NULL,
    detail JSON NOT NULL,
    command_key TEXT,
    tell TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    told_fault TEXT NOT NULL
);
CREATE UNIQUE INDEX directive_entry_seq ON directive_entry (directive_id, seq);
CREATE UNIQUE INDEX directive_entry_key ON directive_entry (command_key) WHERE command_key IS NOT NULL;
CREATE INDEX directive_entry_tell ON directive_entry (id) WHERE tell <> '' AND told_at = 0;

-- Cases in which something happened that supervision should look at.
CREATE TABLE supervision_look (
    case_id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL
);

-- 督办 candidates: an Art. 40 trigger that the events of a case show. seqs are
-- the events that are the evidence, the last of them last_seq.
CREATE TABLE supervision_candidate (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    cause TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    area1_id BIGINT NOT NULL,
    area2_id BIGINT NOT NULL,
    area3_id BIGINT NOT NULL,
    seqs JSON NOT NULL,
    last_seq BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    directive_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX supervision_candidate_one ON supervision_candidate (case_id, cause, unit_id) WHERE state = 'open';
CREATE INDEX supervision_candidate_case ON supervision_candidate (case_id, cause, unit_id, id);
CREATE INDEX supervision_candidate_state ON supervision_candidate (state, id);
CREATE INDEX supervision_candidate_area2 ON supervision_candidate (area2_id, state, id);
CREATE INDEX supervision_candidate_area3 ON supervision_candidate (area3_id, state, id);

-- +goose Down
DROP TABLE supervision_candidate;
DROP TABLE supervision_look;
DROP TABLE directive_entry;
DROP TABLE directive;
