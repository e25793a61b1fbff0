-- +goose Up
-- How far a door has read: a mailbox, a feed.
CREATE TABLE door_mark (
    door TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (door, name)
);

-- Which mail belongs to which thread; Message-IDs only as hashes.
CREATE TABLE door_mail (
    door TEXT NOT NULL,
    id_hash TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (door, id_hash)
);

-- Dialogues that are not finished, sealed; who is a blind index.
CREATE TABLE door_dialogue (
    door TEXT NOT NULL,
    who BLOB NOT NULL,
    body BLOB NOT NULL,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (door, who)
);
CREATE INDEX door_dialogue_old ON door_dialogue (updated_at);

-- Photos and recordings of a dialogue, sealed.
CREATE TABLE door_dialogue_file (
    door TEXT NOT NULL,
    who BLOB NOT NULL,
    dialogue TEXT NOT NULL,
    n INTEGER NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (door, who, dialogue, n)
);

-- What was answered to a message, so that its repetition is answered alike.
CREATE TABLE door_answer (
    door TEXT NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (door, key)
);
CREATE INDEX door_answer_old ON door_answer (at);

-- Which cases a follower of an account has filed there.
CREATE TABLE door_follower (
    door TEXT NOT NULL,
    who BLOB NOT NULL,
    arrival_key TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (door, who, arrival_key)
);

-- Requests of other systems (Open311): which client filed what.
CREATE TABLE door_request (
    token TEXT PRIMARY KEY,
    door TEXT NOT NULL,
    client TEXT NOT NULL,
    arrival_key TEXT NOT NULL,
    no TEXT NOT NULL,
    service TEXT NOT NULL,
    body BLOB NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX door_request_client ON door_request (door, client, at, token);
CREATE INDEX door_request_door ON door_request (door, at, token);
CREATE INDEX door_request_no ON door_request (no) WHERE no <> '';
CREATE INDEX door_request_open ON door_request (door, at, token) WHERE no = '';

-- Codes that people scan (二维码).
CREATE TABLE door_code (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    unit_id INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    place TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    scans INTEGER NOT NULL,
    made_by INTEGER NOT NULL,
    made_at INTEGER NOT NULL
);
CREATE INDEX door_code_unit ON door_code (unit_id, id);

-- Which code a filing came through.
CREATE TABLE door_code_case (
    case_id INTEGER PRIMARY KEY,
    code_id INTEGER NOT NULL
);
CREATE INDEX door_code_case_code ON door_code_case (code_id, case_id);

-- Files that were imported through a door.
CREATE TABLE door_import (
    id INTEGER PRIMARY KEY,
    door TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    mapping TEXT NOT NULL,
    dry_run BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    expected INTEGER NOT NULL,
    read INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    held INTEGER NOT NULL,
    known INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    rejects TEXT NOT NULL,
    problem TEXT NOT NULL,
    made_by INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL
);
CREATE INDEX door_import_door ON door_import (door, id);
CREATE INDEX door_import_open ON door_import (id) WHERE state IN ('queued', 'running');

-- +goose Down
DROP TABLE door_import;
DROP TABLE door_code_case;
DROP TABLE door_code;
DROP TABLE door_request;
DROP TABLE door_follower;
DROP TABLE door_answer;
DROP TABLE door_dialogue_file;
DROP TABLE door_dialogue;
DROP TABLE door_mail;
DROP TABLE door_mark;
