-- How each model service did when it was last tried, those of the configuration included.

-- +goose Up
CREATE TABLE model_service_tests (
    name TEXT PRIMARY KEY NOT NULL,
    body TEXT NOT NULL -- JSON
) STRICT;

-- +goose Down
DROP TABLE model_service_tests;
