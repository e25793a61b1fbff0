-- +goose Up
CREATE TABLE node_counter (
    name    TEXT   NOT NULL PRIMARY KEY,
    next    BIGINT NOT NULL
);
INSERT INTO node_counter (name, next) VALUES ('node', 0);

CREATE TABLE sequence (
    name    TEXT   NOT NULL PRIMARY KEY,
    next    BIGINT NOT NULL
);

CREATE TABLE outbox (
    id          BIGINT NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    subject_id  BIGINT NOT NULL,
    at          BIGINT NOT NULL
);

-- +goose Down
DROP TABLE outbox;
DROP TABLE sequence;
DROP TABLE node_counter;
