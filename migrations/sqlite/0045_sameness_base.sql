-- +goose Up
-- Whether two records are of one person: a link that the program or somebody
-- made, a task for a person, or the finding that they are two. Nothing of a
-- record changes with it. Weights are thousandths of a bit.
CREATE TABLE person_link (
    id INTEGER PRIMARY KEY,
    low_id INTEGER NOT NULL,
    high_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL,
    how TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    UNIQUE (low_id, high_id),
    CHECK (state IN ('task', 'same', 'apart')),
    CHECK (low_id < high_id)
);
CREATE INDEX person_link_high ON person_link (high_id, state);
CREATE INDEX person_link_state ON person_link (state, id);

-- What was decided about a link, by whom and why. Rows are only ever added.
CREATE TABLE person_link_note (
    id INTEGER PRIMARY KEY,
    link_id INTEGER NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    staff_id INTEGER NOT NULL,
    staff_name TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX person_link_note_link ON person_link_note (link_id, id);

-- The thresholds; the latest row holds. Thousandths of a bit.
CREATE TABLE person_threshold (
    id INTEGER PRIMARY KEY,
    high INTEGER NOT NULL,
    middle INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    at INTEGER NOT NULL
);

-- +goose Down
DROP TABLE person_threshold;
DROP TABLE person_link_note;
DROP TABLE person_link;
