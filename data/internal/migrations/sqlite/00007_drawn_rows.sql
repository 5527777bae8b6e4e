-- How many records each AI employee has drawn for each person, by the company's
-- days: what a remit's rows_per_day bounds.

-- +goose Up
CREATE TABLE drawn_rows (
    person_id TEXT NOT NULL REFERENCES people (id),
    employee  TEXT NOT NULL,
    day       TEXT NOT NULL,
    rows_drawn INTEGER NOT NULL,
    PRIMARY KEY (person_id, employee, day)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE drawn_rows;
