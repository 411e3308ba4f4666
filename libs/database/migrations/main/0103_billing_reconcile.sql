-- Lost edges and the closing of periods: what the reconciler does.

-- Whether the timeline of Postgres has been the same for `p_lifetime`; notes a new one. After a failover commits may be
-- missing, and a session that seems to have expired may only have been forgotten.
CREATE FUNCTION billing.timeline_is_settled(p_timeline text, p_lifetime interval) RETURNS boolean LANGUAGE sql AS $$
  UPDATE billing.postgres_timeline SET timeline = p_timeline, seen_at = clock_timestamp() WHERE timeline <> p_timeline;
  SELECT seen_at + p_lifetime < clock_timestamp() FROM billing.postgres_timeline;
$$;

-- Remembers, once per expiry, where Kafka's logs end (by partition; empty without Kafka).
CREATE FUNCTION billing.note_expiry(p_edge uuid, p_log_ends bigint[]) RETURNS void LANGUAGE sql AS $$
  UPDATE billing.edge_session SET barrier = p_log_ends
   WHERE edge_id = p_edge AND NOT released AND barrier IS NULL AND expires_at < clock_timestamp();
$$;

-- Releases the epoch of an edge that is lost: for ever, with the leases of this and of older epochs. Only when the session
-- expired more than `p_grace` ago and everything that was in Kafka then has been applied (a log that was cut since ends
-- the wait where it ends now). Answers whether it did.
CREATE FUNCTION billing.release_edge(p_edge uuid, p_epoch bigint, p_topic text, p_log_ends bigint[], p_grace interval) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  known billing.edge_session;
BEGIN
  SELECT * INTO known FROM billing.edge_session WHERE edge_id = p_edge FOR UPDATE;
  IF NOT FOUND OR known.released OR known.epoch <> p_epoch OR known.barrier IS NULL OR known.expires_at + p_grace >= clock_timestamp() THEN
    RETURN false;
  END IF;
  IF EXISTS (
    SELECT FROM generate_series(1, cardinality(known.barrier)) AS p
      LEFT JOIN billing.kafka_offset o ON o.topic = p_topic AND o.partition = p - 1
     WHERE coalesce(o.next_offset, 0) < least(known.barrier[p], p_log_ends[p])
        -- A log that was cut is read from its beginning as soon as the consumer sees it; until then nothing is known.
        OR o.next_offset > p_log_ends[p]) THEN
    RETURN false;
  END IF;
  UPDATE billing.edge_session SET released = true WHERE edge_id = p_edge;
  RETURN true;
END $$;

-- Closes periods: each becomes one transfer of the ledger, and one for each loss that paid in the account's place. Ids come
-- from the caller, who derives them from account and period. Charges that come later go to a later period.
CREATE FUNCTION billing.close_periods(p_account uuid[], p_no_log boolean[], p_period date[], p_usage uuid[], p_late uuid[], p_bound uuid[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  c record;
BEGIN
  PERFORM 1 FROM billing.balance b WHERE b.account_id = ANY (p_account) ORDER BY b.account_id FOR UPDATE;
  FOR c IN
    SELECT t.*, s.charged, s.late, s.bound,
           CASE WHEN t.no_log THEN to_char(t.period, 'YYYY-MM') ELSE to_char(t.period, 'YYYY-MM-DD') END AS reference
      FROM unnest(p_account, p_no_log, p_period, p_usage, p_late, p_bound) AS t (account, no_log, period, usage_id, late_id, bound_id)
      JOIN billing.balance b ON b.account_id = t.account
     CROSS JOIN LATERAL (
       SELECT sum(u.charged)::bigint AS charged, sum(u.late)::bigint AS late, sum(u.bound)::bigint AS bound FROM billing.usage_period u
        WHERE u.account_id = t.account AND u.no_log = t.no_log AND u.period = t.period AND NOT u.closed) AS s
     WHERE s.charged IS NOT NULL
     ORDER BY t.account, t.no_log, t.period
  LOOP
    PERFORM billing.post_transfer(c.usage_id, 'customer:' || c.account, 'revenue:usage', c.charged, 'usage', c.reference);
    PERFORM billing.post_transfer(c.late_id, 'loss:late', 'revenue:usage', c.late, 'loss_late', c.reference);
    PERFORM billing.post_transfer(c.bound_id, 'loss:bound', 'revenue:usage', c.bound, 'loss_bound', c.reference);
    UPDATE billing.usage_period SET closed = true WHERE account_id = c.account AND no_log = c.no_log AND period = c.period AND NOT closed;
    UPDATE billing.balance
       SET day_closed = CASE WHEN c.no_log THEN day_closed ELSE greatest(day_closed, c.period) END,
           month_closed = CASE WHEN c.no_log THEN greatest(month_closed, c.period) ELSE month_closed END
     WHERE account_id = c.account;
  END LOOP;
END $$;

-- One transfer; a negative amount goes the other way, nothing is written for zero.
CREATE FUNCTION billing.post_transfer(p_id uuid, p_debit text, p_credit text, p_amount bigint, p_kind text, p_reference text)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO billing.ledger_transfer (transfer_id, debit_account, credit_account, amount, kind, reference)
  SELECT p_id, CASE WHEN p_amount > 0 THEN p_debit ELSE p_credit END, CASE WHEN p_amount > 0 THEN p_credit ELSE p_debit END,
         abs(p_amount), p_kind, p_reference
   WHERE p_amount <> 0;
$$;

-- Closes the day of charges of accounts that are no more.
CREATE FUNCTION billing.close_deleted(p_period date, p_id uuid) RETURNS void LANGUAGE sql AS $$
  SELECT billing.post_transfer(p_id, 'loss:deleted', 'revenue:usage', d.amount, 'loss_deleted', to_char(d.period, 'YYYY-MM-DD'))
    FROM (SELECT * FROM billing.deleted_usage WHERE period = p_period AND NOT closed FOR UPDATE) AS d;
  UPDATE billing.deleted_usage SET closed = true WHERE period = p_period AND NOT closed;
$$;
