-- +goose Up
-- +goose StatementBegin
CREATE TABLE unit (
  id         BIGINT  PRIMARY KEY,
  parent_id  BIGINT  REFERENCES unit (id),
  code       TEXT    COLLATE "C" NOT NULL,
  name_zh    TEXT    NOT NULL,
  name_en    TEXT    NOT NULL DEFAULT '',
  kind       TEXT    NOT NULL CHECK (kind IN ('government', 'bureau', 'department', 'town', 'village')),
  area_id    BIGINT  NOT NULL DEFAULT 0,
  bureau_id  BIGINT  NOT NULL DEFAULT 0,
  depth      INTEGER NOT NULL DEFAULT 1,
  active     BOOLEAN NOT NULL DEFAULT TRUE,
  sort       INTEGER NOT NULL DEFAULT 0
);
-- +goose StatementEnd
CREATE UNIQUE INDEX unit_code ON unit (code);
CREATE INDEX unit_parent ON unit (parent_id, sort);

-- +goose StatementBegin
CREATE TABLE unit_revision (
  id INTEGER PRIMARY KEY,
  n  BIGINT  NOT NULL
);
-- +goose StatementEnd
INSERT INTO unit_revision (id, n) VALUES (1, 1);
