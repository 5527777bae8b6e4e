-- The wall on PostgreSQL: a schema that holds all that statements of others may
-- reach, and a role that reaches nothing else. Run by the owner, as often as one likes.
-- {reader}, {password}, {inner}, {outer} and {fold} are filled in.

BEGIN;
SELECT pg_advisory_xact_lock(7238240176190223651);

DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{reader}') THEN
        CREATE ROLE {reader};
    END IF;
END
$do$;
ALTER ROLE {reader} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT 32 PASSWORD '{password}';

CREATE SCHEMA IF NOT EXISTS remit_sql;
REVOKE ALL ON SCHEMA remit_sql FROM PUBLIC;
GRANT USAGE ON SCHEMA remit_sql TO {reader};

-- The pads of the key of HMAC-SHA256 (RFC 2104), which nobody but the owner reads.
CREATE TABLE IF NOT EXISTS remit_sql.secret (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);
REVOKE ALL ON remit_sql.secret FROM PUBLIC;
DELETE FROM remit_sql.secret;
INSERT INTO remit_sql.secret VALUES ('\x{inner}', '\x{outer}');

-- arg gives the views their arguments: those of the token that the session was given
-- for one transaction. Its form is the MAC, and what it is about: the session's
-- process, when it ends, and the arguments.
CREATE OR REPLACE FUNCTION remit_sql.arg(n integer) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $f$
DECLARE
    token text := current_setting('remit.token', true);
    body  text := substr(token, 66);
    pads  remit_sql.secret;
BEGIN
    SELECT * INTO pads FROM remit_sql.secret;
    IF encode(sha256(pads.outer_pad || sha256(pads.inner_pad || convert_to(body, 'UTF8'))), 'hex') IS DISTINCT FROM left(token, 64)
        OR (body::jsonb ->> 'pid')::integer IS DISTINCT FROM pg_backend_pid()
        OR (body::jsonb ->> 'until')::bigint < extract(epoch FROM clock_timestamp())
    THEN
        RAISE EXCEPTION 'no token' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN body::jsonb -> 'args' ->> n;
END
$f$;

-- The arithmetic of package sqlguard: whole numbers, null beyond 64 bits.
CREATE OR REPLACE FUNCTION remit_sql.whole(numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $f$ SELECT CASE WHEN $1 BETWEEN -9223372036854775808 AND 9223372036854775807 THEN $1::bigint END $f$;
CREATE OR REPLACE FUNCTION remit_sql.add(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $f$ SELECT remit_sql.whole($1::numeric + $2::numeric) $f$;
CREATE OR REPLACE FUNCTION remit_sql.sub(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $f$ SELECT remit_sql.whole($1::numeric - $2::numeric) $f$;
CREATE OR REPLACE FUNCTION remit_sql.mul(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $f$ SELECT remit_sql.whole($1::numeric * $2::numeric) $f$;
CREATE OR REPLACE FUNCTION remit_sql.abs(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $f$ SELECT remit_sql.whole(abs($1::numeric)) $f$;
CREATE OR REPLACE FUNCTION remit_sql.mod(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $f$ SELECT CASE WHEN $2 <> 0 THEN mod($1::numeric, $2::numeric)::bigint END $f$;

-- div is $1 ÷ $2 × 10^$3, rounded half-even.
CREATE OR REPLACE FUNCTION remit_sql.div(dividend bigint, divisor bigint, shift bigint) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
DECLARE
    above numeric := abs(dividend::numeric);
    below numeric := abs(divisor::numeric);
    whole numeric;
    twice numeric;
BEGIN
    IF divisor = 0 OR abs(shift) > 40 THEN
        RETURN NULL;
    END IF;
    IF shift >= 0 THEN
        above := above * trunc(10::numeric ^ shift);
    ELSE
        below := below * trunc(10::numeric ^ -shift);
    END IF;
    whole := div(above, below);
    twice := (above - whole * below) * 2;
    IF twice > below OR (twice = below AND mod(whole, 2) = 1) THEN
        whole := whole + 1;
    END IF;
    IF (dividend < 0) <> (divisor < 0) THEN
        whole := -whole;
    END IF;
    RETURN remit_sql.whole(whole);
END
$f$;

-- The reader has no way to the schema in which this lies.
CREATE OR REPLACE FUNCTION remit_sql.fold(text) RETURNS text LANGUAGE sql IMMUTABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $f$ SELECT {fold}($1) $f$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA remit_sql FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA remit_sql TO {reader};

-- What everybody may do in a database, in PostgreSQL's opinion, and the reader may
-- not: make temporary tables, see other schemas, write functions, see what other
-- sessions do, and call what has effects even in a transaction that only reads. The
-- owner keeps it all.
DO $do$
DECLARE
    it record;
BEGIN
    EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    FOR it IN
        SELECT nspname AS name FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'remit_sql') AND has_schema_privilege('{reader}', oid, 'USAGE')
    LOOP
        EXECUTE format('GRANT ALL ON SCHEMA %I TO CURRENT_USER', it.name);
        EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', it.name);
    END LOOP;
    FOR it IN SELECT lanname AS name FROM pg_language WHERE lanpltrusted AND has_language_privilege('{reader}', oid, 'USAGE') LOOP
        EXECUTE format('GRANT USAGE ON LANGUAGE %I TO CURRENT_USER', it.name);
        EXECUTE format('REVOKE USAGE ON LANGUAGE %I FROM PUBLIC', it.name);
    END LOOP;
    FOR it IN
        SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind, string_agg(p.oid::regprocedure::text, ', ') AS names
        FROM pg_proc p WHERE {unsafe} GROUP BY 1
    LOOP
        EXECUTE format('GRANT EXECUTE ON %s %s TO CURRENT_USER', it.kind, it.names);
        EXECUTE format('REVOKE EXECUTE ON %s %s FROM PUBLIC', it.kind, it.names);
    END LOOP;
    IF EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND {readable}) THEN
        GRANT SELECT ON ALL TABLES IN SCHEMA pg_catalog TO CURRENT_USER;
        REVOKE ALL ON ALL TABLES IN SCHEMA pg_catalog FROM PUBLIC;
    END IF;
END
$do$;
COMMIT;
