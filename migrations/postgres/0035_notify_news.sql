-- +goose Up
-- News in the tray: what is addressed to somebody beside the duties of a case.
-- Then reminder_id is the event's id, and kind and subject say what it is of.
ALTER TABLE inbox ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN subject BIGINT NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN path TEXT NOT NULL DEFAULT '';

-- +goose Down
DELETE FROM inbox WHERE kind <> '';
ALTER TABLE inbox DROP COLUMN path;
ALTER TABLE inbox DROP COLUMN subject;
ALTER TABLE inbox DROP COLUMN kind;
