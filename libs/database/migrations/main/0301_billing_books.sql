-- What keeps the books explainable: corrections, dead letters that are charged later, counts that shrink, and what is
-- kept of the ledger after its years.

-- Kinds are named in docs/money.md; each is written by one place of billing.
ALTER TABLE billing.ledger_transfer DROP CONSTRAINT ledger_transfer_kind_check;
ALTER TABLE billing.ledger_transfer ADD CONSTRAINT ledger_transfer_kind_check CHECK (kind ~ '^[a-z]+(_[a-z]+)*$' AND length(kind) <= 32);

-- Rows come in order of time, so a summary of each range of pages finds the old ones.
CREATE INDEX ledger_transfer_time ON billing.ledger_transfer USING brin (created_at);
CREATE INDEX usage_period_time ON billing.usage_period USING brin (period);

-- Since when the present epoch of an edge is known.
ALTER TABLE billing.edge_session ADD COLUMN epoch_since timestamptz NOT NULL DEFAULT clock_timestamp();
CREATE FUNCTION billing.note_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  new.epoch_since := clock_timestamp();
  RETURN new;
END $$;
CREATE TRIGGER note_epoch BEFORE UPDATE OF epoch ON billing.edge_session
  FOR EACH ROW WHEN (new.epoch <> old.epoch) EXECUTE FUNCTION billing.note_epoch();

-- The later record replaces the earlier whole, also when it counts less output. But a worker that said exactly how much it
-- had generated (usage_source 1) cannot say less later: one of the two was wrong.
CREATE FUNCTION billing.note_shrunk_output() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO billing.discrepancy AS d (kind, subject, account_id, expected, found)
  VALUES ('output_shrank', new.request_id::text, new.account_id, old.output_tokens, new.output_tokens)
  ON CONFLICT (kind, subject)
  DO UPDATE SET expected = excluded.expected, found = excluded.found, last_seen_at = now(), times = d.times + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER note_shrunk_output AFTER UPDATE ON billing.usage_request
  FOR EACH ROW WHEN (new.output_tokens < old.output_tokens AND new.usage_source = 1 AND old.usage_source = 1)
  EXECUTE FUNCTION billing.note_shrunk_output();

-- Charges a dead letter, whose fields the caller has read, and removes it. Outcomes: charged; superseded (a later record
-- of the request has been charged, or its account is no more and was counted before); kept (still not chargeable); gone
-- (somebody else has done it).
CREATE FUNCTION billing.retry_dead_letter(p_letter bigint, p_request uuid, p_account uuid, p_key uuid, p_edge uuid, p_seq bigint,
  p_epoch bigint, p_price bigint, p_reserved bigint, p_input bigint, p_cached bigint, p_output bigint, p_time bigint, p_ttft bigint,
  p_latency bigint, p_by_key boolean, p_final boolean, p_status smallint, p_source smallint, p_route smallint,
  OUT outcome text, OUT late bigint, OUT bound bigint, OUT deleted bigint)
LANGUAGE plpgsql AS $$
DECLARE
  known boolean;
  old billing.usage_request;
  cost bigint;
BEGIN
  late := 0; bound := 0; deleted := 0;
  SELECT true INTO known FROM billing.balance WHERE account_id = p_account FOR UPDATE;
  SELECT billing.charge(p_input, p_cached, p_output, p.input_pico, p.cached_pico, p.output_pico) INTO cost
    FROM billing.price p WHERE p.price_version = p_price;
  IF NOT FOUND THEN outcome := 'kept'; RETURN; END IF;
  SELECT * INTO old FROM billing.usage_request u WHERE u.request_id = p_request;
  IF FOUND AND (old.edge_id, old.account_id, old.key_id, old.lease_epoch, old.lease_by_key, old.price_version)
    IS DISTINCT FROM (p_edge, p_account, p_key, p_epoch, p_by_key, p_price) THEN
    outcome := 'kept';
    RETURN;
  END IF;
  -- Of two at once the second waits here, and finds it gone.
  DELETE FROM billing.dead_letter WHERE dead_letter_id = p_letter;
  IF NOT FOUND THEN outcome := 'gone'; RETURN; END IF;
  IF old.seq >= p_seq OR known IS NULL AND NOT p_final THEN outcome := 'superseded'; RETURN; END IF;
  outcome := 'charged';
  IF known IS NULL THEN
    deleted := least(cost, p_reserved);
    PERFORM billing.book_deleted(billing.today(), deleted);
    RETURN;
  END IF;
  SELECT r.late_change, r.bound_change INTO late, bound FROM billing.apply_record(
    ROW(p_request, p_account, p_key, p_edge, p_seq, p_epoch, p_price, p_reserved, p_input, p_cached, p_output, cost, least(cost, p_reserved), 0,
        p_time, p_ttft, p_latency, p_by_key, p_final, p_status, p_source, p_route)::billing.usage_request) AS r;
