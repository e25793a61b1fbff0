-- +goose Up
-- What cases are compared by. A signature is made with a secret and tells
-- nothing of the words; a band is what two alike signatures share.
CREATE TABLE likeness_signature (
    case_id BIGINT PRIMARY KEY,
    signature BYTEA NOT NULL
);
CREATE TABLE likeness_band (
    band BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    PRIMARY KEY (band, case_id)
);

-- How far the cases from before were read; one row.
CREATE TABLE likeness_fill (
    id BIGINT PRIMARY KEY,
    last_id BIGINT NOT NULL,
    done BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
);
INSERT INTO likeness_fill (id, last_id, done, finished_at) VALUES (1, 0, 0, 0);

-- Which case belongs to which, as their events say.
CREATE TABLE likeness_relation (
    case_id BIGINT PRIMARY KEY,
    master_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    related_at BIGINT NOT NULL
);
CREATE INDEX likeness_relation_master ON likeness_relation (master_id, case_id);

-- Cases whose master has ended and which the program has still to answer.
CREATE TABLE likeness_share (
    case_id BIGINT PRIMARY KEY,
    master_id BIGINT NOT NULL,
    since_at BIGINT NOT NULL
);
CREATE INDEX likeness_share_since ON likeness_share (since_at, case_id);

-- What a petitioner asked to be handled together with.
CREATE TABLE likeness_wish (
    case_id BIGINT PRIMARY KEY,
    master_id BIGINT NOT NULL,
    wished_at BIGINT NOT NULL
);

-- What became of the hints before filing, by day.
CREATE TABLE likeness_hint (
    day TEXT NOT NULL,
    place TEXT NOT NULL,
    what TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (day, place, what)
);

-- +goose Down
DROP TABLE likeness_hint;
DROP TABLE likeness_wish;
DROP TABLE likeness_share;
DROP TABLE likeness_relation;
DROP TABLE likeness_fill;
DROP TABLE likeness_band;
DROP TABLE likeness_signature;
