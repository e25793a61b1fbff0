-- +goose Up
-- The duty-breach record (责任记录): which unit missed which duty, when. It is
-- about units and names no person.
CREATE TABLE breach (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    case_no TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    clock TEXT NOT NULL,
    unit_id INTEGER NOT NULL,
    area1_id INTEGER NOT NULL,
    area2_id INTEGER NOT NULL,
    area3_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    served_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    lapsed_at INTEGER NOT NULL,
    answer TEXT NOT NULL,
    answered_at INTEGER NOT NULL,
    ruling TEXT NOT NULL,
    ruled_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX breach_once ON breach (case_id, seq, kind, unit_id);
CREATE INDEX breach_state ON breach (state, id);
CREATE INDEX breach_unit ON breach (unit_id, state, id);
CREATE INDEX breach_area2 ON breach (area2_id, state, id);
CREATE INDEX breach_area3 ON breach (area3_id, state, id);
CREATE INDEX breach_sweep ON breach (due_at, id) WHERE state = 'served' AND lapsed_at = 0;

-- 督查组
CREATE TABLE team (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    task TEXT NOT NULL,
    area1_id INTEGER NOT NULL,
    area2_id INTEGER NOT NULL,
    area3_id INTEGER NOT NULL,
    made_by INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL
);
CREATE TABLE team_member (
    team_id INTEGER NOT NULL REFERENCES team (id),
    staff_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (team_id, staff_id)
);
CREATE TABLE team_unit (
    team_id INTEGER NOT NULL REFERENCES team (id),
    unit_id INTEGER NOT NULL,
    PRIMARY KEY (team_id, unit_id)
);
-- 实地督查: the record of a visit and what the unit must put right
CREATE TABLE visit (
    id INTEGER PRIMARY KEY,
    team_id INTEGER NOT NULL REFERENCES team (id),
    unit_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    record TEXT NOT NULL,
    made_by INTEGER NOT NULL,
    made_at INTEGER NOT NULL
);
CREATE INDEX visit_team ON visit (team_id, id);
CREATE TABLE visit_item (
    id INTEGER PRIMARY KEY,
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    unit_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    lapsed_at INTEGER NOT NULL,
    report TEXT NOT NULL,
    done_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL
);
CREATE INDEX visit_item_visit ON visit_item (visit_id, id);
CREATE INDEX visit_item_unit ON visit_item (unit_id, id);
CREATE INDEX visit_item_sweep ON visit_item (due_at, id) WHERE done_at = 0 AND lapsed_at = 0;

-- +goose Down
DROP TABLE visit_item;
DROP TABLE visit;
DROP TABLE team_unit;
DROP TABLE team_member;
DROP TABLE team;
DROP TABLE breach;
