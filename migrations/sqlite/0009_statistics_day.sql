-- +goose Up
-- What happened on each day (days since 1970 in Beijing), by district, unit and
-- category, counted from the events as they are delivered.
CREATE TABLE stat_day (
    day INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL,
    category TEXT NOT NULL,
    filed INTEGER NOT NULL,
    dispatched INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    closed_late INTEGER NOT NULL,
    days_sum INTEGER NOT NULL,
    rated INTEGER NOT NULL,
    satisfied INTEGER NOT NULL,
    PRIMARY KEY (day, area_id, unit_id, category)
) WITHOUT ROWID;
CREATE INDEX stat_day_area ON stat_day (area_id, day);
CREATE INDEX stat_day_unit ON stat_day (unit_id, day);

-- +goose Down
DROP TABLE stat_day;
