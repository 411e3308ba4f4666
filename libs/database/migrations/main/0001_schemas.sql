-- Two schemas, one for each process that owns tables here. What a role may do is granted table by table in the
-- migrations that make the tables; nothing is granted by default.
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA account;
GRANT USAGE ON SCHEMA account TO tacet_account, tacet_pruner;

CREATE SCHEMA billing;
GRANT USAGE ON SCHEMA billing TO tacet_billing, tacet_forget;
