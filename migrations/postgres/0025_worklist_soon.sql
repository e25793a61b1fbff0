-- +goose Up
-- The amber light has a moment of its own: counting what is due soon reads it
-- from the index, as everything else that the queue counts.
DROP INDEX case_file_due;
CREATE INDEX case_file_due ON case_file (next_due_at, id, open, area1_id, owner_unit_id, lane, barred_unit_id, next_warn_at) WHERE open;
DROP INDEX case_file_owner_due;
CREATE INDEX case_file_owner_due ON case_file (owner_unit_id, next_due_at, id, open, lead_unit_id, area1_id, area2_id, area3_id, lane, barred_unit_id, next_warn_at) WHERE open;
DROP INDEX case_file_lead_due;
CREATE INDEX case_file_lead_due ON case_file (lead_unit_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id, next_warn_at) WHERE open AND lead_unit_id <> 0;
DROP INDEX case_file_area2_due;
CREATE INDEX case_file_area2_due ON case_file (area2_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id, next_warn_at) WHERE open AND area2_id <> 0;
DROP INDEX case_file_area3_due;
CREATE INDEX case_file_area3_due ON case_file (area3_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id, next_warn_at) WHERE open AND area3_id <> 0;
DROP INDEX case_file_registrar_due;
CREATE INDEX case_file_registrar_due ON case_file (registered_by, next_due_at, id, open, lane, next_warn_at) WHERE open AND registered_by <> 0;

-- +goose Down
DROP INDEX case_file_due;
CREATE INDEX case_file_due ON case_file (next_due_at, id, open, area1_id, owner_unit_id, lane, barred_unit_id) WHERE open;
DROP INDEX case_file_owner_due;
CREATE INDEX case_file_owner_due ON case_file (owner_unit_id, next_due_at, id, open, lead_unit_id, area1_id, area2_id, area3_id, lane, barred_unit_id) WHERE open;
DROP INDEX case_file_lead_due;
CREATE INDEX case_file_lead_due ON case_file (lead_unit_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id) WHERE open AND lead_unit_id <> 0;
DROP INDEX case_file_area2_due;
CREATE INDEX case_file_area2_due ON case_file (area2_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id) WHERE open AND area2_id <> 0;
DROP INDEX case_file_area3_due;
CREATE INDEX case_file_area3_due ON case_file (area3_id, next_due_at, id, open, owner_unit_id, lane, barred_unit_id) WHERE open AND area3_id <> 0;
DROP INDEX case_file_registrar_due;
CREATE INDEX case_file_registrar_due ON case_file (registered_by, next_due_at, id, open, lane) WHERE open AND registered_by <> 0;
