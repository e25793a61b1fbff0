-- +goose Up
-- In the confidential lane two people open an identity: one asks, a custodian
-- decides; the permission runs out. reason is sealed.
CREATE TABLE reveal_request (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    asked_by BIGINT NOT NULL,
    reason TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_by BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK (state IN ('asked', 'approved', 'refused')),
    CHECK (decided_by <> asked_by)
);
CREATE UNIQUE INDEX reveal_request_open ON reveal_request (person_id, asked_by) WHERE state = 'asked';
CREATE INDEX reveal_request_of ON reveal_request (person_id, asked_by, id);
CREATE INDEX reveal_request_waiting ON reveal_request (id) WHERE state = 'asked';

-- +goose Down
DROP TABLE reveal_request;
