-- +goose Up
-- Petitioners: every field sealed by itself, a mask for display beside it, and
-- a blind index of the phone. NULL is "not given".
CREATE TABLE person (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    name_sealed BYTEA,
    name_mask TEXT NOT NULL,
    phone_sealed BYTEA,
    phone_mask TEXT NOT NULL,
    phone_index BYTEA,
    id_type TEXT NOT NULL,
    id_no_sealed BYTEA,
    id_no_mask TEXT NOT NULL,
    address_sealed BYTEA,
    address_mask TEXT NOT NULL,
    org_name_sealed BYTEA,
    org_name_mask TEXT NOT NULL,
    sex_sealed BYTEA,
    household_sealed BYTEA,
    household_mask TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    CHECK (kind IN ('individual', 'organisation')),
    CHECK ((phone_sealed IS NULL) = (phone_index IS NULL))
);
CREATE INDEX person_phone ON person (phone_index, id) WHERE phone_index IS NOT NULL;

-- Who saw clear values, for which case and why. Rows are only ever added.
CREATE TABLE person_reveal (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    case_id BIGINT NOT NULL,
    staff_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    fields TEXT NOT NULL,
    at BIGINT NOT NULL,
    CHECK (reason <> '')
);
CREATE INDEX person_reveal_person ON person_reveal (person_id, id);
CREATE INDEX person_reveal_staff ON person_reveal (staff_id, id);

-- +goose Down
DROP TABLE person_reveal;
DROP TABLE person;
