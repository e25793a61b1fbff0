-- +goose Up
-- +goose StatementBegin
CREATE TABLE category (
  code     TEXT    PRIMARY KEY,
  parent   TEXT    NOT NULL DEFAULT '',
  name_zh  TEXT    NOT NULL,
  name_en  TEXT    NOT NULL DEFAULT '',
  lead_zh  TEXT    NOT NULL DEFAULT '',
  natures  TEXT    NOT NULL DEFAULT '',
  keywords TEXT    NOT NULL DEFAULT '',
  note     TEXT    NOT NULL DEFAULT '',
  active   BOOLEAN NOT NULL DEFAULT TRUE,
  sort     INTEGER NOT NULL DEFAULT 0
);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TABLE duty (
  id            INTEGER PRIMARY KEY,
  category      TEXT   NOT NULL REFERENCES category (code),
  area_id       BIGINT NOT NULL,
  unit_id       BIGINT NOT NULL,
  basis         TEXT   NOT NULL DEFAULT '',
  valid_from_at BIGINT NOT NULL,
  valid_to_at   BIGINT NOT NULL DEFAULT 0
);
-- +goose StatementEnd
CREATE INDEX duty_category ON duty (category, area_id, id);
CREATE INDEX duty_area ON duty (area_id, category, id);

-- +goose StatementBegin
CREATE TABLE calendar_day (
  day     TEXT    PRIMARY KEY,
  working BOOLEAN NOT NULL,
  name    TEXT    NOT NULL DEFAULT ''
);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TABLE parameter (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TABLE settings_revision (
  name TEXT   PRIMARY KEY,
  n    BIGINT NOT NULL
);
-- +goose StatementEnd
INSERT INTO settings_revision (name, n) VALUES ('settings', 1);
