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
    id             text COLLATE "C" PRIMARY KEY,
    name           text COLLATE "C" NOT NULL,
    industry       text COLLATE "C",
    status         text COLLATE "C",
    website        text COLLATE "C",
    phone          text COLLATE "C",
    country        text COLLATE "C",
    city           text COLLATE "C",
    employees      bigint,
    annual_revenue bigint,
    founded_year   bigint,
    parent_id      text COLLATE "C" REFERENCES accounts (id),
    owner_id       text COLLATE "C" REFERENCES people (id),
    department_id  text COLLATE "C" REFERENCES departments (id),
    description    text COLLATE "C",
    external_ref   text COLLATE "C",
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        bigint NOT NULL DEFAULT 1,
    deleted_at     timestamptz
);
CREATE INDEX accounts_by_owner_id ON accounts (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_owner_name ON accounts (owner_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_name ON accounts (name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_owner_annual_revenue ON accounts (owner_id, annual_revenue DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_annual_revenue ON accounts (annual_revenue DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_created_at ON accounts (created_at DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_department_name ON accounts (department_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_parent ON accounts (parent_id);
CREATE INDEX accounts_by_external_ref ON accounts (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE contacts (
    id                text COLLATE "C" PRIMARY KEY,
    name              text COLLATE "C" NOT NULL,
    email             text COLLATE "C",
    phone             text COLLATE "C",
    title             text COLLATE "C",
    account_id        text COLLATE "C" REFERENCES accounts (id),
    owner_id          text COLLATE "C" REFERENCES people (id),
    department_id     text COLLATE "C" REFERENCES departments (id),
    marketing_consent boolean,
    notes             text COLLATE "C",
    external_ref      text COLLATE "C",
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    version           bigint NOT NULL DEFAULT 1,
    deleted_at        timestamptz
);
CREATE INDEX contacts_by_owner_id ON contacts (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_owner_name ON contacts (owner_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_name ON contacts (name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_created_at ON contacts (created_at DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_department_name ON contacts (department_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_email ON contacts (email, id)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_account ON contacts (account_id);
CREATE INDEX contacts_by_external_ref ON contacts (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE leads (
    id              text COLLATE "C" PRIMARY KEY,
    name            text COLLATE "C" NOT NULL,
    company         text COLLATE "C",
    email           text COLLATE "C",
    phone           text COLLATE "C",
    source          text COLLATE "C",
    stage           text COLLATE "C",
    industry        text COLLATE "C",
    employees       bigint,
    score           bigint,
    estimated_value bigint,
    message         text COLLATE "C",
    owner_id        text COLLATE "C" REFERENCES people (id),
    department_id   text COLLATE "C" REFERENCES departments (id),
    external_ref    text COLLATE "C",
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         bigint NOT NULL DEFAULT 1,
    deleted_at      timestamptz
);
CREATE INDEX leads_by_owner_id ON leads (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner_name ON leads (owner_id, name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_name ON leads (name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner_created_at ON leads (owner_id, created_at DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_created_at ON leads (created_at DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner_score ON leads (owner_id, score DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_score ON leads (score DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_owner_stage ON leads (owner_id, stage)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_department_created_at ON leads (department_id, created_at DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_email ON leads (email, id)
    WHERE deleted_at IS NULL;
CREATE INDEX leads_by_external_ref ON leads (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE products (
    id           text COLLATE "C" PRIMARY KEY,
    name         text COLLATE "C" NOT NULL,
    code         text COLLATE "C",
    family       text COLLATE "C",
    list_price   bigint,
    unit_cost    bigint,
    active       boolean,
    external_ref text COLLATE "C",
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      bigint NOT NULL DEFAULT 1,
    deleted_at   timestamptz
);
CREATE INDEX products_by_name ON products (name, id)
    WHERE deleted_at IS NULL;
CREATE INDEX products_by_code ON products (code, id)
    WHERE deleted_at IS NULL;
CREATE INDEX products_by_external_ref ON products (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE opportunities (
    id            text COLLATE "C" PRIMARY KEY,
    name          text COLLATE "C",
    account_id    text COLLATE "C" REFERENCES accounts (id),
    contact_id    text COLLATE "C" REFERENCES contacts (id),
    product_id    text COLLATE "C" REFERENCES products (id),
    stage         text COLLATE "C",
    amount        bigint,
    discount      bigint,
    probability   bigint,
    source        text COLLATE "C",
    engage_date   date,
    close_date    date,
    next_step     text COLLATE "C",
    loss_reason   text COLLATE "C",
    owner_id      text COLLATE "C" REFERENCES people (id),
    department_id text COLLATE "C" REFERENCES departments (id),
    external_ref  text COLLATE "C",
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       bigint NOT NULL DEFAULT 1,
    deleted_at    timestamptz
);
CREATE INDEX opportunities_by_owner_id ON opportunities (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_owner_amount ON opportunities (owner_id, amount DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_amount ON opportunities (amount DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_owner_close_date_desc ON opportunities (owner_id, close_date DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_close_date_desc ON opportunities (close_date DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_owner_close_date ON opportunities (owner_id, close_date, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_close_date ON opportunities (close_date, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_owner_stage_amount ON opportunities (owner_id, stage, amount)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_department_stage_amount ON opportunities (department_id, stage, amount)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_department_amount ON opportunities (department_id, amount DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX opportunities_by_account ON opportunities (account_id);
CREATE INDEX opportunities_by_contact ON opportunities (contact_id);
CREATE INDEX opportunities_by_product ON opportunities (product_id);
CREATE INDEX opportunities_by_external_ref ON opportunities (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE activities (
    id             text COLLATE "C" PRIMARY KEY,
    subject        text COLLATE "C" NOT NULL,
    kind           text COLLATE "C",
    status         text COLLATE "C",
    due_at         timestamptz,
    done_at        timestamptz,
    account_id     text COLLATE "C" REFERENCES accounts (id),
    contact_id     text COLLATE "C" REFERENCES contacts (id),
    lead_id        text COLLATE "C" REFERENCES leads (id),
    opportunity_id text COLLATE "C" REFERENCES opportunities (id),
    owner_id       text COLLATE "C" REFERENCES people (id),
    department_id  text COLLATE "C" REFERENCES departments (id),
    body           text COLLATE "C",
    external_ref   text COLLATE "C",
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        bigint NOT NULL DEFAULT 1,
    deleted_at     timestamptz
);
CREATE INDEX activities_by_owner_id ON activities (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_owner_due_at_desc ON activities (owner_id, due_at DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_due_at_desc ON activities (due_at DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_owner_due_at ON activities (owner_id, due_at, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_due_at ON activities (due_at, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_department_due_at ON activities (department_id, due_at DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_by_account ON activities (account_id);
CREATE INDEX activities_by_contact ON activities (contact_id);
CREATE INDEX activities_by_lead ON activities (lead_id);
CREATE INDEX activities_by_opportunity ON activities (opportunity_id);
CREATE INDEX activities_by_external_ref ON activities (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE quotes (
    id             text COLLATE "C" PRIMARY KEY,
    number         text COLLATE "C" NOT NULL,
    opportunity_id text COLLATE "C" REFERENCES opportunities (id),
    account_id     text COLLATE "C" REFERENCES accounts (id),
    status         text COLLATE "C",
    total          bigint,
    discount       bigint,
    valid_until    date,
    issued_on      date,
    owner_id       text COLLATE "C" REFERENCES people (id),
    department_id  text COLLATE "C" REFERENCES departments (id),
    external_ref   text COLLATE "C",
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        bigint NOT NULL DEFAULT 1,
    deleted_at     timestamptz
);
CREATE INDEX quotes_by_owner_id ON quotes (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_owner_total ON quotes (owner_id, total DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_total ON quotes (total DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_owner_issued_on ON quotes (owner_id, issued_on DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_issued_on ON quotes (issued_on DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_department_issued_on ON quotes (department_id, issued_on DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX quotes_by_opportunity ON quotes (opportunity_id);
CREATE INDEX quotes_by_account ON quotes (account_id);
CREATE INDEX quotes_by_external_ref ON quotes (external_ref)
    WHERE external_ref IS NOT NULL;

CREATE TABLE orders (
    id             text COLLATE "C" PRIMARY KEY,
    number         text COLLATE "C" NOT NULL,
    account_id     text COLLATE "C" REFERENCES accounts (id),
    opportunity_id text COLLATE "C" REFERENCES opportunities (id),
    quote_id       text COLLATE "C" REFERENCES quotes (id),
    status         text COLLATE "C",
    total          bigint,
    ordered_on     date,
    paid_on        date,
    owner_id       text COLLATE "C" REFERENCES people (id),
    department_id  text COLLATE "C" REFERENCES departments (id),
    external_ref   text COLLATE "C",
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        bigint NOT NULL DEFAULT 1,
    deleted_at     timestamptz
);
CREATE INDEX orders_by_owner_id ON orders (owner_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_owner_total ON orders (owner_id, total DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_total ON orders (total DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_owner_ordered_on ON orders (owner_id, ordered_on DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_ordered_on ON orders (ordered_on DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_department_ordered_on ON orders (department_id, ordered_on DESC NULLS LAST, id)
    WHERE deleted_at IS NULL;
CREATE INDEX orders_by_account ON orders (account_id);
CREATE INDEX orders_by_opportunity ON orders (opportunity_id);
CREATE INDEX orders_by_quote ON orders (quote_id);
CREATE INDEX orders_by_external_ref ON orders (external_ref)
    WHERE external_ref IS NOT NULL;
