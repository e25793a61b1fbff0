-- +goose Up
-- Files. A draft has a token and no case; a claimed one the other way round.
CREATE TABLE attachment (
    id BIGINT PRIMARY KEY,
    case_id BIGINT,
    event_seq BIGINT NOT NULL,
    blob_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    uploaded_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    token_hash BYTEA,
    CHECK (size > 0),
    CHECK ((case_id IS NULL) = (token_hash IS NOT NULL))
);
CREATE INDEX attachment_case ON attachment (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX attachment_draft ON attachment (token_hash, id) WHERE token_hash IS NOT NULL;
CREATE INDEX attachment_unclaimed ON attachment (created_at) WHERE case_id IS NULL;

-- +goose Down
DROP TABLE attachment;
