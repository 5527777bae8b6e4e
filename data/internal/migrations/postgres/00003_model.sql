-- The data model: every collection with its fields, as remit.Collection and
-- remit.Field describe them. A change to it raises the policy epoch. An empty text
-- is "none"; options are a JSON array of texts.

-- +goose Up
CREATE TABLE collections (
    data_source text COLLATE "C" NOT NULL DEFAULT 'main',
    name        text COLLATE "C" NOT NULL,
    table_name  text COLLATE "C" NOT NULL,
    title       text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL DEFAULT '',
    time_field  text COLLATE "C" NOT NULL DEFAULT '',
    title_field text COLLATE "C" NOT NULL,
    permanent   boolean NOT NULL DEFAULT FALSE,
    derived     boolean NOT NULL DEFAULT FALSE,
    PRIMARY KEY (data_source, name)
);

CREATE TABLE fields (
    data_source text COLLATE "C" NOT NULL DEFAULT 'main',
    collection  text COLLATE "C" NOT NULL,
    name        text COLLATE "C" NOT NULL,
    position    bigint NOT NULL, -- order of display
    column_name text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    title       text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL DEFAULT '',
    sensitivity text COLLATE "C" NOT NULL DEFAULT '', -- untagged counts as restricted
    personal    boolean NOT NULL DEFAULT FALSE,
    critical    boolean NOT NULL DEFAULT FALSE,
    required    boolean NOT NULL DEFAULT FALSE,
    read_only   boolean NOT NULL DEFAULT FALSE,
    options     text COLLATE "C" NOT NULL DEFAULT '[]',
    target      text COLLATE "C" NOT NULL DEFAULT '',
    currency    text COLLATE "C" NOT NULL DEFAULT '',
    format      text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (data_source, collection, name),
    FOREIGN KEY (data_source, collection) REFERENCES collections (data_source, name)
);

