-- The model services that administrators keep here, beside those of the
-- configuration, and what each run has used of them. A change to a service raises
-- the policy epoch.

-- +goose Up
CREATE TABLE model_services (
    name       text COLLATE "C" PRIMARY KEY,
    body       text COLLATE "C" NOT NULL, -- JSON, without the key
    sealed_key bytea          -- under a key that is derived from the master key; null: none is sent
);

CREATE TABLE model_usage (
    id              text COLLATE "C" PRIMARY KEY,
    ended_at        timestamptz NOT NULL,
    day             text COLLATE "C" NOT NULL, -- of the company's calendar
    person_id       text COLLATE "C" NOT NULL REFERENCES people (id),
    employee        text COLLATE "C" NOT NULL,
    task            text COLLATE "C" NOT NULL,
    service         text COLLATE "C" NOT NULL,
    model           text COLLATE "C" NOT NULL,
    run_id          text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    input_tokens    bigint NOT NULL,
    output_tokens   bigint NOT NULL,
    cost            bigint NOT NULL, -- in billionths of the currency
    currency        text COLLATE "C" NOT NULL     -- '' where the service has no price for the model
);
CREATE INDEX model_usage_by_day ON model_usage (day);
CREATE INDEX model_usage_by_person ON model_usage (person_id, employee, day);

-- +goose Down
DROP TABLE model_usage;
DROP TABLE model_services;
