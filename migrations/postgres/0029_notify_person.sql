-- +goose Up
-- Which of several petitioners a notice goes to; 0 is the one who filed.
ALTER TABLE delivery ADD COLUMN person_id BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE delivery DROP COLUMN person_id;
