-- +goose Up
-- The joint room of a hard case (联合会商室, 3 + N). The case itself knows that
-- a room sits; here is what was said in it. Zero and '' stand for "none".
CREATE TABLE room (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    case_no TEXT NOT NULL,
    round BIGINT NOT NULL,
    bureau_id BIGINT NOT NULL,
    chair TEXT NOT NULL,
    reason TEXT NOT NULL,
    brief TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    conclusion TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    locked_until_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX room_case_open ON room (case_id) WHERE closed_at = 0;
CREATE INDEX room_case ON room (case_id, id);
CREATE INDEX room_due ON room (due_at, id) WHERE closed_at = 0;
CREATE INDEX room_done ON room (id) WHERE closed_at <> 0;

-- Who sits in it: three lead roles and whoever is invited. People of outside
-- bodies act in their office; nothing but name and office is kept of them.
CREATE TABLE room_seat (
    id BIGINT PRIMARY KEY,
    room_id BIGINT NOT NULL REFERENCES room (id),
    kind TEXT NOT NULL,
    sees TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    office TEXT NOT NULL,
    added_by BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    CHECK ((unit_id = 0) = (name <> ''))
);
CREATE INDEX room_seat_room ON room_seat (room_id, id);
CREATE UNIQUE INDEX room_seat_unit ON room_seat (room_id, unit_id) WHERE unit_id <> 0 AND ended_at = 0;

CREATE TABLE room_session (
    id BIGINT PRIMARY KEY,
    room_id BIGINT NOT NULL REFERENCES room (id),
    meets_at BIGINT NOT NULL,
    mode TEXT NOT NULL,
    place TEXT NOT NULL,
    agenda TEXT NOT NULL,
    attendees TEXT NOT NULL,
    minutes TEXT NOT NULL,
    held_at BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX room_session_room ON room_session (room_id, meets_at, id);

-- What each seat says in writing: a unit's view with the item of its duty
-- list, a lawyer's opinion. Nothing is overwritten; the newest counts.
CREATE TABLE room_opinion (
    id BIGINT PRIMARY KEY,
    room_id BIGINT NOT NULL REFERENCES room (id),
    seat_id BIGINT NOT NULL REFERENCES room_seat (id),
    text TEXT NOT NULL,
    basis TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_id BIGINT NOT NULL,
    command_key TEXT
);
CREATE INDEX room_opinion_room ON room_opinion (room_id, id);
CREATE INDEX room_opinion_seat ON room_opinion (seat_id);
CREATE UNIQUE INDEX room_opinion_key ON room_opinion (command_key) WHERE command_key IS NOT NULL;

-- What the conclusion asks of whom, until when.
CREATE TABLE room_decision (
    id BIGINT PRIMARY KEY,
    room_id BIGINT NOT NULL REFERENCES room (id),
    unit_id BIGINT NOT NULL,
    part TEXT NOT NULL,
    text TEXT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX room_decision_room ON room_decision (room_id, id);

-- The joint conference (信访工作联席会议): meetings, their agenda, what was
-- decided and whether it was done.
CREATE TABLE conference (
    id BIGINT PRIMARY KEY,
    title TEXT NOT NULL,
    area1_id BIGINT NOT NULL,
    area2_id BIGINT NOT NULL,
    area3_id BIGINT NOT NULL,
    unit_id BIGINT NOT NULL,
    meets_at BIGINT NOT NULL,
    place TEXT NOT NULL,
    chair TEXT NOT NULL,
    attendees TEXT NOT NULL,
    minutes TEXT NOT NULL,
    held_at BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX conference_area1 ON conference (area1_id, id);
CREATE INDEX conference_area2 ON conference (area2_id, id) WHERE area2_id <> 0;
CREATE INDEX conference_area3 ON conference (area3_id, id) WHERE area3_id <> 0;

CREATE TABLE conference_item (
    id BIGINT PRIMARY KEY,
    conference_id BIGINT NOT NULL REFERENCES conference (id),
    case_id BIGINT NOT NULL,
    case_no TEXT NOT NULL,
    topic TEXT NOT NULL,
    decision TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lapsed_at BIGINT NOT NULL,
    report TEXT NOT NULL,
    done_at BIGINT NOT NULL
);
CREATE INDEX conference_item_of ON conference_item (conference_id, id);
CREATE INDEX conference_item_sweep ON conference_item (due_at, id) WHERE due_at <> 0 AND done_at = 0 AND lapsed_at = 0;

-- +goose Down
DROP TABLE conference_item;
DROP TABLE conference;
DROP TABLE room_decision;
DROP TABLE room_opinion;
DROP TABLE room_session;
DROP TABLE room_seat;
DROP TABLE room;
