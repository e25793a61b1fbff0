-- +goose Up
-- What a person told us, in the person's own words. A row is written once,
-- with its case, and never changed.
CREATE TABLE matter (
    case_id BIGINT PRIMARY KEY REFERENCES case_file (id),
    purpose TEXT NOT NULL,
    words TEXT NOT NULL,
    wish TEXT NOT NULL,
    place TEXT NOT NULL,
    area_unit_id BIGINT NOT NULL,
    occurred_on TEXT NOT NULL,
    anonymous BOOLEAN NOT NULL,
    secret BOOLEAN NOT NULL,
    persons BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    words_sha256 TEXT NOT NULL
);

-- +goose Down
DROP TABLE matter;
