-- +goose Up
-- Scans (扫描件): files as a scanner made them, kept as they came.
CREATE TABLE letter_scan (
    id BIGINT PRIMARY KEY,
    source TEXT NOT NULL, -- desk, folder
    door TEXT NOT NULL,
    name_sealed BYTEA NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    pages BIGINT NOT NULL,
    state TEXT NOT NULL, -- open, split, aside
    unit_id BIGINT NOT NULL,
    area_id BIGINT NOT NULL,
    taken_by BIGINT NOT NULL,
    taken_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX letter_scan_hash ON letter_scan (unit_id, sha256);
CREATE INDEX letter_scan_open ON letter_scan (area_id, state, id);

-- Sides of sheets. The reading of the machine stays beside what staff made of it.
CREATE TABLE letter_sheet (
    id BIGINT PRIMARY KEY,
    scan_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    letter_id BIGINT NOT NULL, -- 0: of none
    kind TEXT NOT NULL, -- page, cover, blank
    type TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    small_key TEXT NOT NULL,
    reading TEXT NOT NULL, -- waiting, running, done, failed, none
    attempts BIGINT NOT NULL,
    claimed_at BIGINT NOT NULL,
    read_sealed BYTEA,
    corrected_sealed BYTEA,
    corrected_by BIGINT NOT NULL
);
CREATE UNIQUE INDEX letter_sheet_position ON letter_sheet (scan_id, position);
CREATE INDEX letter_sheet_letter ON letter_sheet (letter_id, position);
CREATE INDEX letter_sheet_reading ON letter_sheet (reading, id);

-- The register of letters (来信登记簿).
CREATE TABLE letter (
    id BIGINT PRIMARY KEY,
    no TEXT NOT NULL UNIQUE,
    scan_id BIGINT NOT NULL,
    unit_id BIGINT NOT NULL,
    area_id BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    state TEXT NOT NULL, -- open, registered, held, aside
    case_no TEXT NOT NULL,
    arrival_id BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    why TEXT NOT NULL,
    draft_sealed BYTEA,
    version BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX letter_list ON letter (area_id, state, id);
CREATE INDEX letter_all ON letter (area_id, id);

-- +goose Down
DROP TABLE letter;
DROP TABLE letter_sheet;
DROP TABLE letter_scan;
