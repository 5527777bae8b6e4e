-- Conversations with AI employees. Whatever was made of customer data lies sealed
-- under the conversation's own key, which is wrapped by one that derives from the
-- master key: without the row in conversations nothing of it can be read.

-- +goose Up
CREATE TABLE conversations (
    id         text COLLATE "C" PRIMARY KEY,
    owner_id   text COLLATE "C" NOT NULL REFERENCES people (id),
    employee   text COLLATE "C" NOT NULL,
    task       text COLLATE "C" NOT NULL,
    key        bytea NOT NULL,
    title      bytea NOT NULL,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL
);
CREATE INDEX conversations_owner ON conversations (owner_id, changed_at);

-- A run belongs to the server that renews its lease. The lease is by the
-- database's clock, the other instants by the server's; all in microseconds.
CREATE TABLE conversation_turns (
    id              text COLLATE "C" PRIMARY KEY,
    conversation_id text COLLATE "C" NOT NULL REFERENCES conversations (id),
    position        bigint NOT NULL,
    retry_of        text COLLATE "C" NOT NULL,
    running         boolean NOT NULL,
    stopping        boolean NOT NULL,
    lease           bigint NOT NULL,
    ended           text COLLATE "C" NOT NULL,
    started_at      bigint NOT NULL,
    ended_at        bigint NOT NULL,
    body            bytea NOT NULL,
    UNIQUE (conversation_id, position)
);
CREATE INDEX conversation_turns_running ON conversation_turns (lease) WHERE running;

CREATE TABLE conversation_calls (
    turn_id         text COLLATE "C" NOT NULL REFERENCES conversation_turns (id),
    position        bigint NOT NULL,
    conversation_id text COLLATE "C" NOT NULL REFERENCES conversations (id),
    body            bytea NOT NULL,
    PRIMARY KEY (turn_id, position)
);
CREATE INDEX conversation_calls_of ON conversation_calls (conversation_id);

-- What each call's result came from: ids and names, no values.
CREATE TABLE conversation_labels (
    turn_id         text COLLATE "C" NOT NULL REFERENCES conversation_turns (id),
    position        bigint NOT NULL,
    conversation_id text COLLATE "C" NOT NULL REFERENCES conversations (id),
    tool            text COLLATE "C" NOT NULL,
    lineage         text COLLATE "C" NOT NULL,
    PRIMARY KEY (turn_id, position)
);
CREATE INDEX conversation_labels_of ON conversation_labels (conversation_id);

CREATE TABLE conversation_events (
    turn_id         text COLLATE "C" NOT NULL REFERENCES conversation_turns (id),
    position        bigint NOT NULL,
    conversation_id text COLLATE "C" NOT NULL REFERENCES conversations (id),
    name            text COLLATE "C" NOT NULL,
    calls           bigint NOT NULL,
    body            bytea NOT NULL,
    PRIMARY KEY (turn_id, position)
);
CREATE INDEX conversation_events_of ON conversation_events (conversation_id);

CREATE TABLE conversation_shares (
    conversation_id text COLLATE "C" NOT NULL REFERENCES conversations (id),
    person_id       text COLLATE "C" NOT NULL REFERENCES people (id),
    PRIMARY KEY (conversation_id, person_id)
);
CREATE INDEX conversation_shares_with ON conversation_shares (person_id);

CREATE TABLE conversation_ratings (
    turn_id         text COLLATE "C" PRIMARY KEY REFERENCES conversation_turns (id),
    conversation_id text COLLATE "C" NOT NULL REFERENCES conversations (id),
    rating          text COLLATE "C" NOT NULL,
    comment         bytea NOT NULL,
    rated_at        bigint NOT NULL
);
CREATE INDEX conversation_ratings_of ON conversation_ratings (conversation_id);