INSERT INTO collections (name, table_name, title, description, time_field, title_field, permanent, derived) VALUES
    ('accounts', 'accounts', 'Accounts', 'Companies: prospects, customers and former customers', 'created_at', 'name', FALSE, FALSE),
    ('contacts', 'contacts', 'Contacts', 'People who work at accounts', 'created_at', 'name', FALSE, FALSE),
    ('leads', 'leads', 'Leads', 'People and companies that may become customers', 'created_at', 'name', FALSE, FALSE),
    ('opportunities', 'opportunities', 'Opportunities', 'Deals, from the first talk to won or lost', 'close_date', 'name', FALSE, FALSE),
    ('activities', 'activities', 'Activities', 'Calls, e-mails, meetings, notes and tasks', 'due_at', 'subject', FALSE, FALSE),
    ('products', 'products', 'Products', 'What is sold, with list price and cost', 'created_at', 'name', FALSE, FALSE),
    ('quotes', 'quotes', 'Quotes', 'Offers made to accounts', 'issued_on', 'number', FALSE, FALSE),
    ('orders', 'orders', 'Orders', 'What accounts have ordered', 'ordered_on', 'number', FALSE, FALSE),
    ('people', 'people', 'People', 'Those who work here', 'created_at', 'name', TRUE, TRUE),
    ('departments', 'departments', 'Departments', 'The parts of the company', 'created_at', 'name', TRUE, TRUE);

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('accounts', 1, 'name', 'name', 'text', 'Name', 'internal'),
    ('accounts', 2, 'industry', 'industry', 'text', 'Industry', 'public'),
    ('accounts', 3, 'status', 'status', 'enum', 'Status', 'internal'),
    ('accounts', 4, 'website', 'website', 'text', 'Website', 'public'),
    ('accounts', 5, 'phone', 'phone', 'text', 'Phone', 'public'),
    ('accounts', 6, 'country', 'country', 'text', 'Country', 'public'),
    ('accounts', 7, 'city', 'city', 'text', 'City', 'public'),
    ('accounts', 8, 'employees', 'employees', 'integer', 'Employees', 'internal'),
    ('accounts', 9, 'annual_revenue', 'annual_revenue', 'money', 'Annual revenue', 'confidential'),
    ('accounts', 10, 'founded_year', 'founded_year', 'integer', 'Founded', 'public'),
    ('accounts', 11, 'parent_id', 'parent_id', 'relation', 'Parent account', 'internal'),
    ('accounts', 12, 'owner_id', 'owner_id', 'relation', 'Owner', 'internal'),
    ('accounts', 13, 'department_id', 'department_id', 'relation', 'Department', 'internal'),
    ('accounts', 14, 'description', 'description', 'text', 'Description', 'internal'),
    ('accounts', 15, 'external_ref', 'external_ref', 'text', 'External reference', 'internal'),
    ('accounts', 16, 'created_at', 'created_at', 'timestamp', 'Created', 'internal'),
    ('accounts', 17, 'updated_at', 'updated_at', 'timestamp', 'Updated', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('contacts', 1, 'name', 'name', 'text', 'Name', 'confidential'),
    ('contacts', 2, 'email', 'email', 'text', 'E-mail', 'confidential'),
    ('contacts', 3, 'phone', 'phone', 'text', 'Phone', 'confidential'),
    ('contacts', 4, 'title', 'title', 'text', 'Job title', 'internal'),
    ('contacts', 5, 'account_id', 'account_id', 'relation', 'Account', 'internal'),
    ('contacts', 6, 'owner_id', 'owner_id', 'relation', 'Owner', 'internal'),
    ('contacts', 7, 'department_id', 'department_id', 'relation', 'Department', 'internal'),
    ('contacts', 8, 'marketing_consent', 'marketing_consent', 'boolean', 'Marketing consent', 'internal'),
    ('contacts', 9, 'notes', 'notes', 'text', 'Notes', 'confidential'),
    ('contacts', 10, 'external_ref', 'external_ref', 'text', 'External reference', 'internal'),
    ('contacts', 11, 'created_at', 'created_at', 'timestamp', 'Created', 'internal'),
    ('contacts', 12, 'updated_at', 'updated_at', 'timestamp', 'Updated', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('leads', 1, 'name', 'name', 'text', 'Name', 'confidential'),
    ('leads', 2, 'company', 'company', 'text', 'Company', 'internal'),
    ('leads', 3, 'email', 'email', 'text', 'E-mail', 'confidential'),
    ('leads', 4, 'phone', 'phone', 'text', 'Phone', 'confidential'),
    ('leads', 5, 'source', 'source', 'enum', 'Source', 'internal'),
    ('leads', 6, 'stage', 'stage', 'enum', 'Stage', 'internal'),
    ('leads', 7, 'industry', 'industry', 'text', 'Industry', 'public'),
    ('leads', 8, 'employees', 'employees', 'integer', 'Employees', 'internal'),
    ('leads', 9, 'score', 'score', 'integer', 'Score', 'internal'),
    ('leads', 10, 'estimated_value', 'estimated_value', 'money', 'Estimated value', 'confidential'),
    ('leads', 11, 'message', 'message', 'text', 'Message', 'internal'),
    ('leads', 12, 'owner_id', 'owner_id', 'relation', 'Owner', 'internal'),
    ('leads', 13, 'department_id', 'department_id', 'relation', 'Department', 'internal'),
    ('leads', 14, 'external_ref', 'external_ref', 'text', 'External reference', 'internal'),
    ('leads', 15, 'created_at', 'created_at', 'timestamp', 'Created', 'internal'),
    ('leads', 16, 'updated_at', 'updated_at', 'timestamp', 'Updated', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('opportunities', 1, 'name', 'name', 'text', 'Name', 'internal'),
    ('opportunities', 2, 'account_id', 'account_id', 'relation', 'Account', 'internal'),
    ('opportunities', 3, 'contact_id', 'contact_id', 'relation', 'Contact', 'internal'),
    ('opportunities', 4, 'product_id', 'product_id', 'relation', 'Product', 'internal'),
    ('opportunities', 5, 'stage', 'stage', 'enum', 'Stage', 'internal'),
    ('opportunities', 6, 'amount', 'amount', 'money', 'Amount', 'confidential'),
    ('opportunities', 7, 'discount', 'discount', 'decimal', 'Discount', 'restricted'),
    ('opportunities', 8, 'probability', 'probability', 'integer', 'Probability', 'internal'),
    ('opportunities', 9, 'source', 'source', 'enum', 'Source', 'internal'),
    ('opportunities', 10, 'engage_date', 'engage_date', 'date', 'Engaged on', 'internal'),
    ('opportunities', 11, 'close_date', 'close_date', 'date', 'Close date', 'internal'),
    ('opportunities', 12, 'next_step', 'next_step', 'text', 'Next step', 'internal'),
    ('opportunities', 13, 'loss_reason', 'loss_reason', 'text', 'Loss reason', 'internal'),
    ('opportunities', 14, 'owner_id', 'owner_id', 'relation', 'Owner', 'internal'),
    ('opportunities', 15, 'department_id', 'department_id', 'relation', 'Department', 'internal'),
    ('opportunities', 16, 'external_ref', 'external_ref', 'text', 'External reference', 'internal'),
    ('opportunities', 17, 'created_at', 'created_at', 'timestamp', 'Created', 'internal'),
    ('opportunities', 18, 'updated_at', 'updated_at', 'timestamp', 'Updated', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('activities', 1, 'subject', 'subject', 'text', 'Subject', 'internal'),
    ('activities', 2, 'kind', 'kind', 'enum', 'Kind', 'internal'),
    ('activities', 3, 'status', 'status', 'enum', 'Status', 'internal'),
    ('activities', 4, 'due_at', 'due_at', 'timestamp', 'Due', 'internal'),
    ('activities', 5, 'done_at', 'done_at', 'timestamp', 'Done', 'internal'),
    ('activities', 6, 'account_id', 'account_id', 'relation', 'Account', 'internal'),
    ('activities', 7, 'contact_id', 'contact_id', 'relation', 'Contact', 'internal'),
    ('activities', 8, 'lead_id', 'lead_id', 'relation', 'Lead', 'internal'),
    ('activities', 9, 'opportunity_id', 'opportunity_id', 'relation', 'Opportunity', 'internal'),
    ('activities', 10, 'owner_id', 'owner_id', 'relation', 'Owner', 'internal'),
    ('activities', 11, 'department_id', 'department_id', 'relation', 'Department', 'internal'),
    ('activities', 12, 'body', 'body', 'text', 'Body', 'confidential'),
    ('activities', 13, 'external_ref', 'external_ref', 'text', 'External reference', 'internal'),
    ('activities', 14, 'created_at', 'created_at', 'timestamp', 'Created', 'internal'),
    ('activities', 15, 'updated_at', 'updated_at', 'timestamp', 'Updated', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('products', 1, 'name', 'name', 'text', 'Name', 'public'),
    ('products', 2, 'code', 'code', 'text', 'Code', 'public'),
    ('products', 3, 'family', 'family', 'text', 'Family', 'public'),
    ('products', 4, 'list_price', 'list_price', 'money', 'List price', 'public'),
    ('products', 5, 'unit_cost', 'unit_cost', 'money', 'Unit cost', 'restricted'),
    ('products', 6, 'active', 'active', 'boolean', 'Active', 'public'),
    ('products', 7, 'external_ref', 'external_ref', 'text', 'External reference', 'internal'),
    ('products', 8, 'created_at', 'created_at', 'timestamp', 'Created', 'internal'),
    ('products', 9, 'updated_at', 'updated_at', 'timestamp', 'Updated', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('quotes', 1, 'number', 'number', 'text', 'Number', 'internal'),
    ('quotes', 2, 'opportunity_id', 'opportunity_id', 'relation', 'Opportunity', 'internal'),
    ('quotes', 3, 'account_id', 'account_id', 'relation', 'Account', 'internal'),
    ('quotes', 4, 'status', 'status', 'enum', 'Status', 'internal'),
    ('quotes', 5, 'total', 'total', 'money', 'Total', 'confidential'),
    ('quotes', 6, 'discount', 'discount', 'decimal', 'Discount', 'restricted'),
    ('quotes', 7, 'valid_until', 'valid_until', 'date', 'Valid until', 'internal'),
    ('quotes', 8, 'issued_on', 'issued_on', 'date', 'Issued on', 'internal'),
    ('quotes', 9, 'owner_id', 'owner_id', 'relation', 'Owner', 'internal'),
    ('quotes', 10, 'department_id', 'department_id', 'relation', 'Department', 'internal'),
    ('quotes', 11, 'external_ref', 'external_ref', 'text', 'External reference', 'internal'),
    ('quotes', 12, 'created_at', 'created_at', 'timestamp', 'Created', 'internal'),
    ('quotes', 13, 'updated_at', 'updated_at', 'timestamp', 'Updated', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('orders', 1, 'number', 'number', 'text', 'Number', 'internal'),
    ('orders', 2, 'account_id', 'account_id', 'relation', 'Account', 'internal'),
    ('orders', 3, 'opportunity_id', 'opportunity_id', 'relation', 'Opportunity', 'internal'),
    ('orders', 4, 'quote_id', 'quote_id', 'relation', 'Quote', 'internal'),
    ('orders', 5, 'status', 'status', 'enum', 'Status', 'internal'),
    ('orders', 6, 'total', 'total', 'money', 'Total', 'confidential'),
    ('orders', 7, 'ordered_on', 'ordered_on', 'date', 'Ordered on', 'internal'),
    ('orders', 8, 'paid_on', 'paid_on', 'date', 'Paid on', 'internal'),
    ('orders', 9, 'owner_id', 'owner_id', 'relation', 'Owner', 'internal'),
    ('orders', 10, 'department_id', 'department_id', 'relation', 'Department', 'internal'),
    ('orders', 11, 'external_ref', 'external_ref', 'text', 'External reference', 'internal'),
    ('orders', 12, 'created_at', 'created_at', 'timestamp', 'Created', 'internal'),
    ('orders', 13, 'updated_at', 'updated_at', 'timestamp', 'Updated', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('people', 1, 'name', 'name', 'text', 'Name', 'internal'),
    ('people', 2, 'email', 'email', 'text', 'E-mail', 'internal'),
    ('people', 3, 'title', 'title', 'text', 'Job title', 'internal'),
    ('people', 4, 'department_id', 'department_id', 'relation', 'Department', 'internal'),
    ('people', 5, 'manager_id', 'manager_id', 'relation', 'Manager', 'internal'),
    ('people', 6, 'active', 'active', 'boolean', 'Active', 'internal'),
    ('people', 7, 'created_at', 'created_at', 'timestamp', 'Created', 'internal');

INSERT INTO fields (collection, position, name, column_name, type, title, sensitivity) VALUES
    ('departments', 1, 'name', 'name', 'text', 'Name', 'public'),
    ('departments', 2, 'parent_id', 'parent_id', 'relation', 'Parent department', 'public'),
    ('departments', 3, 'created_at', 'created_at', 'timestamp', 'Created', 'public');

-- A record cannot be without these.
UPDATE fields SET required = TRUE WHERE (collection, name) IN (VALUES
    ('accounts', 'name'),
    ('contacts', 'name'),
    ('leads', 'name'),
    ('activities', 'subject'),
    ('products', 'name'),
    ('quotes', 'number'),
    ('orders', 'number'),
    ('people', 'name'), ('people', 'email'),
    ('departments', 'name'));

-- Personal data in the sense of the GDPR.
UPDATE fields SET personal = TRUE WHERE (collection, name) IN (VALUES
    ('contacts', 'name'), ('contacts', 'email'), ('contacts', 'phone'), ('contacts', 'notes'),
    ('leads', 'name'), ('leads', 'email'), ('leads', 'phone'),
    ('activities', 'body'),
    ('people', 'email'));

-- Guarded, and strictly audited.
UPDATE fields SET critical = TRUE WHERE (collection, name) IN (VALUES
    ('leads', 'stage'),
    ('opportunities', 'stage'), ('opportunities', 'amount'), ('opportunities', 'close_date'), ('opportunities', 'owner_id'),
    ('quotes', 'total'),
    ('orders', 'total'));

-- Kept by the system.
UPDATE fields SET read_only = TRUE WHERE name IN ('created_at', 'updated_at');

-- The company's currency, until it is set up otherwise.
UPDATE fields SET currency = 'USD' WHERE type = 'money';

UPDATE fields SET target = 'accounts' WHERE name = 'parent_id' AND collection = 'accounts';
UPDATE fields SET target = 'people' WHERE name = 'owner_id';
UPDATE fields SET target = 'departments' WHERE name = 'department_id';
UPDATE fields SET target = 'accounts' WHERE name = 'account_id';
UPDATE fields SET target = 'contacts' WHERE name = 'contact_id';
UPDATE fields SET target = 'products' WHERE name = 'product_id';
UPDATE fields SET target = 'leads' WHERE name = 'lead_id';
UPDATE fields SET target = 'opportunities' WHERE name = 'opportunity_id';
UPDATE fields SET target = 'quotes' WHERE name = 'quote_id';
UPDATE fields SET target = 'people' WHERE name = 'manager_id';
UPDATE fields SET target = 'departments' WHERE name = 'parent_id' AND collection = 'departments';

UPDATE fields SET format = 'email' WHERE name IN ('email');
UPDATE fields SET format = 'phone' WHERE name IN ('phone');
UPDATE fields SET format = 'url' WHERE name IN ('website');
UPDATE fields SET format = 'long' WHERE name IN ('body', 'description', 'message', 'notes');

UPDATE fields SET options = '["prospect", "customer", "former"]'
    WHERE collection = 'accounts' AND name = 'status';
UPDATE fields SET options = '["web", "referral", "event", "outbound", "partner"]'
    WHERE collection IN ('leads', 'opportunities') AND name = 'source';
UPDATE fields SET options = '["new", "working", "qualified", "unqualified", "converted"]'
    WHERE collection = 'leads' AND name = 'stage';
UPDATE fields SET options = '["prospecting", "engaging", "proposal", "negotiation", "won", "lost"]'
    WHERE collection = 'opportunities' AND name = 'stage';
UPDATE fields SET options = '["call", "email", "meeting", "note", "task"]'
    WHERE collection = 'activities' AND name = 'kind';
UPDATE fields SET options = '["open", "done", "canceled"]'
    WHERE collection = 'activities' AND name = 'status';
UPDATE fields SET options = '["draft", "sent", "accepted", "rejected", "expired"]'
    WHERE collection = 'quotes' AND name = 'status';
UPDATE fields SET options = '["open", "shipped", "invoiced", "paid", "canceled"]'
    WHERE collection = 'orders' AND name = 'status';

UPDATE fields SET description = 'Year of foundation'
    WHERE collection = 'accounts' AND name = 'founded_year';
UPDATE fields SET description = 'The record''s key in the system it was imported from'
    WHERE name = 'external_ref';
UPDATE fields SET description = 'Whether the contact agreed to receive marketing'
    WHERE collection = 'contacts' AND name = 'marketing_consent';
UPDATE fields SET description = 'How promising the lead is, from 0 to 100'
    WHERE collection = 'leads' AND name = 'score';
UPDATE fields SET description = 'What the lead wrote; it comes from outside'
    WHERE collection = 'leads' AND name = 'message';
UPDATE fields SET description = 'Value of the contract'
    WHERE collection = 'opportunities' AND name = 'amount';
UPDATE fields SET description = 'A share: 0.1 is 10 %'
    WHERE collection IN ('opportunities', 'quotes') AND name = 'discount';
UPDATE fields SET description = 'Percent, from 0 to 100'
    WHERE collection = 'opportunities' AND name = 'probability';
UPDATE fields SET description = 'The day it was won or lost, or is expected to be'
    WHERE collection = 'opportunities' AND name = 'close_date';
UPDATE fields SET description = 'What was said or written; it may come from outside'
    WHERE collection = 'activities' AND name = 'body';
UPDATE fields SET description = 'Whether it is sold now'
    WHERE collection = 'products' AND name = 'active';
UPDATE fields SET description = 'Whether the person may sign in'
    WHERE collection = 'people' AND name = 'active';
