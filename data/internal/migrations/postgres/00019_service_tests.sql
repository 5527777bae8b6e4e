-- How each model service did when it was last tried, those of the configuration included.

-- +goose Up
CREATE TABLE model_service_tests (
    name text COLLATE "C" PRIMARY KEY,
    body text COLLATE "C" NOT NULL -- JSON
);

-- +goose Down
DROP TABLE model_service_tests;