END $$;

-- Removes the sums of periods that were closed and ended before a day; their transfers stay. Answers how many.
CREATE FUNCTION billing.forget_periods(p_before date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  removed bigint;
BEGIN
  IF p_before > current_date - interval '12 months' THEN RAISE EXCEPTION 'sums of the last 12 months are not removed'; END IF;
  DELETE FROM billing.usage_period WHERE closed AND period < p_before;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;

-- Replaces the transfers from before a moment by one net transfer for each pair of ledger accounts, of kind `carried`, at most
-- `p_most` pairs: every account keeps its balance, the sum stays zero. Answers how many transfers went.
CREATE FUNCTION billing.carry_transfers(p_before timestamptz, p_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  removed bigint := 0;
  n bigint;
  pair record;
BEGIN
  IF p_before > now() - interval '1 year' THEN RAISE EXCEPTION 'transfers of the last year are not carried'; END IF;
  FOR pair IN
    SELECT least(debit_account, credit_account) AS a, greatest(debit_account, credit_account) AS b FROM billing.ledger_transfer
     WHERE created_at < p_before GROUP BY 1, 2 ORDER BY 1, 2 LIMIT p_most
  LOOP
    WITH gone AS (
      DELETE FROM billing.ledger_transfer
       WHERE created_at < p_before AND debit_account IN (pair.a, pair.b) AND credit_account IN (pair.a, pair.b)
      RETURNING CASE WHEN credit_account = pair.a THEN amount ELSE -amount END AS to_a
    ), net AS (
      SELECT sum(to_a) AS to_a, count(*) AS removed FROM gone
    ), carried AS (
      INSERT INTO billing.ledger_transfer (transfer_id, debit_account, credit_account, amount, kind, reference, created_at)
      SELECT md5('carried ' || pair.a || ' ' || pair.b || ' ' || to_char(p_before AT TIME ZONE 'UTC', 'YYYY-MM-DD'))::uuid,
             CASE WHEN to_a > 0 THEN pair.b ELSE pair.a END, CASE WHEN to_a > 0 THEN pair.a ELSE pair.b END, abs(to_a), 'carried',
             to_char(p_before AT TIME ZONE 'UTC', 'YYYY-MM-DD'), p_before
        FROM net WHERE to_a <> 0)
    SELECT net.removed INTO n FROM net;
    removed := removed + n;
  END LOOP;
  RETURN removed;
END $$;

REVOKE EXECUTE ON FUNCTION billing.note_epoch, billing.note_shrunk_output, billing.retry_dead_letter, billing.forget_periods,
  billing.carry_transfers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing.note_epoch, billing.note_shrunk_output, billing.retry_dead_letter, billing.forget_periods,
  billing.carry_transfers TO tacet_billing;
-- The role of forget_account is the only one that may remove transfers.
GRANT CREATE ON SCHEMA billing TO tacet_forget;
ALTER FUNCTION billing.forget_periods OWNER TO tacet_forget;
ALTER FUNCTION billing.carry_transfers OWNER TO tacet_forget;
REVOKE CREATE ON SCHEMA billing FROM tacet_forget;
