-- +goose Up
-- +goose StatementBegin
CREATE TABLE staff (
  id              INTEGER PRIMARY KEY,
  login           TEXT    NOT NULL,
  name            TEXT    NOT NULL,
  unit_id         BIGINT  NOT NULL REFERENCES unit (id),
  role            TEXT    NOT NULL DEFAULT '',
  cleared         BOOLEAN NOT NULL DEFAULT FALSE,
  password_hash   TEXT    NOT NULL DEFAULT '',
  password_at     BIGINT  NOT NULL DEFAULT 0,
  totp_sealed     BLOB,
  totp_pending    BLOB,
  totp_step       BIGINT  NOT NULL DEFAULT 0,
  failed          INTEGER NOT NULL DEFAULT 0,
  locked_until_at BIGINT  NOT NULL DEFAULT 0,
  active          BOOLEAN NOT NULL DEFAULT TRUE,
  created_at      BIGINT  NOT NULL
);
-- +goose StatementEnd
CREATE UNIQUE INDEX staff_login ON staff (login);
CREATE INDEX staff_unit ON staff (unit_id, login);
CREATE INDEX staff_role ON staff (role, login);
CREATE INDEX staff_name ON staff (name, login);

-- +goose StatementBegin
CREATE TABLE recovery_code (
  staff_id  BIGINT NOT NULL REFERENCES staff (id),
  code_hash BLOB   NOT NULL,
  PRIMARY KEY (staff_id, code_hash)
);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TABLE session (
  token_hash    BLOB    PRIMARY KEY,
  staff_id      BIGINT  NOT NULL REFERENCES staff (id),
  created_at    BIGINT  NOT NULL,
  seen_at       BIGINT  NOT NULL,
  expires_at    BIGINT  NOT NULL,
  second_factor BOOLEAN NOT NULL,
  agent_text    TEXT    NOT NULL DEFAULT ''
);
-- +goose StatementEnd
CREATE INDEX session_staff ON session (staff_id, created_at);
CREATE INDEX session_expiry ON session (expires_at);
CREATE INDEX session_seen ON session (seen_at, token_hash);

-- +goose StatementBegin
CREATE TABLE api_token (
  token_hash BLOB   PRIMARY KEY,
  staff_id   BIGINT NOT NULL REFERENCES staff (id),
  name       TEXT   NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
-- +goose StatementEnd
CREATE INDEX api_token_staff ON api_token (staff_id, created_at);
CREATE INDEX api_token_expiry ON api_token (expires_at);

-- +goose StatementBegin
CREATE TABLE sign_in_log (
  id       INTEGER PRIMARY KEY,
  at       BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  ip       TEXT   NOT NULL,
  result   TEXT   NOT NULL
);
-- +goose StatementEnd
CREATE INDEX sign_in_log_staff ON sign_in_log (staff_id, id);

-- +goose StatementBegin
CREATE TABLE admin_log (
  id       INTEGER PRIMARY KEY,
  at       BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  action   TEXT   NOT NULL,
  object   TEXT   NOT NULL,
  detail   TEXT   NOT NULL
);
-- +goose StatementEnd
CREATE INDEX admin_log_staff ON admin_log (staff_id, id);
