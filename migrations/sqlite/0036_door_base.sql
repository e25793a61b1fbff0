-- +goose Up
-- The registry of doors. secrets is sealed; settings is what may be shown. The
-- lease says which process keeps the door open.
CREATE TABLE door (
  code TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  settings TEXT NOT NULL,
  secrets BLOB,
  hours TEXT NOT NULL,
  workdays BOOLEAN NOT NULL,
  merge TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  priority INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by BIGINT NOT NULL,
  probed_at BIGINT NOT NULL,
  ok_at BIGINT NOT NULL,
  error TEXT NOT NULL,
  lease_owner TEXT NOT NULL,
  lease_until_at BIGINT NOT NULL
);

-- What doors received. The sender's key, thread and address are kept as blind
-- indexes; what was said is in payload, sealed; large files lie in the store
-- of arrivals under the keys of arrival_blob.
CREATE TABLE arrival (
  id BIGINT PRIMARY KEY,
  door TEXT NOT NULL,
  key_index BLOB NOT NULL,
  thread_index BLOB,
  from_index BLOB,
  from_mask TEXT NOT NULL,
  state TEXT NOT NULL,
  lane TEXT NOT NULL,
  at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  payload BLOB NOT NULL,
  case_id BIGINT,
  case_no TEXT NOT NULL,
  staff_id BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX arrival_once ON arrival (door, key_index);
CREATE INDEX arrival_tray ON arrival (state, id);
CREATE INDEX arrival_door ON arrival (door, state, id);
CREATE INDEX arrival_thread ON arrival (door, thread_index, id);
CREATE INDEX arrival_from ON arrival (from_index, id);
CREATE INDEX arrival_case ON arrival (case_id);
CREATE INDEX arrival_next ON arrival (next_at, id) WHERE state = 'received';

CREATE TABLE arrival_blob (
  blob_key TEXT PRIMARY KEY,
  arrival_id BIGINT NOT NULL
);

-- How available a door was, and what came through it, by hours from the epoch.
CREATE TABLE door_hour (
  door TEXT NOT NULL,
  hour BIGINT NOT NULL,
  probes INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  arrivals INTEGER NOT NULL,
  filed INTEGER NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (door, hour)
);

-- +goose Down
DROP TABLE door_hour;
DROP TABLE arrival_blob;
DROP TABLE arrival;
DROP TABLE door;
