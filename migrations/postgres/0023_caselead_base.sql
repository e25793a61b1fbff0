-- +goose Up
-- 包案: which leader takes which cases on. An empty field of a rule matches
-- everything.
CREATE TABLE lead_rule (
    id BIGINT PRIMARY KEY,
    leader_id BIGINT NOT NULL,
    leader_name TEXT NOT NULL,
    area_id BIGINT NOT NULL,
    category TEXT NOT NULL,
    urgency TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX lead_rule_running ON lead_rule (id) WHERE ended_at = 0;

-- A case that a leader leads. due_at is when the next progress entry is owed.
CREATE TABLE led_case (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    case_no TEXT NOT NULL,
    leader_id BIGINT NOT NULL,
    leader_name TEXT NOT NULL,
    rule_id BIGINT NOT NULL,
    area1_id BIGINT NOT NULL,
    area2_id BIGINT NOT NULL,
    area3_id BIGINT NOT NULL,
    open BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    done TEXT NOT NULL,
    since_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lapsed_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    CHECK (open = (ended_at = 0)),
    CHECK (open = (due_at <> 0))
);
CREATE UNIQUE INDEX led_case_one ON led_case (case_id) WHERE open;
CREATE INDEX led_case_leader_due ON led_case (leader_id, due_at, id) WHERE open;
CREATE INDEX led_case_due ON led_case (due_at, id) WHERE open;
CREATE INDEX led_case_sweep ON led_case (due_at, id) WHERE open AND lapsed_at = 0;
CREATE INDEX led_case_done ON led_case (id) WHERE NOT open;
CREATE INDEX led_case_case ON led_case (case_id, id);

CREATE TABLE led_entry (
    id BIGINT PRIMARY KEY,
    led_id BIGINT NOT NULL REFERENCES led_case (id),
    verb TEXT NOT NULL,
    duty TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    command_key TEXT
);
CREATE INDEX led_entry_case ON led_entry (led_id, id);
CREATE UNIQUE INDEX led_entry_key ON led_entry (command_key) WHERE command_key IS NOT NULL;

-- +goose Down
DROP TABLE led_entry;
DROP TABLE led_case;
DROP TABLE lead_rule;
