-- +goose Up
-- Hot topics: what several people wrote about of late. words are runs of
-- characters that most of the messages share.
CREATE TABLE topic (
    id BIGINT PRIMARY KEY,
    words TEXT NOT NULL,
    name TEXT NOT NULL,
    named_by TEXT NOT NULL,
    dismissed_at BIGINT NOT NULL,
    dismissed_by TEXT NOT NULL
);

CREATE TABLE topic_case (
    case_id BIGINT PRIMARY KEY,
    topic_id BIGINT NOT NULL,
    who BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX topic_case_topic ON topic_case (topic_id, case_id);

-- How far the last grouping read; one row.
CREATE TABLE topic_build (
    id BIGINT PRIMARY KEY,
    last_case BIGINT NOT NULL,
    cases BIGINT NOT NULL,
    built_at BIGINT NOT NULL
);
INSERT INTO topic_build (id, last_case, cases, built_at) VALUES (1, 0, 0, 0);

-- +goose Down
DROP TABLE topic_build;
DROP TABLE topic_case;
DROP TABLE topic;
