-- +goose Up
-- Blind indexes by which the same person is found: the number of a document
-- with its kind, and name with birth date. index_key is the key that made them;
-- rows of another one are counted anew in the background.
ALTER TABLE person ADD COLUMN id_no_index BYTEA;
ALTER TABLE person ADD COLUMN name_birth_index BYTEA;
ALTER TABLE person ADD COLUMN index_key INTEGER NOT NULL DEFAULT 0;
CREATE INDEX person_id_no ON person (id_no_index, id) WHERE id_no_index IS NOT NULL;
CREATE INDEX person_name_birth ON person (name_birth_index, id) WHERE name_birth_index IS NOT NULL;

-- +goose Down
DROP INDEX person_name_birth;
DROP INDEX person_id_no;
ALTER TABLE person DROP COLUMN index_key;
ALTER TABLE person DROP COLUMN name_birth_index;
ALTER TABLE person DROP COLUMN id_no_index;
