-- +goose Up
-- What happened on each day (days since 1970 in Beijing), by district, unit and
-- category, counted from the events as they are delivered.
CREATE TABLE stat_day (
    day BIGINT NOT NULL,
    area_id BIGINT NOT NULL,
    unit_id BIGINT NOT NULL,
    category TEXT NOT NULL,
    filed BIGINT NOT NULL,
    dispatched BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    closed_late BIGINT NOT NULL,
    days_sum BIGINT NOT NULL,
    rated BIGINT NOT NULL,
    satisfied BIGINT NOT NULL,
    PRIMARY KEY (day, area_id, unit_id, category)
);
CREATE INDEX stat_day_area ON stat_day (area_id, day);
CREATE INDEX stat_day_unit ON stat_day (unit_id, day);

-- +goose Down
DROP TABLE stat_day;
