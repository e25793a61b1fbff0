-- +goose Up
-- The word index of cases, newest first by rowid (= case id). It keeps no text,
-- only which words occur where.
CREATE VIRTUAL TABLE case_search USING fts5(words, content='', contentless_delete=1, detail=column, tokenize='unicode61 remove_diacritics 0');

CREATE TABLE saved_filter (
    id INTEGER PRIMARY KEY,
    staff_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX saved_filter_staff ON saved_filter (staff_id, created_at);

-- The queues' indexes also hold what the visibility rule and the tabs compare,
-- so that a count of a thousand reads the index alone.
DROP INDEX case_file_due;
DROP INDEX case_file_owner_due;
DROP INDEX case_file_lead_due;
DROP INDEX case_file_area2_due;
DROP INDEX case_file_area3_due;
CREATE INDEX case_file_due ON case_file (next_due_at, id, open, area1_id, owner_unit_id, lane, barred_unit_id) WHERE open;
CREATE INDEX case_file_owner_due ON case_file (owner_unit_id, next_due_at, id, open, lead_unit_id, area1_id, area2_id, area3_id, lane, barred_unit_id) WHERE open;
CREATE INDEX case_file_lead_due ON case_file (lead_unit_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id) WHERE open AND lead_unit_id <> 0;
CREATE INDEX case_file_area2_due ON case_file (area2_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id) WHERE open AND area2_id <> 0;
CREATE INDEX case_file_area3_due ON case_file (area3_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id) WHERE open AND area3_id <> 0;
-- the queue of those who follow what they registered
CREATE INDEX case_file_registrar_due ON case_file (registered_by, next_due_at, id, open, lane) WHERE open AND registered_by <> 0;
-- the register of closed cases, newest first, by each field of the visibility rule
CREATE INDEX case_file_done ON case_file (id, open, area1_id, lane, barred_unit_id) WHERE NOT open;
CREATE INDEX case_file_lead_done ON case_file (lead_unit_id, id, open, lane, barred_unit_id) WHERE NOT open AND lead_unit_id <> 0;
CREATE INDEX case_file_area2_done ON case_file (area2_id, id, open, lane, barred_unit_id) WHERE NOT open AND area2_id <> 0;
CREATE INDEX case_file_area3_done ON case_file (area3_id, id, open, lane, barred_unit_id) WHERE NOT open AND area3_id <> 0;
CREATE INDEX case_file_registrar_done ON case_file (registered_by, id, open, lane) WHERE NOT open AND registered_by <> 0;
-- search walks a scope newest first
CREATE INDEX case_file_area3 ON case_file (area3_id, id) WHERE area3_id <> 0;

-- +goose Down
DROP INDEX case_file_area3;
DROP INDEX case_file_registrar_done;
DROP INDEX case_file_area3_done;
DROP INDEX case_file_area2_done;
DROP INDEX case_file_lead_done;
DROP INDEX case_file_done;
DROP INDEX case_file_registrar_due;
DROP INDEX case_file_area3_due;
DROP INDEX case_file_area2_due;
DROP INDEX case_file_lead_due;
DROP INDEX case_file_owner_due;
DROP INDEX case_file_due;
CREATE INDEX case_file_due ON case_file (next_due_at, id) WHERE open;
CREATE INDEX case_file_owner_due ON case_file (owner_unit_id, next_due_at, id) WHERE open;
CREATE INDEX case_file_lead_due ON case_file (lead_unit_id, next_due_at, id) WHERE open AND lead_unit_id <> 0;
CREATE INDEX case_file_area2_due ON case_file (area2_id, next_due_at, id) WHERE open AND area2_id <> 0;
CREATE INDEX case_file_area3_due ON case_file (area3_id, next_due_at, id) WHERE open AND area3_id <> 0;
DROP TABLE saved_filter;
DROP TABLE case_search;
