-- +goose Up
-- Services of agents (代办员). Words and person are the case's.
CREATE TABLE agent_service (
    id INTEGER PRIMARY KEY,
    staff_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL,
    act_key TEXT NOT NULL,
    mode TEXT NOT NULL,
    service TEXT NOT NULL,
    done TEXT NOT NULL,
    mandate TEXT NOT NULL,
    read_back BOOLEAN NOT NULL,
    told BOOLEAN NOT NULL,
    digest TEXT NOT NULL,
    case_id INTEGER NOT NULL,
    case_no TEXT NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX agent_service_key ON agent_service (staff_id, act_key);
CREATE INDEX agent_service_own ON agent_service (staff_id, id);
CREATE INDEX agent_service_mode ON agent_service (staff_id, mode);

-- What an agent saw or told on a visit.
CREATE TABLE agent_note (
    id INTEGER PRIMARY KEY,
    staff_id INTEGER NOT NULL,
    note_key TEXT NOT NULL,
    case_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text_sealed BLOB NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX agent_note_key ON agent_note (staff_id, note_key);
CREATE INDEX agent_note_case ON agent_note (staff_id, case_id, id);

-- +goose Down
DROP TABLE agent_note;
DROP TABLE agent_service;
