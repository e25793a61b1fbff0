-- +goose Up
-- Kiosks: when each was last heard of, how often a tile was touched on a day,
-- and what a hall wants shown. No people.
CREATE TABLE kiosk_beat (
    door TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL,
    devices TEXT NOT NULL
);
CREATE TABLE kiosk_use (
    door TEXT NOT NULL,
    day TEXT NOT NULL,
    tile TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (door, day, tile)
);
CREATE INDEX kiosk_use_day ON kiosk_use (day, door, tile);
CREATE TABLE kiosk_content (
    door TEXT PRIMARY KEY,
    notices TEXT NOT NULL,
    updated_by INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- +goose Down
DROP TABLE kiosk_content;
DROP TABLE kiosk_use;
DROP TABLE kiosk_beat;
