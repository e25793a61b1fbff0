-- +goose Up
-- Programs that file and follow over the API with a key of their own.
CREATE TABLE client (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  key_hash BLOB NOT NULL,
  key_hint TEXT NOT NULL,
  scopes TEXT NOT NULL,
  door TEXT NOT NULL,
  per_minute INTEGER NOT NULL,
  per_day INTEGER NOT NULL,
  origins TEXT NOT NULL,
  webhook TEXT NOT NULL,
  secret BLOB,
  active BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by BIGINT NOT NULL
);
CREATE UNIQUE INDEX client_key ON client (key_hash);

-- What a client used: kind m counts minutes, d days (Beijing), from 1970.
CREATE TABLE client_use (
  client_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  span BIGINT NOT NULL,
  used INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  PRIMARY KEY (client_id, kind, span)
);

-- Which client filed a case.
CREATE TABLE client_case (
  case_id BIGINT PRIMARY KEY,
  case_no TEXT NOT NULL,
  client_id BIGINT NOT NULL
);

-- Events on their way to a client: ids and states, nothing personal.
CREATE TABLE client_message (
  id BIGINT PRIMARY KEY,
  client_id BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  event TEXT NOT NULL,
  at BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at BIGINT NOT NULL,
  dead BOOLEAN NOT NULL,
  error TEXT NOT NULL
);
CREATE INDEX client_message_next ON client_message (next_at, id) WHERE NOT dead;
CREATE INDEX client_message_dead ON client_message (client_id, id) WHERE dead;

-- +goose Down
DROP TABLE client_message;
DROP TABLE client_case;
DROP TABLE client_use;
DROP TABLE client;
