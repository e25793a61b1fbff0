-- +goose Up
-- Calls have workers of their own, so they are claimed apart from messages.
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery ((CASE way WHEN 'phone' THEN 1 ELSE 0 END), next_at, id) WHERE state IN ('queued', 'sending');

-- +goose Down
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (next_at, id) WHERE state IN ('queued', 'sending');
