-- Conversations with AI employees. Whatever was made of customer data lies sealed
-- under the conversation's own key, which is wrapped by one that derives from the
-- master key: without the row in conversations nothing of it can be read.

-- +goose Up
CREATE TABLE conversations (
    id         TEXT PRIMARY KEY NOT NULL,
    owner_id   TEXT NOT NULL REFERENCES people (id),
    employee   TEXT NOT NULL,
    task       TEXT NOT NULL,
    key        BLOB NOT NULL,
    title      BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_owner ON conversations (owner_id, changed_at);

-- A run belongs to the server that renews its lease. The lease is by the
-- database's clock, the other instants by the server's; all in microseconds.
CREATE TABLE conversation_turns (
    id              TEXT PRIMARY KEY NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    position        INTEGER NOT NULL,
    retry_of        TEXT NOT NULL,
    running         INTEGER NOT NULL,
    stopping        INTEGER NOT NULL,
    lease           INTEGER NOT NULL,
    ended           TEXT NOT NULL,
    started_at      INTEGER NOT NULL,
    ended_at        INTEGER NOT NULL,
    body            BLOB NOT NULL,
    UNIQUE (conversation_id, position)
) STRICT;
CREATE INDEX conversation_turns_running ON conversation_turns (lease) WHERE running = 1;

CREATE TABLE conversation_calls (
    turn_id         TEXT NOT NULL REFERENCES conversation_turns (id),
    position        INTEGER NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    body            BLOB NOT NULL,
    PRIMARY KEY (turn_id, position)
) STRICT;
CREATE INDEX conversation_calls_of ON conversation_calls (conversation_id);

-- What each call's result came from: ids and names, no values.
CREATE TABLE conversation_labels (
    turn_id         TEXT NOT NULL REFERENCES conversation_turns (id),
    position        INTEGER NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    tool            TEXT NOT NULL,
    lineage         TEXT NOT NULL,
    PRIMARY KEY (turn_id, position)
) STRICT;
CREATE INDEX conversation_labels_of ON conversation_labels (conversation_id);

CREATE TABLE conversation_events (
    turn_id         TEXT NOT NULL REFERENCES conversation_turns (id),
    position        INTEGER NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    name            TEXT NOT NULL,
    calls           INTEGER NOT NULL,
    body            BLOB NOT NULL,
    PRIMARY KEY (turn_id, position)
) STRICT;
CREATE INDEX conversation_events_of ON conversation_events (conversation_id);

CREATE TABLE conversation_shares (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    person_id       TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (conversation_id, person_id)
) STRICT;
CREATE INDEX conversation_shares_with ON conversation_shares (person_id);

CREATE TABLE conversation_ratings (
    turn_id         TEXT PRIMARY KEY NOT NULL REFERENCES conversation_turns (id),
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    rating          TEXT NOT NULL,
    comment         BLOB NOT NULL,
    rated_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX conversation_ratings_of ON conversation_ratings (conversation_id);
