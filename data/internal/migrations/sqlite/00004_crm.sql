-- The tables of the built-in collections.
--
-- Money is in minor units and decimals are in millionths; the currency belongs to
-- the field. version counts the changes of a row and deleted_at is set when the
-- record is deleted, so rows stay and nothing that points to them can break. Apart
-- from the id nothing is unique: a collision would tell of rows that its cause may
-- not see.
--
-- Lists are sorted with nulls last and then by id, below an owner, a department or
-- over everything, always without the deleted: hence the order of the columns and
-- the condition of the indexes. Relations are indexed with the deleted ones, for
-- the foreign keys.

-- +goose Up
CREATE TABLE accounts (
    id             TEXT PRIMARY KEY NOT NULL,
    name           TEXT NOT NULL,
    industry       TEXT,
    status         TEXT,
    website        TEXT,
    phone          TEXT,
    country        TEXT,
    city           TEXT,
    employees      INTEGER,
    annual_revenue INTEGER,
    founded_year   INTEGER,
    parent_id      TEXT REFERENCES accounts (id),
    owner_id       TEXT REFERENCES people (id),
    department_id  TEXT REFERENCES departments (id),
    description    TEXT,
    external_ref   TEXT,
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    deleted_at     TEXT
) STRICT;
CREATE INDEX accounts_by_owner_id ON accounts (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_owner_name ON accounts (owner_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_name ON accounts (name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_owner_annual_revenue ON accounts (owner_id, annual_revenue DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_annual_revenue ON accounts (annual_revenue DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_created_at ON accounts (created_at DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_department_name ON accounts (department_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_parent ON accounts (parent_id);
CREATE INDEX accounts_by_external_ref ON accounts (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE contacts (
    id                TEXT PRIMARY KEY NOT NULL,
    name              TEXT NOT NULL,
    email             TEXT,
    phone             TEXT,
    title             TEXT,
    account_id        TEXT REFERENCES accounts (id),
    owner_id          TEXT REFERENCES people (id),
    department_id     TEXT REFERENCES departments (id),
    marketing_consent INTEGER CHECK (marketing_consent IN (0, 1)),
    notes             TEXT,
    external_ref      TEXT,
    created_at        TEXT NOT NULL,
    updated_at        TEXT NOT NULL,
    version           INTEGER NOT NULL DEFAULT 1,
    deleted_at        TEXT
) STRICT;
CREATE INDEX contacts_by_owner_id ON contacts (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_owner_name ON contacts (owner_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_name ON contacts (name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_created_at ON contacts (created_at DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_department_name ON contacts (department_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_email ON contacts (email, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_account ON contacts (account_id);
CREATE INDEX contacts_by_external_ref ON contacts (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE leads (
    id              TEXT PRIMARY KEY NOT NULL,
    name            TEXT NOT NULL,
    company         TEXT,
    email           TEXT,
    phone           TEXT,
    source          TEXT,
    stage           TEXT,
    industry        TEXT,
    employees       INTEGER,
    score           INTEGER,
    estimated_value INTEGER,
    message         TEXT,
    owner_id        TEXT REFERENCES people (id),
    department_id   TEXT REFERENCES departments (id),
    external_ref    TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    deleted_at      TEXT
) STRICT;
CREATE INDEX leads_by_owner_id ON leads (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner_name ON leads (owner_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_name ON leads (name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner_created_at ON leads (owner_id, created_at DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_created_at ON leads (created_at DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner_score ON leads (owner_id, score DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_score ON leads (score DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner_stage ON leads (owner_id, stage)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_department_created_at ON leads (department_id, created_at DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_email ON leads (email, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_external_ref ON leads (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE products (
    id           TEXT PRIMARY KEY NOT NULL,
    name         TEXT NOT NULL,
    code         TEXT,
    family       TEXT,
    list_price   INTEGER,
    unit_cost    INTEGER,
    active       INTEGER CHECK (active IN (0, 1)),
    external_ref TEXT,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    deleted_at   TEXT
) STRICT;
CREATE INDEX products_by_name ON products (name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX products_by_code ON products (code, id)
    WHERE deleted_at IS NULL;
CREATE INDEX products_by_external_ref ON products (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE opportunities (
    id            TEXT PRIMARY KEY NOT NULL,
    name          TEXT,
    account_id    TEXT REFERENCES accounts (id),
    contact_id    TEXT REFERENCES contacts (id),
    product_id    TEXT REFERENCES products (id),
    stage         TEXT,
    amount        INTEGER,
    discount      INTEGER,
    probability   INTEGER,
    source        TEXT,
    engage_date   TEXT,
    close_date    TEXT,
    next_step     TEXT,
    loss_reason   TEXT,
    owner_id      TEXT REFERENCES people (id),
    department_id TEXT REFERENCES departments (id),
    external_ref  TEXT,
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    deleted_at    TEXT
) STRICT;
CREATE INDEX opportunities_by_owner_id ON opportunities (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_owner_amount ON opportunities (owner_id, amount DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_amount ON opportunities (amount DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_owner_close_date_desc ON opportunities (owner_id, close_date DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_close_date_desc ON opportunities (close_date DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_owner_close_date ON opportunities (owner_id, close_date, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_close_date ON opportunities (close_date, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_owner_stage_amount ON opportunities (owner_id, stage, amount)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_department_stage_amount ON opportunities (department_id, stage, amount)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_department_amount ON opportunities (department_id, amount DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_account ON opportunities (account_id);
CREATE INDEX opportunities_by_contact ON opportunities (contact_id);
CREATE INDEX opportunities_by_product ON opportunities (product_id);
CREATE INDEX opportunities_by_external_ref ON opportunities (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE activities (
    id             TEXT PRIMARY KEY NOT NULL,
    subject        TEXT NOT NULL,
    kind           TEXT,
    status         TEXT,
    due_at         TEXT,
    done_at        TEXT,
    account_id     TEXT REFERENCES accounts (id),
    contact_id     TEXT REFERENCES contacts (id),
    lead_id        TEXT REFERENCES leads (id),
    opportunity_id TEXT REFERENCES opportunities (id),
    owner_id       TEXT REFERENCES people (id),
    department_id  TEXT REFERENCES departments (id),
    body           TEXT,
    external_ref   TEXT,
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    deleted_at     TEXT
) STRICT;
CREATE INDEX activities_by_owner_id ON activities (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_owner_due_at_desc ON activities (owner_id, due_at DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_due_at_desc ON activities (due_at DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_owner_due_at ON activities (owner_id, due_at, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_due_at ON activities (due_at, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_department_due_at ON activities (department_id, due_at DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_account ON activities (account_id);
CREATE INDEX activities_by_contact ON activities (contact_id);
CREATE INDEX activities_by_lead ON activities (lead_id);
CREATE INDEX activities_by_opportunity ON activities (opportunity_id);
CREATE INDEX activities_by_external_ref ON activities (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE quotes (
    id             TEXT PRIMARY KEY NOT NULL,
    number         TEXT NOT NULL,
    opportunity_id TEXT REFERENCES opportunities (id),
    account_id     TEXT REFERENCES accounts (id),
    status         TEXT,
    total          INTEGER,
    discount       INTEGER,
    valid_until    TEXT,
    issued_on      TEXT,
    owner_id       TEXT REFERENCES people (id),
    department_id  TEXT REFERENCES departments (id),
    external_ref   TEXT,
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    deleted_at     TEXT
) STRICT;
CREATE INDEX quotes_by_owner_id ON quotes (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_owner_total ON quotes (owner_id, total DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_total ON quotes (total DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_owner_issued_on ON quotes (owner_id, issued_on DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_issued_on ON quotes (issued_on DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_department_issued_on ON quotes (department_id, issued_on DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_opportunity ON quotes (opportunity_id);
CREATE INDEX quotes_by_account ON quotes (account_id);
CREATE INDEX quotes_by_external_ref ON quotes (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE orders (
    id             TEXT PRIMARY KEY NOT NULL,
    number         TEXT NOT NULL,
    account_id     TEXT REFERENCES accounts (id),
    opportunity_id TEXT REFERENCES opportunities (id),
    quote_id       TEXT REFERENCES quotes (id),
    status         TEXT,
    total          INTEGER,
    ordered_on     TEXT,
    paid_on        TEXT,
    owner_id       TEXT REFERENCES people (id),
    department_id  TEXT REFERENCES departments (id),
    external_ref   TEXT,
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    deleted_at     TEXT
) STRICT;
CREATE INDEX orders_by_owner_id ON orders (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_owner_total ON orders (owner_id, total DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_total ON orders (total DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_owner_ordered_on ON orders (owner_id, ordered_on DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_ordered_on ON orders (ordered_on DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_department_ordered_on ON orders (department_id, ordered_on DESC, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_account ON orders (account_id);
CREATE INDEX orders_by_opportunity ON orders (opportunity_id);
CREATE INDEX orders_by_quote ON orders (quote_id);
CREATE INDEX orders_by_external_ref ON orders (external_ref)
    WHERE external_ref IS NOT NULL;
