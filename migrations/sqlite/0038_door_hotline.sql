-- +goose Up
-- 来电: one telephone call as the call centre tells it, event by event. The
-- caller's number is sealed; the index finds calls of one number. first_at is
-- the earliest moment known, rang_at 0 until the ringing itself was told.
CREATE TABLE hotline_call (
    id INTEGER PRIMARY KEY,
    door TEXT NOT NULL,
    external_id TEXT NOT NULL,
    from_sealed BLOB,
    from_mask TEXT NOT NULL,
    from_index BLOB,
    seat TEXT NOT NULL,
    staff_id INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    rang_at INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    note_sealed BLOB,
    case_id INTEGER NOT NULL,
    case_no TEXT NOT NULL,
    passed_at INTEGER NOT NULL,
    read_back_at INTEGER NOT NULL,
    read_back_by INTEGER NOT NULL,
    recording TEXT NOT NULL,
    recording_url BLOB,
    recording_sum TEXT NOT NULL,
    recording_key TEXT NOT NULL,
    recording_type TEXT NOT NULL,
    recording_size INTEGER NOT NULL,
    recording_tries INTEGER NOT NULL,
    recording_due_at INTEGER NOT NULL,
    transcript TEXT NOT NULL,
    transcript_sealed BLOB,
    transcript_at INTEGER NOT NULL,
    CHECK (outcome IN ('', 'case', 'answered', 'nothing')),
    CHECK (recording IN ('', 'wanted', 'kept', 'lost')),
    CHECK (transcript IN ('', 'wanted', 'machine', 'person', 'failed'))
);
CREATE UNIQUE INDEX hotline_call_external ON hotline_call (door, external_id);
CREATE INDEX hotline_call_first ON hotline_call (first_at, id);
CREATE INDEX hotline_call_live ON hotline_call (first_at, id) WHERE ended_at = 0;
CREATE INDEX hotline_call_loose ON hotline_call (first_at, id) WHERE outcome = '' AND answered_at > 0 AND ended_at > 0;
CREATE INDEX hotline_call_missed ON hotline_call (ended_at, id) WHERE answered_at = 0 AND ended_at > 0 AND passed_at = 0;
CREATE INDEX hotline_call_from ON hotline_call (from_index, first_at) WHERE from_index IS NOT NULL;
CREATE INDEX hotline_call_case ON hotline_call (case_id, id) WHERE case_id <> 0;
CREATE INDEX hotline_call_fetch ON hotline_call (recording_due_at, id) WHERE recording = 'wanted';
CREATE INDEX hotline_call_hear ON hotline_call (id) WHERE transcript = 'wanted';
CREATE INDEX hotline_call_file ON hotline_call (recording_key) WHERE recording_key <> '';

-- What was told of a call: an event told again changes nothing.
CREATE TABLE hotline_event (
    door TEXT NOT NULL,
    event_id TEXT NOT NULL,
    call_id INTEGER NOT NULL REFERENCES hotline_call (id),
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (door, event_id)
);
CREATE INDEX hotline_event_call ON hotline_event (call_id, at);

-- +goose Down
DROP TABLE hotline_event;
DROP TABLE hotline_call;
