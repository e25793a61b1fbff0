-- +goose Up
-- A case as the fold of its events (casework.Case), the events, and the duties
-- that they opened and closed. Zero and '' stand for "none".
CREATE TABLE case_file (
    id INTEGER PRIMARY KEY,
    no TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    round INTEGER NOT NULL,
    state TEXT NOT NULL,
    open BOOLEAN NOT NULL,
    title TEXT NOT NULL,
    channel TEXT NOT NULL,
    category TEXT NOT NULL,
    nature TEXT NOT NULL,
    urgency TEXT NOT NULL,
    procedure TEXT NOT NULL,
    lane TEXT NOT NULL,
    barred_unit_id INTEGER NOT NULL,
    petitioner_id INTEGER NOT NULL,
    registered_by INTEGER NOT NULL,
    area1_id INTEGER NOT NULL,
    area2_id INTEGER NOT NULL,
    area3_id INTEGER NOT NULL,
    bureau_id INTEGER NOT NULL,
    lead_unit_id INTEGER NOT NULL,
    owner_unit_id INTEGER NOT NULL,
    dispatch TEXT NOT NULL,
    objections INTEGER NOT NULL,
    drafted_by INTEGER NOT NULL,
    extend_asked INTEGER NOT NULL,
    extended INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    urges INTEGER NOT NULL,
    last_urged_at INTEGER NOT NULL,
    rated_unit INTEGER NOT NULL,
    rated_result INTEGER NOT NULL,
    dismissed BOOLEAN NOT NULL,
    registered_at INTEGER NOT NULL,
    dispatched_at INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    served_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    last_event TEXT NOT NULL,
    last_event_at INTEGER NOT NULL,
    next_due_at INTEGER NOT NULL,
    next_clock TEXT NOT NULL,
    filing_key TEXT UNIQUE,
    CHECK (open = (state NOT IN ('concluded', 'declined', 'diverted', 'withdrawn', 'archived'))),
    CHECK (open = (next_due_at <> 0)),
    CHECK (open = (owner_unit_id <> 0)),
    CHECK (open OR outcome <> '')
);

CREATE TABLE case_event (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    verb TEXT NOT NULL,
    at INTEGER NOT NULL,
    round INTEGER NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor_id INTEGER NOT NULL,
    actor_role TEXT NOT NULL,
    actor_unit_id INTEGER NOT NULL,
    command_key TEXT,
    data TEXT NOT NULL
);

CREATE TABLE obligation (
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    seq INTEGER NOT NULL,
    clock TEXT NOT NULL,
    owed BOOLEAN NOT NULL,
    round INTEGER NOT NULL,
    unit_id INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    days INTEGER NOT NULL,
    extended INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    kept BOOLEAN NOT NULL,
    lapsed_at INTEGER NOT NULL,
    PRIMARY KEY (case_id, seq)
) WITHOUT ROWID;

-- Under which rules and calendar the due moments of open cases were counted
-- last, and how far a recount has come.
CREATE TABLE case_rules (
    name TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    done_id INTEGER NOT NULL
);

-- queues: one equality of the visibility rule, then the due moment
CREATE INDEX case_file_due ON case_file (next_due_at, id) WHERE open;
CREATE INDEX case_file_owner_due ON case_file (owner_unit_id, next_due_at, id) WHERE open;
CREATE INDEX case_file_lead_due ON case_file (lead_unit_id, next_due_at, id) WHERE open AND lead_unit_id <> 0;
CREATE INDEX case_file_area2_due ON case_file (area2_id, next_due_at, id) WHERE open AND area2_id <> 0;
CREATE INDEX case_file_area3_due ON case_file (area3_id, next_due_at, id) WHERE open AND area3_id <> 0;
-- registers: newest first (ids are ordered by time)
CREATE INDEX case_file_lead ON case_file (lead_unit_id, id) WHERE lead_unit_id <> 0;
CREATE INDEX case_file_area2 ON case_file (area2_id, id) WHERE area2_id <> 0;
CREATE INDEX case_file_registrar ON case_file (registered_by, id) WHERE registered_by <> 0;
CREATE INDEX case_file_petitioner ON case_file (petitioner_id) WHERE petitioner_id <> 0;
-- what waits to be archived, oldest first
CREATE INDEX case_file_closed ON case_file (closed_at, id) WHERE NOT open AND state <> 'archived';

CREATE UNIQUE INDEX case_event_case ON case_event (case_id, seq);
CREATE UNIQUE INDEX case_event_command ON case_event (command_key) WHERE command_key IS NOT NULL;

-- the sweep: every owed, open, unmarked duty, oldest first
CREATE INDEX obligation_due ON obligation (due_at, case_id, seq) WHERE owed AND closed_at = 0 AND lapsed_at = 0;

-- +goose Down
DROP TABLE case_rules;
DROP TABLE obligation;
DROP TABLE case_event;
DROP TABLE case_file;
