-- The model services that administrators keep here, beside those of the
-- configuration, and what each run has used of them. A change to a service raises
-- the policy epoch.

-- +goose Up
CREATE TABLE model_services (
    name       TEXT PRIMARY KEY NOT NULL,
    body       TEXT NOT NULL, -- JSON, without the key
    sealed_key BLOB           -- under a key that is derived from the master key; null: none is sent
) STRICT;

CREATE TABLE model_usage (
    id              TEXT PRIMARY KEY NOT NULL,
    ended_at        TEXT NOT NULL,
    day             TEXT NOT NULL, -- of the company's calendar
    person_id       TEXT NOT NULL REFERENCES people (id),
    employee        TEXT NOT NULL,
    task            TEXT NOT NULL,
    service         TEXT NOT NULL,
    model           TEXT NOT NULL,
    run_id          TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    input_tokens    INTEGER NOT NULL,
    output_tokens   INTEGER NOT NULL,
    cost            INTEGER NOT NULL, -- in billionths of the currency
    currency        TEXT NOT NULL     -- '' where the service has no price for the model
) STRICT;
CREATE INDEX model_usage_by_day ON model_usage (day);
CREATE INDEX model_usage_by_person ON model_usage (person_id, employee, day);

-- +goose Down
DROP TABLE model_usage;
DROP TABLE model_services;
