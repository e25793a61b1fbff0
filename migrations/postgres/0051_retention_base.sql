-- +goose Up
-- How long what is personal of a case is kept after its end, by class. Every
-- change is a new version of the whole table; an empty basis is the default's.
CREATE TABLE retention_schedule (
    version BIGINT NOT NULL,
    class TEXT NOT NULL,
    years BIGINT NOT NULL,
    basis TEXT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
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
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    case_no TEXT NOT NULL,
    reason TEXT NOT NULL,
    set_by BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    lift_reason TEXT NOT NULL,
    lifted_by BIGINT NOT NULL,
    lifted_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX retention_hold_case ON retention_hold (case_id) WHERE lifted_at = 0;

-- Runs of disposal: two people decide, a job carries out.
CREATE TABLE retention_run (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    planned BIGINT NOT NULL,
    proposed_by BIGINT NOT NULL,
    proposed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_by BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    withdrawn_by BIGINT NOT NULL,
    after_at BIGINT NOT NULL,
    after_id BIGINT NOT NULL,
    cases BIGINT NOT NULL,
    persons BIGINT NOT NULL,
    spared BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    CHECK (state IN ('proposed', 'approved', 'done', 'withdrawn')),
    CHECK (decided_by = 0 OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX retention_run_open ON retention_run (state) WHERE state IN ('proposed', 'approved');

-- Cases of which only the skeleton is left, or, while claimed, soon will be.
CREATE TABLE retention_disposed (
    case_id BIGINT PRIMARY KEY,
    run_id BIGINT NOT NULL,
    class TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
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
