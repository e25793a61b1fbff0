-- +goose Up
-- How far each kind of sealed thing is sealed anew under the active keys.
CREATE TABLE reseal (
    part TEXT PRIMARY KEY,
    keys TEXT NOT NULL,
    after TEXT NOT NULL,
    done BIGINT NOT NULL,
    finished BOOLEAN NOT NULL
);

-- +goose Down
DROP TABLE reseal;
