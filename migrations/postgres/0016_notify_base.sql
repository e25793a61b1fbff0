-- +goose Up
-- Who is reminded of what, by which way, and how often: one row a version, per
-- jurisdiction; 0 is the whole city. The last version holds.
CREATE TABLE reminder_matrix (
  area_id    BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  body       JSON   NOT NULL,
  changed_by BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, version)
);

-- Cases that somebody may have to be reminded of, and when to look again.
CREATE TABLE reminder_watch (
  case_id BIGINT PRIMARY KEY,
  next_at BIGINT NOT NULL
);
CREATE INDEX reminder_watch_next ON reminder_watch (next_at, case_id);

-- A reminder that was given: the unique key is what makes it one.
CREATE TABLE reminder (
  id        BIGINT PRIMARY KEY,
  case_id   BIGINT  NOT NULL,
  duty_seq  INTEGER NOT NULL,
  due_at    BIGINT  NOT NULL,
  condition TEXT    NOT NULL,
  level     TEXT    NOT NULL,
  step      INTEGER NOT NULL,
  at        BIGINT  NOT NULL,
  since_at  BIGINT  NOT NULL,
  unit_id   BIGINT  NOT NULL,
  area_id   BIGINT  NOT NULL,
  told      INTEGER NOT NULL
);
CREATE UNIQUE INDEX reminder_once ON reminder (case_id, duty_seq, due_at, condition, level, step);
CREATE INDEX reminder_at ON reminder (at);

-- One message to one address. staff_id 0 is the petitioner of the case; the
-- address itself stands in contact_point or, sealed, with the person.
CREATE TABLE delivery (
  id           BIGINT PRIMARY KEY,
  key          TEXT    NOT NULL,
  way          TEXT    NOT NULL,
  template     TEXT    NOT NULL,
  staff_id     BIGINT  NOT NULL,
  case_id      BIGINT  NOT NULL,
  point_id     BIGINT  NOT NULL,
  area_id      BIGINT  NOT NULL,
  day          TEXT    NOT NULL,
  digest       BOOLEAN NOT NULL,
  hidden       BOOLEAN NOT NULL,
  state        TEXT    NOT NULL,
  attempts     INTEGER NOT NULL DEFAULT 0,
  next_at      BIGINT  NOT NULL,
  carrier      TEXT    NOT NULL DEFAULT '',
  carrier_id   TEXT    NOT NULL DEFAULT '',
  error_class  TEXT    NOT NULL DEFAULT '',
  error_code   TEXT    NOT NULL DEFAULT '',
  created_at   BIGINT  NOT NULL,
  sent_at      BIGINT  NOT NULL DEFAULT 0,
  delivered_at BIGINT  NOT NULL DEFAULT 0,
  read_at      BIGINT  NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX delivery_key ON delivery (key);
CREATE INDEX delivery_due ON delivery (next_at, id) WHERE state IN ('queued', 'sending');
CREATE INDEX delivery_carrier ON delivery (carrier_id) WHERE carrier_id <> '';
CREATE INDEX delivery_point ON delivery (point_id, day);
CREATE INDEX delivery_area ON delivery (area_id, id);
CREATE INDEX delivery_stuck ON delivery (area_id, id) WHERE state = 'stuck';

-- The reminders that a delivery tells of: one, or a day's.
CREATE TABLE delivery_item (
  delivery_id BIGINT NOT NULL REFERENCES delivery (id),
  reminder_id BIGINT NOT NULL REFERENCES reminder (id),
  PRIMARY KEY (delivery_id, reminder_id)
);

-- The in-tray of a member of staff.
CREATE TABLE inbox (
  id          BIGINT PRIMARY KEY,
  staff_id    BIGINT  NOT NULL,
  reminder_id BIGINT  NOT NULL,
  case_id     BIGINT  NOT NULL,
  condition   TEXT    NOT NULL,
  level       TEXT    NOT NULL,
  duty_seq    INTEGER NOT NULL,
  due_at      BIGINT  NOT NULL,
  at          BIGINT  NOT NULL,
  read_at     BIGINT  NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX inbox_once ON inbox (staff_id, reminder_id);
CREATE INDEX inbox_page ON inbox (staff_id, id);
CREATE INDEX inbox_unread ON inbox (staff_id, id) WHERE read_at = 0;

-- Where somebody can be reached, sealed. staff_id 0: what the petitioner of a
-- case left there. A person may have several browsers.
CREATE TABLE contact_point (
  id             BIGINT PRIMARY KEY,
  staff_id       BIGINT NOT NULL,
  case_id        BIGINT NOT NULL,
  way            TEXT   NOT NULL,
  address_sealed BYTEA NOT NULL,
  address_index  BYTEA NOT NULL,
  mask           TEXT   NOT NULL,
  created_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX contact_point_once ON contact_point (staff_id, case_id, way, address_index);

-- How a member of staff wants to be reached.
CREATE TABLE contact_preference (
  staff_id   BIGINT PRIMARY KEY,
  off        TEXT    NOT NULL,
  quiet_from INTEGER NOT NULL,
  quiet_to   INTEGER NOT NULL,
  lang       TEXT    NOT NULL
);

-- How a petitioner wants to hear of a case; without a row by short message.
CREATE TABLE notice_choice (
  case_id    BIGINT PRIMARY KEY,
  way        TEXT   NOT NULL,
  lang       TEXT   NOT NULL,
  changed_at BIGINT NOT NULL
);

-- A post that nobody holds, though somebody there was to be reminded; it stays until somebody can.
CREATE TABLE reminder_alarm (
  unit_id  BIGINT NOT NULL,
  role     TEXT   NOT NULL,
  area_id  BIGINT NOT NULL,
  case_id  BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  PRIMARY KEY (unit_id, role)
);

-- +goose Down
DROP TABLE reminder_alarm;
DROP TABLE notice_choice;
DROP TABLE contact_preference;
DROP TABLE contact_point;
DROP TABLE inbox;
DROP TABLE delivery_item;
DROP TABLE delivery;
DROP TABLE reminder;
DROP TABLE reminder_watch;
DROP TABLE reminder_matrix;
