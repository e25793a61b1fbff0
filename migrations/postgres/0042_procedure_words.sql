-- +goose Up
-- What people say in an event, sealed; data keeps what the program reckons with.
ALTER TABLE case_event ADD COLUMN words TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE case_event DROP COLUMN words;
