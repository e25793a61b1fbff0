-- +goose Up
-- Wrong codes, by case number and by visitor (a keyed hash of the address).
CREATE TABLE attempt (
    subject TEXT PRIMARY KEY,
    failed BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX attempt_last ON attempt (last_at);

-- One-time codes to sign in with a phone; one at a time for each.
CREATE TABLE phone_code (
    phone_index BYTEA PRIMARY KEY,
    code_hash BYTEA NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL
);
CREATE INDEX phone_code_expires ON phone_code (expires_at);

-- +goose Down
DROP TABLE phone_code;
DROP TABLE attempt;
