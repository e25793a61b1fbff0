-- +goose Up
-- The boards of the desk, each in the order in which it is read.
-- what a bureau must rule on, what a unit was asked to assist with
CREATE INDEX obligation_ruling ON obligation (unit_id, due_at, case_id, seq) WHERE clock = 'ruling' AND closed_at = 0;
CREATE INDEX obligation_assist ON obligation (unit_id, due_at, case_id, seq) WHERE clock = 'assist' AND closed_at = 0;
-- dissatisfied closings by rung, at the bureau that must look at them
CREATE INDEX case_file_ladder ON case_file (owner_unit_id, ladder, next_due_at, id) WHERE state = 'look_back';
-- reviews and rechecks, of the bureau and of the unit that writes the decision
CREATE INDEX case_file_review ON case_file (bureau_id, next_due_at, id) WHERE open AND stage <> 'handling';
CREATE INDEX case_file_review_lead ON case_file (lead_unit_id, next_due_at, id) WHERE open AND stage <> 'handling';
-- what a unit has parked
CREATE INDEX case_file_parked ON case_file (lead_unit_id, next_due_at, id) WHERE open AND state = 'parked';

-- +goose Down
DROP INDEX case_file_parked;
DROP INDEX case_file_review_lead;
DROP INDEX case_file_review;
DROP INDEX case_file_ladder;
DROP INDEX obligation_assist;
DROP INDEX obligation_ruling;
