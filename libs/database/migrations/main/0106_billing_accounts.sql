-- States of accounts, as the edges learn of them.

-- Changes the state of an account and numbers the change; an account that is being deleted stays so. Answers the state
-- that is, null when there is no such account.
CREATE FUNCTION billing.set_state(p_account uuid, p_state text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  known text;
  revision bigint;
BEGIN
  SELECT state INTO known FROM billing.balance WHERE account_id = p_account FOR UPDATE;
  IF known IS NULL OR known = 'closing' OR known = p_state THEN RETURN known; END IF;
  -- Locked until the commit: whoever reads a revision has seen all that came before it.
  UPDATE billing.revision SET value = value + 1 WHERE name = 'state' RETURNING value INTO revision;
  UPDATE billing.balance SET state = p_state, state_revision = revision WHERE account_id = p_account;
  RETURN p_state;
END $$;

-- Refuses new leases of an account for good, and answers how many of its leases hold money still; null when there is no
-- such account. By force their holds are given back: what is still charged to them is taken from what is available.
CREATE FUNCTION billing.close_account(p_account uuid, p_force boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  open_leases bigint;
BEGIN
  IF billing.set_state(p_account, 'closing') IS NULL THEN RETURN NULL; END IF;
  SELECT count(*) INTO open_leases FROM billing.spend_lease WHERE account_id = p_account AND granted > spent;
  IF p_force AND open_leases > 0 THEN
    UPDATE billing.balance SET held = 0 WHERE account_id = p_account;
    UPDATE billing.spend_lease SET granted = spent WHERE account_id = p_account AND granted > spent;
  END IF;
  RETURN open_leases;
END $$;
