-- How many records each AI employee has drawn for each person, by the company's
-- days: what a remit's rows_per_day bounds.

-- +goose Up
CREATE TABLE drawn_rows (
    person_id text COLLATE "C" NOT NULL REFERENCES people (id),
    employee  text COLLATE "C" NOT NULL,
    day       text COLLATE "C" NOT NULL,
    rows_drawn bigint NOT NULL,
    PRIMARY KEY (person_id, employee, day)
);

-- +goose Down
DROP TABLE drawn_rows;
