-- +goose Up
-- What a bureau publishes about how it can be reached (Art. 18).
CREATE TABLE reception_info (
    bureau_id BIGINT PRIMARY KEY,
    online TEXT NOT NULL,
    mail TEXT NOT NULL,
    phone TEXT NOT NULL,
    hours TEXT NOT NULL,
    place TEXT NOT NULL,
    query TEXT NOT NULL,
    law TEXT NOT NULL,
    course TEXT NOT NULL,
    updated_by BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Days on which leaders receive people (领导接访日), published before.
CREATE TABLE leader_day (
    id BIGINT PRIMARY KEY,
    bureau_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    begins TEXT NOT NULL,
    ends TEXT NOT NULL,
    place TEXT NOT NULL,
    leader TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    cancelled_at BIGINT NOT NULL,
    cancelled_why TEXT NOT NULL
);
CREATE INDEX leader_day_day ON leader_day (day, begins, id);
CREATE INDEX leader_day_bureau ON leader_day (bureau_id, day, begins, id);

-- +goose Down
DROP TABLE leader_day;
DROP TABLE reception_info;
