-- +goose Up
-- What was learned for each question of triage, every version of it. model is
-- the classifier itself, without any text.
CREATE TABLE triage_model (
    id INTEGER PRIMARY KEY,
    question TEXT NOT NULL,
    version INTEGER NOT NULL,
    trained_at INTEGER NOT NULL,
    examples INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    worse BOOLEAN NOT NULL,
    by_name TEXT NOT NULL,
    note TEXT NOT NULL,
    report TEXT NOT NULL,
    model BLOB NOT NULL,
    UNIQUE (question, version)
);
CREATE UNIQUE INDEX triage_model_active ON triage_model (question) WHERE active;

-- What was suggested for a case, and what people chose. kept: the same.
CREATE TABLE triage_verdict (
    case_id INTEGER NOT NULL,
    question TEXT NOT NULL,
    suggested TEXT NOT NULL,
    probability REAL NOT NULL,
    sure BOOLEAN NOT NULL,
    model_id INTEGER NOT NULL,
    chosen TEXT NOT NULL,
    kept BOOLEAN NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (case_id, question)
);
CREATE INDEX triage_verdict_week ON triage_verdict (question, at, kept, sure);

-- The one learning that goes on or is asked for; one row.
CREATE TABLE triage_run (
    id INTEGER PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    running BOOLEAN NOT NULL,
    question TEXT NOT NULL,
    done INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    beat_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    failed BOOLEAN NOT NULL
);
INSERT INTO triage_run (id, asked_at, asked_by, running, question, done, steps, beat_at, ended_at, failed)
VALUES (1, 0, '', FALSE, '', 0, 0, 0, 0, FALSE);

-- +goose Down
DROP TABLE triage_run;
DROP TABLE triage_verdict;
DROP TABLE triage_model;
