-- +goose Up
-- Who signs a petition beside the one who filed it. Phone and ID are blind
-- indexes: the same person signs a case once, and after taking it back again.
CREATE TABLE cosigner (
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    phone_index BYTEA,
    id_index BYTEA,
    code_index BYTEA NOT NULL,
    sign_key TEXT NOT NULL,
    added_by BIGINT NOT NULL,
    signed_at BIGINT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    rated_unit INTEGER NOT NULL,
    rated_result INTEGER NOT NULL,
    rated_at BIGINT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
);
CREATE UNIQUE INDEX cosigner_phone ON cosigner (case_id, phone_index) WHERE phone_index IS NOT NULL;
CREATE UNIQUE INDEX cosigner_id ON cosigner (case_id, id_index) WHERE id_index IS NOT NULL;
CREATE UNIQUE INDEX cosigner_code ON cosigner (case_id, code_index);
CREATE UNIQUE INDEX cosigner_key ON cosigner (sign_key) WHERE sign_key <> '';
CREATE INDEX cosigner_person ON cosigner (person_id);

-- The link by which people join. Its token follows from the generation.
CREATE TABLE join_link (
    case_id BIGINT PRIMARY KEY,
    generation BIGINT NOT NULL,
    open BOOLEAN NOT NULL,
    changed_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE join_link;
DROP TABLE cosigner;
