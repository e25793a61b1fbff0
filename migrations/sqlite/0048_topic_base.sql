-- +goose Up
-- Hot topics: what several people wrote about of late. words are runs of
-- characters that most of the messages share.
CREATE TABLE topic (
    id INTEGER PRIMARY KEY,
    words TEXT NOT NULL,
    name TEXT NOT NULL,
    named_by TEXT NOT NULL,
    dismissed_at INTEGER NOT NULL,
    dismissed_by TEXT NOT NULL
);

CREATE TABLE topic_case (
    case_id INTEGER PRIMARY KEY,
    topic_id INTEGER NOT NULL,
    who INTEGER NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX topic_case_topic ON topic_case (topic_id, case_id);

-- How far the last grouping read; one row.
CREATE TABLE topic_build (
    id INTEGER PRIMARY KEY,
    last_case INTEGER NOT NULL,
    cases INTEGER NOT NULL,
    built_at INTEGER NOT NULL
);
INSERT INTO topic_build (id, last_case, cases, built_at) VALUES (1, 0, 0, 0);

-- +goose Down
DROP TABLE topic_build;
DROP TABLE topic_case;
DROP TABLE topic;
