-- +goose Up
-- What the whole of the Regulations asks of a case beyond its ordinary life:
-- kind and stage, the links of review and recheck, the parameters it started
-- under, and its parts (requests, tasks, room, hearing …) as one value.
ALTER TABLE case_file ADD COLUMN kind TEXT NOT NULL DEFAULT 'petition';
ALTER TABLE case_file ADD COLUMN stage TEXT NOT NULL DEFAULT 'handling';
ALTER TABLE case_file ADD COLUMN parent_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN root_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN upper_bureau_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN rule_version TEXT NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN repeated BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE case_file ADD COLUMN people BIGINT NOT NULL DEFAULT 1;
ALTER TABLE case_file ADD COLUMN ladder BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN finalised BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE case_file ADD COLUMN next_warn_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN parts TEXT NOT NULL DEFAULT '';

ALTER TABLE obligation ADD COLUMN ref BIGINT NOT NULL DEFAULT 0;
ALTER TABLE obligation ADD COLUMN unit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE obligation ADD COLUMN warn_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE obligation ADD COLUMN warned_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE obligation ADD COLUMN paused_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE obligation ADD COLUMN paused BIGINT NOT NULL DEFAULT 0;
ALTER TABLE obligation ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
UPDATE obligation SET unit = 1 WHERE clock IN ('T3', 'T11', 'redirect', 'sign', 'ruling', 'extend', 'conclude');
UPDATE obligation SET next_at = due_at, warn_at = due_at WHERE owed AND closed_at = 0 AND lapsed_at = 0;

-- The units that take part in a case beside its lead.
CREATE TABLE case_party (
    unit_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL REFERENCES case_file (id),
    PRIMARY KEY (unit_id, case_id)
);
CREATE INDEX case_party_case ON case_party (case_id);

-- the sweep: every open duty by the moment when it must be looked at again
DROP INDEX obligation_due;
CREATE INDEX obligation_next ON obligation (next_at, case_id, seq) WHERE next_at <> 0;
-- what a unit owes, on whosever case
CREATE INDEX obligation_unit ON obligation (unit_id, due_at, case_id, seq) WHERE closed_at = 0;
-- the alarm: an open case that nobody owns or that waits for nothing
CREATE INDEX case_file_orphan ON case_file (id) WHERE open AND (owner_unit_id = 0 OR next_due_at = 0);
CREATE INDEX case_file_parent ON case_file (parent_id) WHERE parent_id <> 0;
CREATE INDEX case_file_root ON case_file (root_id) WHERE root_id <> 0;
-- boards: first petitions, disputes, what climbed the ladder
CREATE INDEX case_file_first ON case_file (bureau_id, registered_at, id) WHERE open AND NOT repeated AND stage = 'handling';
CREATE INDEX case_file_state ON case_file (bureau_id, state, next_due_at, id) WHERE open;

-- +goose Down
DROP INDEX case_file_state;
DROP INDEX case_file_first;
DROP INDEX case_file_root;
DROP INDEX case_file_parent;
DROP INDEX case_file_orphan;
DROP INDEX obligation_unit;
DROP INDEX obligation_next;
DROP TABLE case_party;
CREATE INDEX obligation_due ON obligation (due_at, case_id, seq) WHERE owed AND closed_at = 0 AND lapsed_at = 0;
ALTER TABLE obligation DROP COLUMN next_at;
ALTER TABLE obligation DROP COLUMN paused;
ALTER TABLE obligation DROP COLUMN paused_at;
ALTER TABLE obligation DROP COLUMN warned_at;
ALTER TABLE obligation DROP COLUMN warn_at;
ALTER TABLE obligation DROP COLUMN unit;
ALTER TABLE obligation DROP COLUMN ref;
ALTER TABLE case_file DROP COLUMN parts;
ALTER TABLE case_file DROP COLUMN next_warn_at;
ALTER TABLE case_file DROP COLUMN finalised;
ALTER TABLE case_file DROP COLUMN ladder;
ALTER TABLE case_file DROP COLUMN people;
ALTER TABLE case_file DROP COLUMN repeated;
ALTER TABLE case_file DROP COLUMN rule_version;
ALTER TABLE case_file DROP COLUMN upper_bureau_id;
ALTER TABLE case_file DROP COLUMN root_id;
ALTER TABLE case_file DROP COLUMN parent_id;
ALTER TABLE case_file DROP COLUMN stage;
ALTER TABLE case_file DROP COLUMN kind;
