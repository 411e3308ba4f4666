-- Deletion of an account. The function runs as a role of its own, the only one that may remove transfers; billing may
-- call it and nothing else of that role's.

-- Forfeits the balance to `breakage`, removes every row that carries the account's id, and leaves one net transfer a
-- month and counterpart between `closed:accounts` and the counterpart, under random ids, so that every other account of
-- the ledger keeps its balance and the sum stays zero. Answers the rows removed by table, and the amount forfeited;
-- called again, that nothing was.
CREATE FUNCTION billing.forget_account(p_account uuid, OUT removed jsonb, OUT forfeited bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  customer CONSTANT text := 'customer:' || p_account;
  step record;
  n bigint;
BEGIN
  removed := '{}';
  SELECT posted INTO forfeited FROM billing.balance WHERE account_id = p_account FOR UPDATE;
  IF NOT FOUND THEN
    forfeited := 0;
    RETURN;
  END IF;

  -- Open periods and the balance itself become transfers: what is left of the account is zero.
  INSERT INTO billing.ledger_transfer (transfer_id, debit_account, credit_account, amount, kind, reference)
  SELECT gen_random_uuid(), CASE WHEN t.amount > 0 THEN t.debit ELSE t.credit END, CASE WHEN t.amount > 0 THEN t.credit ELSE t.debit END,
         abs(t.amount), t.kind, to_char(now(), 'YYYY-MM')
    FROM (SELECT sum(u.charged) AS charged, sum(u.late) AS late, sum(u.bound) AS bound
            FROM billing.usage_period u WHERE u.account_id = p_account AND NOT u.closed) AS u,
         LATERAL (VALUES (customer, 'revenue:usage', u.charged, 'usage'), ('loss:late', 'revenue:usage', u.late, 'loss_late'),
                         ('loss:bound', 'revenue:usage', u.bound, 'loss_bound'), (customer, 'breakage', forfeited::numeric, 'forfeit'))
           AS t (debit, credit, amount, kind)
   WHERE t.amount <> 0;

  INSERT INTO billing.ledger_transfer (transfer_id, debit_account, credit_account, amount, kind, reference, created_at)
  SELECT gen_random_uuid(), CASE WHEN t.net > 0 THEN t.counterpart ELSE 'closed:accounts' END,
         CASE WHEN t.net > 0 THEN 'closed:accounts' ELSE t.counterpart END, abs(t.net), 'closed', to_char(t.month, 'YYYY-MM'), t.month
    FROM (SELECT date_trunc('month', l.created_at, 'UTC') AS month,
                 CASE WHEN l.credit_account = customer THEN l.debit_account ELSE l.credit_account END AS counterpart,
                 sum(CASE WHEN l.credit_account = customer THEN l.amount ELSE -l.amount END) AS net
            FROM billing.ledger_transfer l WHERE l.debit_account = customer OR l.credit_account = customer GROUP BY 1, 2) AS t
   WHERE t.net <> 0;

  FOR step IN SELECT * FROM (VALUES
    ('ledger_transfer', 'debit_account = ''customer:'' || $1 OR credit_account = ''customer:'' || $1'),
    ('ledger_account', 'name = ''customer:'' || $1'),
    ('spend_lease', 'account_id = $1'), ('lease_wait', 'account_id = $1'), ('key_spend', 'account_id = $1'),
    ('usage_request', 'account_id = $1'), ('usage_period', 'account_id = $1'), ('nolog_total', 'account_id = $1'),
    ('dead_letter', 'substring(record FROM 49 FOR 16) = uuid_send($1)'), ('discrepancy', 'account_id = $1'),
    ('customer', 'account_id = $1'), ('balance', 'account_id = $1')) AS t (name, condition)
  LOOP
    EXECUTE format('DELETE FROM billing.%I WHERE ' || step.condition, step.name) USING p_account;
    GET DIAGNOSTICS n = ROW_COUNT;
    removed := removed || jsonb_build_object(step.name, n);
  END LOOP;
END $$;
