-- +goose Up
-- Who signs a petition beside the one who filed it. Phone and ID are blind
-- indexes: the same person signs a case once, and after taking it back again.
CREATE TABLE cosigner (
    case_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    phone_index BLOB,
    id_index BLOB,
    code_index BLOB NOT NULL,
    sign_key TEXT NOT NULL,
    added_by INTEGER NOT NULL,
    signed_at INTEGER NOT NULL,
    withdrawn_at INTEGER NOT NULL,
    rated_unit INTEGER NOT NULL,
    rated_result INTEGER NOT NULL,
    rated_at INTEGER NOT NULL,
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
    case_id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    open BOOLEAN NOT NULL,
    changed_at INTEGER NOT NULL
);

-- +goose Down
DROP TABLE join_link;
DROP TABLE cosigner;
