-- Accounts that chose a master key (KEK) of their own; all others use the deployment's. Nothing here opens anything.
CREATE TABLE keystore.account_kek (
  account_id uuid PRIMARY KEY,
  provider text NOT NULL,
  kek_id text NOT NULL,
  set_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, DELETE, UPDATE (provider, kek_id, set_at) ON keystore.account_kek TO tacet_key_service;

-- A DEK can move to a key of another provider.
GRANT UPDATE (provider, kek_id) ON keystore.dek TO tacet_key_service;
DO $$
BEGIN
  FOR remainder IN 0..63 LOOP
    EXECUTE format('GRANT UPDATE (provider, kek_id) ON keystore.dek_%s TO tacet_key_service', remainder);
  END LOOP;
END
$$;
