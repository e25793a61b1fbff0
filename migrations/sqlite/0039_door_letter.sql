-- +goose Up
-- Scans (扫描件): files as a scanner made them, kept as they came.
CREATE TABLE letter_scan (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL, -- desk, folder
    door TEXT NOT NULL,
    name_sealed BLOB NOT NULL,
    type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    pages INTEGER NOT NULL,
    state TEXT NOT NULL, -- open, split, aside
    unit_id INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    taken_by INTEGER NOT NULL,
    taken_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX letter_scan_hash ON letter_scan (unit_id, sha256);
CREATE INDEX letter_scan_open ON letter_scan (area_id, state, id);

-- Sides of sheets. The reading of the machine stays beside what staff made of it.
CREATE TABLE letter_sheet (
    id INTEGER PRIMARY KEY,
    scan_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    letter_id INTEGER NOT NULL, -- 0: of none
    kind TEXT NOT NULL, -- page, cover, blank
    type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    small_key TEXT NOT NULL,
    reading TEXT NOT NULL, -- waiting, running, done, failed, none
    attempts INTEGER NOT NULL,
    claimed_at INTEGER NOT NULL,
    read_sealed BLOB,
    corrected_sealed BLOB,
    corrected_by INTEGER NOT NULL
);
CREATE UNIQUE INDEX letter_sheet_position ON letter_sheet (scan_id, position);
CREATE INDEX letter_sheet_letter ON letter_sheet (letter_id, position);
CREATE INDEX letter_sheet_reading ON letter_sheet (reading, id);

-- The register of letters (来信登记簿).
CREATE TABLE letter (
    id INTEGER PRIMARY KEY,
    no TEXT NOT NULL UNIQUE,
    scan_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    state TEXT NOT NULL, -- open, registered, held, aside
    case_no TEXT NOT NULL,
    arrival_id INTEGER NOT NULL,
    received_on TEXT NOT NULL,
    why TEXT NOT NULL,
    draft_sealed BLOB,
    version INTEGER NOT NULL,
    changed_by INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    made_at INTEGER NOT NULL
);
CREATE INDEX letter_list ON letter (area_id, state, id);
CREATE INDEX letter_all ON letter (area_id, id);

-- +goose Down
DROP TABLE letter;
DROP TABLE letter_sheet;
DROP TABLE letter_scan;
