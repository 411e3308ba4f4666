-- What billing's login role may do, table by table. It may add to the ledger and to the prices, never change them.
GRANT SELECT, INSERT ON billing.customer, billing.ledger_account, billing.ledger_transfer, billing.price, billing.nolog_fold
  TO tacet_billing;
GRANT SELECT, UPDATE ON billing.revision, billing.postgres_timeline TO tacet_billing;
GRANT SELECT, INSERT, UPDATE ON billing.balance, billing.edge_session, billing.edge_progress, billing.kafka_offset, billing.key_spend,
  billing.usage_request, billing.usage_period, billing.deleted_usage, billing.model, billing.discrepancy TO tacet_billing;
GRANT SELECT, INSERT, UPDATE, DELETE ON billing.spend_lease, billing.lease_wait, billing.nolog_total TO tacet_billing;
GRANT SELECT, INSERT, DELETE ON billing.dead_letter TO tacet_billing;

-- What forget_account needs, and nothing else.
GRANT SELECT, INSERT, DELETE ON billing.ledger_transfer TO tacet_forget;
GRANT SELECT, UPDATE, DELETE ON billing.balance TO tacet_forget;
GRANT SELECT, DELETE ON billing.ledger_account, billing.customer, billing.spend_lease, billing.lease_wait, billing.key_spend,
  billing.usage_request,
  billing.usage_period, billing.nolog_total, billing.dead_letter, billing.discrepancy TO tacet_forget;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA billing FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA billing TO tacet_billing;
-- A function can be given only to a role that may make one.
GRANT CREATE ON SCHEMA billing TO tacet_forget;
ALTER FUNCTION billing.forget_account OWNER TO tacet_forget;
REVOKE CREATE ON SCHEMA billing FROM tacet_forget;
