-- +goose Up
-- How long what is personal of a case is kept after its end, by class. Every
-- change is a new version of the whole table; an empty basis is the default's.
CREATE TABLE retention_schedule (
    version INTEGER NOT NULL,
    class TEXT NOT NULL,
    years INTEGER NOT NULL,
    basis TEXT NOT NULL,
    made_by INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (version, class),
    CHECK (years BETWEEN 1 AND 100)
);
INSERT INTO retention_schedule (version, class, years, basis, made_by, made_at) VALUES
    (1, 'handled', 30, '', 0, 0),
    (1, 'unhandled', 10, '', 0, 0),
    (1, 'review', 30, '', 0, 0),
    (1, 'finalised', 30, '', 0, 0),
    (1, 'confidential', 30, '', 0, 0),
    (1, 'order', 10, '', 0, 0);

-- Cases that must not be disposed of. reason and lift_reason are sealed.
CREATE TABLE retention_hold (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    case_no TEXT NOT NULL,
    reason TEXT NOT NULL,
    set_by INTEGER NOT NULL,
    set_at INTEGER NOT NULL,
    lift_reason TEXT NOT NULL,
    lifted_by INTEGER NOT NULL,
    lifted_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX retention_hold_case ON retention_hold (case_id) WHERE lifted_at = 0;

-- Runs of disposal: two people decide, a job carries out.
CREATE TABLE retention_run (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    planned INTEGER NOT NULL,
    proposed_by INTEGER NOT NULL,
    proposed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decided_by INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    withdrawn_by INTEGER NOT NULL,
    after_at INTEGER NOT NULL,
    after_id INTEGER NOT NULL,
    cases INTEGER NOT NULL,
    persons INTEGER NOT NULL,
    spared INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    CHECK (state IN ('proposed', 'approved', 'done', 'withdrawn')),
    CHECK (decided_by = 0 OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX retention_run_open ON retention_run (state) WHERE state IN ('proposed', 'approved');

-- Cases of which only the skeleton is left, or, while claimed, soon will be.
CREATE TABLE retention_disposed (
    case_id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL,
    class TEXT NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK (state IN ('claimed', 'done'))
);
CREATE INDEX retention_disposed_claimed ON retention_disposed (run_id, case_id) WHERE state = 'claimed';
CREATE INDEX case_file_retention ON case_file (closed_at, id) WHERE NOT open;

-- +goose Down
DROP INDEX case_file_retention;
DROP TABLE retention_disposed;
DROP TABLE retention_run;
DROP TABLE retention_hold;
DROP TABLE retention_schedule;
