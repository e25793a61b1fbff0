-- +goose Up
-- Who opened what of a confidential case, and when: one row for each person,
-- case, kind and minute.
CREATE TABLE lane_access (
    id BIGINT NOT NULL UNIQUE,
    case_id BIGINT NOT NULL,
    staff_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    minute BIGINT NOT NULL,
    at BIGINT NOT NULL,
    role TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    PRIMARY KEY (case_id, staff_id, kind, minute)
);

-- +goose Down
DROP TABLE lane_access;
