-- +goose Up
-- +goose StatementBegin
-- What the rules were, are and will be. Rows are added, never changed.
CREATE TABLE parameter_version (
  serial            BIGINT PRIMARY KEY,
  id                TEXT   COLLATE "C" NOT NULL UNIQUE,
  effective_from_at BIGINT NOT NULL,
  made_by           BIGINT NOT NULL,
  made_at           BIGINT NOT NULL,
  note              TEXT   NOT NULL,
  contents          JSON   NOT NULL
);
-- +goose StatementEnd
INSERT INTO parameter_version (serial, id, effective_from_at, made_by, made_at, note, contents)
VALUES (1, '2022-05-01', 0, 0, 0, '', '{}');

-- Cases from before there were versions keep the first one.
UPDATE case_file SET rule_version = '2022-05-01' WHERE rule_version = '';
-- how many open cases run under each version
CREATE INDEX case_file_rules ON case_file (rule_version) WHERE open;

-- +goose Down
DROP INDEX case_file_rules;
DROP TABLE parameter_version;
