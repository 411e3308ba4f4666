-- The one way in which counts become money: for Kafka and the direct sink alike (apply_usage), and for the totals of
-- no-log keys (apply_totals). Locks are taken in this order everywhere: edge_session, edge_progress, balance by
-- account_id, spend_lease, usage_*. Whoever writes a lease, a period or a request of an account holds its balance.

-- ceil((in * p_in + cached * p_cached + out * p_out) / 1000) nano-USD, at most 10^15 (a million USD): what is dearer
-- is a fault of a worker or an edge, and sums must not overflow. Below 2^21 tokens of a kind bigint cannot overflow.
CREATE FUNCTION billing.charge(input bigint, cached bigint, output bigint, input_pico bigint, cached_pico bigint, output_pico bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN greatest(input, cached, output) < 2097152
  THEN least((input * input_pico + cached * cached_pico + output * output_pico + 999) / 1000, 1000000000000000)
  ELSE least(div(input::numeric * input_pico + cached::numeric * cached_pico + output::numeric * output_pico + 999, 1000),
             1000000000000000)::bigint
END;

-- Today in UTC by the database clock as it is now, not as the transaction began: read after balance is locked.
CREATE FUNCTION billing.today() RETURNS date LANGUAGE sql VOLATILE
RETURN (clock_timestamp() AT TIME ZONE 'UTC')::date;

-- The sequence of an account: u32be(SHA-256(account_id)[0:4]) mod 12.
CREATE FUNCTION billing.partition_of(account_id uuid) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (('x' || encode(substring(sha256(uuid_send(account_id)) FROM 1 FOR 4), 'hex'))::bit(32)::bigint % 12)::smallint;

-- The key that a lease is held under: none unless the key had a spend limit at the admission.
CREATE FUNCTION billing.lease_key(key_id uuid, by_key boolean) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN by_key THEN key_id ELSE '00000000-0000-0000-0000-000000000000'::uuid END;

-- Charges a lease with the difference of two charges and answers by how much the charge's late part changes.
-- The row is the record's own, made with granted 0 when it is missing. What the row's hold does not cover is taken
-- out of what is available, the rest is late. A charge that goes down gives its late part back first, as far as what
-- is then available allows: money that returns into the hold of the row is not available.
-- Needs the locked balance of the account.
CREATE FUNCTION billing.accrue(p_edge uuid, p_epoch bigint, p_account uuid, p_key uuid, p_delta bigint, p_late bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  available bigint;
  hold_change bigint;
  bare bigint;
  late_change bigint := 0;
BEGIN
  INSERT INTO billing.spend_lease VALUES (p_edge, p_epoch, p_account, p_key, 0, 0, 0) ON CONFLICT DO NOTHING;
  SELECT greatest(granted - spent - p_delta, 0) - greatest(granted - spent, 0) INTO STRICT hold_change
    FROM billing.spend_lease WHERE account_id = p_account AND key_id = p_key AND edge_id = p_edge AND epoch = p_epoch;
  SELECT posted - held + overdraft INTO STRICT available FROM billing.balance WHERE account_id = p_account;
  bare := p_delta + hold_change;
  IF p_delta > 0 THEN
    late_change := greatest(bare - available, 0);
  ELSE
    late_change := -least(p_late, -p_delta, available - bare);
  END IF;
  UPDATE billing.spend_lease SET spent = spent + p_delta
   WHERE account_id = p_account AND key_id = p_key AND edge_id = p_edge AND epoch = p_epoch;
  UPDATE billing.balance SET posted = posted - (p_delta - late_change), held = held + hold_change WHERE account_id = p_account;
  RETURN late_change;
END $$;

-- Adds to the sums of a period and, where the key has ever been limited, of the key.
CREATE FUNCTION billing.book(p_account uuid, p_no_log boolean, p_period date, p_key uuid, p_price bigint,
  p_input bigint, p_cached bigint, p_output bigint, p_charged bigint, p_late bigint, p_bound bigint)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO billing.usage_period AS u
  VALUES (p_account, p_no_log, p_period, p_key, p_price, p_input, p_cached, p_output, p_charged, p_late, p_bound)
  ON CONFLICT (account_id, no_log, period, key_id, price_version) DO UPDATE
  SET input_tokens = u.input_tokens + excluded.input_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
      output_tokens = u.output_tokens + excluded.output_tokens, charged = u.charged + excluded.charged,
      late = u.late + excluded.late, bound = u.bound + excluded.bound;
$$;

-- Adds to what a limited key has spent (loss:late included: the key did spend it). Windows that have passed begin anew.
CREATE FUNCTION billing.book_key(p_account uuid, p_key uuid, p_today date, p_delta bigint)
RETURNS void LANGUAGE sql AS $$
  UPDATE billing.key_spend
     SET day_nano = CASE WHEN day = p_today THEN day_nano ELSE 0 END + p_delta, day = p_today,
         month_nano = CASE WHEN month = date_trunc('month', p_today)::date THEN month_nano ELSE 0 END + p_delta,
         month = date_trunc('month', p_today)::date, total_nano = total_nano + p_delta
   WHERE account_id = p_account AND key_id = p_key;
$$;

-- Charges of accounts that are no more. A day that is closed already is left alone.
CREATE FUNCTION billing.book_deleted(p_today date, p_amount bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO billing.deleted_usage AS d
  VALUES (greatest(p_today, (SELECT max(period) + 1 FROM billing.deleted_usage WHERE closed)), p_amount)
  ON CONFLICT (period) DO UPDATE SET amount = d.amount + excluded.amount;
$$;

-- Applies one record, which is the next of its request: the later replaces the earlier whole. `r.late` is not read.
-- This is the plain form of what apply_usage does for many at once. Needs the locked balance.
CREATE FUNCTION billing.apply_record(r billing.usage_request, OUT late_change bigint, OUT bound_change bigint)
LANGUAGE plpgsql AS $$
DECLARE
  old billing.usage_request;
  today date := billing.today();
  charged_change bigint;
BEGIN
  SELECT * INTO old FROM billing.usage_request u WHERE u.request_id = r.request_id;
  IF NOT FOUND THEN
    old.input_tokens := 0; old.cached_tokens := 0; old.output_tokens := 0; old.charge := 0; old.billed := 0; old.late := 0;
  END IF;
  late_change := billing.accrue(r.edge_id, r.lease_epoch, r.account_id, billing.lease_key(r.key_id, r.lease_by_key),
    r.billed - old.billed, old.late);
  bound_change := (r.charge - r.billed) - (old.charge - old.billed);
  charged_change := r.billed - old.billed - late_change;
  r.late := old.late + late_change;
  INSERT INTO billing.usage_request VALUES (r.*) ON CONFLICT (request_id) DO UPDATE
    SET seq = excluded.seq, reserved = excluded.reserved, input_tokens = excluded.input_tokens, cached_tokens = excluded.cached_tokens,
        output_tokens = excluded.output_tokens, charge = excluded.charge, billed = excluded.billed, late = excluded.late,
        time_ms = excluded.time_ms, ttft_ms = excluded.ttft_ms, latency_ms = excluded.latency_ms, final = excluded.final,
        status = excluded.status, usage_source = excluded.usage_source, route = excluded.route;
  PERFORM billing.book(r.account_id, false, greatest(today, (SELECT day_closed + 1 FROM billing.balance WHERE account_id = r.account_id)),
    r.key_id, r.price_version, r.input_tokens - old.input_tokens, r.cached_tokens - old.cached_tokens, r.output_tokens - old.output_tokens,
    charged_change, late_change, bound_change);
  PERFORM billing.book_key(r.account_id, r.key_id, today, r.billed - old.billed);
END $$;

-- One request of a batch: the last of its records in the batch, against what was known of it.
CREATE TYPE billing.usage_step AS (
  -- The record's place in the batch.
  i integer,
  -- Why it is not applied; null: it is.
  refusal text,
  account_id uuid,
  key_id uuid,
  edge_id uuid,
  epoch bigint,
  lease_key uuid,
  price_version bigint,
  period date,
  -- Changes against what was known.
  input_change bigint,
  cached_change bigint,
  output_change bigint,
  billed_change bigint,
  bound_change bigint,
  -- The most that billed is above what was known at any record of the batch.
  rise bigint,
  -- As stored: of the request, of its lease, of its account.
  late bigint,
  granted bigint,
  spent bigint,
  available bigint,
  -- Where the rows of its lease (null: there is none) and of its account are. Nobody moves them while balance is locked.
  lease_at tid,
  balance_at tid
);

-- One lease of a batch: the sums of its steps.
CREATE TYPE billing.lease_step AS (
  account_id uuid,
  lease_key uuid,
  edge_id uuid,
  epoch bigint,
  spent_change bigint,
  held_change bigint,
  -- The most that the account must pay beside the hold, in whatever order the records come.
  uncovered bigint,
  -- Whether a request of it has a late part to give back.
  owes boolean,
  available bigint,
  lease_at tid,
  balance_at tid
);

-- Moves the progress of the edges on and answers the places in the batch of the records that are next. A run is a
-- contiguous part of one sequence: its first seq, the place of its first record, and its length. Runs come in order of
-- edge, partition and seq. What was applied before is skipped, what is beyond a gap waits until it is sent again; so
-- at most one run of a sequence is taken, and that to its end.
CREATE FUNCTION billing.take_runs(p_edge uuid[], p_partition smallint[], p_seq bigint[], p_place integer[], p_length integer[])
RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
  todo integer[] := '{}';
  done bigint;
  skipped bigint;
BEGIN
  FOR k IN 1 .. cardinality(p_edge) LOOP
    SELECT applied INTO done FROM billing.edge_progress g WHERE g.edge_id = p_edge[k] AND g.partition = p_partition[k] FOR UPDATE;
    IF NOT FOUND THEN
      INSERT INTO billing.edge_progress VALUES (p_edge[k], p_partition[k], 0) ON CONFLICT DO NOTHING;
      SELECT applied INTO STRICT done FROM billing.edge_progress g WHERE g.edge_id = p_edge[k] AND g.partition = p_partition[k] FOR UPDATE;
    END IF;
    skipped := greatest(done + 1 - p_seq[k], 0);
    CONTINUE WHEN p_seq[k] > done + 1 OR skipped >= p_length[k];
    todo := todo || ARRAY(SELECT generate_series(p_place[k] + skipped::integer, p_place[k] + p_length[k] - 1));
    UPDATE billing.edge_progress g SET applied = p_seq[k] + p_length[k] - 1 WHERE g.edge_id = p_edge[k] AND g.partition = p_partition[k];
  END LOOP;
  RETURN todo;
END $$;

-- Applies count records of any edges and partitions: runs of sequences (see take_runs), and the records as columns, in
-- the order of the runs. `p_what`: 1 record, 2 hole, 3 intact but of an unknown form, 4 of an unknown price,
-- 5 in conflict with an earlier record of its request in the run. `p_latest`:
-- the last of its request within its run. `p_charge`: billing.charge of its counts; `p_peak`: the most that it or an earlier
-- record of its request in the run is billed. `p_low` and `p_high` bound the request ids, so that days can be left out.
--
-- Answers how many were applied, the places of those that were not charged and why (they count as applied, the caller
-- keeps them), and what went to loss:late, loss:bound and loss:deleted. Plans are generic and made of nested loops: the
-- arrays are large, and a plan made while the tables were small must serve when they are not.
CREATE FUNCTION billing.apply_usage(
  p_run_edge uuid[], p_run_partition smallint[], p_run_seq bigint[], p_run_place integer[], p_run_length integer[], p_low uuid, p_high uuid,
  p_what smallint[], p_latest boolean[], p_edge uuid[], p_seq bigint[], p_request uuid[], p_account uuid[], p_key uuid[], p_epoch bigint[],
  p_by_key boolean[], p_price bigint[], p_reserved bigint[], p_input bigint[], p_cached bigint[], p_output bigint[], p_charge bigint[],
  p_peak bigint[], p_final boolean[], p_status smallint[], p_source smallint[], p_route smallint[], p_ttft bigint[], p_latency bigint[],
  p_time bigint[],
  OUT applied integer, OUT refused integer[], OUT reasons text[], OUT late bigint, OUT bound bigint, OUT deleted bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET jit = off
AS $$
DECLARE
  todo integer[];
  steps billing.usage_step[];
  leases billing.lease_step[];
  slow uuid[];
  today date;
  one record;
BEGIN
  late := 0; bound := 0; deleted := 0;

  -- 1. edge_progress: what is next.
  todo := billing.take_runs(p_run_edge, p_run_partition, p_run_seq, p_run_place, p_run_length);
  applied := cardinality(todo);
  IF applied = 0 THEN RETURN; END IF;

  -- 2. balance: locked in order of account_id; the day is read afterwards.
  PERFORM 1 FROM billing.balance b
   WHERE b.account_id IN (SELECT DISTINCT p_account[t.i] FROM unnest(todo) AS t (i) WHERE p_what[t.i] = 1)
   ORDER BY b.account_id FOR UPDATE;
  today := billing.today();

  -- 3. What each request and each lease changes.
  SELECT array_agg(ROW(t.i,
      CASE WHEN b.account_id IS NULL THEN 'unknown_account'
           WHEN u.edge_id <> p_edge[t.i] OR u.account_id <> p_account[t.i] OR u.key_id <> p_key[t.i] OR u.lease_epoch <> p_epoch[t.i]
             OR u.lease_by_key <> p_by_key[t.i] OR u.price_version <> p_price[t.i] THEN 'request_conflict' END,
      p_account[t.i], p_key[t.i], p_edge[t.i], p_epoch[t.i], billing.lease_key(p_key[t.i], p_by_key[t.i]), p_price[t.i],
      greatest(today, b.day_closed + 1),
      p_input[t.i] - coalesce(u.input_tokens, 0), p_cached[t.i] - coalesce(u.cached_tokens, 0),
      p_output[t.i] - coalesce(u.output_tokens, 0),
      least(p_charge[t.i], p_reserved[t.i]) - coalesce(u.billed, 0),
      greatest(p_charge[t.i] - p_reserved[t.i], 0) - coalesce(u.charge - u.billed, 0),
      greatest(p_peak[t.i] - coalesce(u.billed, 0), 0), coalesce(u.late, 0),
      coalesce(l.granted, 0), coalesce(l.spent, 0), b.posted - b.held + b.overdraft, l.ctid, b.ctid)::billing.usage_step)
    INTO steps
    FROM unnest(todo) AS t (i)
    LEFT JOIN billing.balance b ON b.account_id = p_account[t.i]
    LEFT JOIN billing.spend_lease l ON l.edge_id = p_edge[t.i] AND l.epoch = p_epoch[t.i] AND l.account_id = p_account[t.i]
                                   AND l.key_id = billing.lease_key(p_key[t.i], p_by_key[t.i])
    LEFT JOIN billing.usage_request u ON u.request_id = p_request[t.i] AND u.request_id BETWEEN p_low AND p_high
   WHERE p_what[t.i] = 1 AND p_latest[t.i];
  SELECT array_agg(ROW(l.account_id, l.lease_key, l.edge_id, l.epoch, l.change,
      greatest(l.granted - l.spent - l.change, 0) - greatest(l.granted - l.spent, 0),
      greatest(l.spent + l.rise, l.granted) - greatest(l.spent, l.granted),
      l.owes, l.available, l.lease_at, l.balance_at)::billing.lease_step)
    INTO leases
    FROM (SELECT s.account_id, s.lease_key, s.edge_id, s.epoch, sum(s.billed_change)::bigint AS change, sum(s.rise)::bigint AS rise,
                 min(s.granted) AS granted, min(s.spent) AS spent, bool_or(s.late <> 0) AS owes, min(s.available) AS available,
                 min(s.lease_at) AS lease_at, min(s.balance_at) AS balance_at
            FROM unnest(steps) AS s WHERE s.refusal IS NULL
           GROUP BY s.account_id, s.lease_key, s.edge_id, s.epoch) AS l;

  -- 4. An account that could come short, or that owes a late part, is taken record by record. For all others sums are
  -- exact: whatever the order of the records, holds and what is available cover them.
  SELECT coalesce(array_agg(a.account_id), '{}') INTO slow FROM (
    SELECT l.account_id FROM unnest(leases) AS l GROUP BY l.account_id
    HAVING bool_or(l.owes) OR sum(l.uncovered) > min(l.available)) AS a;
  IF slow <> '{}' OR EXISTS (SELECT FROM unnest(steps) AS s WHERE s.refusal IS NOT NULL) OR p_what && '{3,4,5}' THEN
    SELECT array_agg(r.i), array_agg(r.reason) INTO refused, reasons FROM (
      SELECT s.i, s.refusal AS reason FROM unnest(steps) AS s WHERE s.refusal = 'request_conflict'
      UNION ALL
      SELECT t.i, CASE p_what[t.i] WHEN 3 THEN 'unknown_format' WHEN 4 THEN 'unknown_price' ELSE 'request_conflict' END
        FROM unnest(todo) AS t (i) WHERE p_what[t.i] IN (3, 4, 5)) AS r;
    SELECT coalesce(sum(least(p_charge[s.i], p_reserved[s.i])), 0) INTO deleted
      FROM unnest(steps) AS s WHERE s.refusal = 'unknown_account' AND p_final[s.i];
    IF deleted > 0 THEN PERFORM billing.book_deleted(today, deleted); END IF;
    FOR one IN
      SELECT ROW(p_request[t.i], p_account[t.i], p_key[t.i], p_edge[t.i], p_seq[t.i], p_epoch[t.i], p_price[t.i], p_reserved[t.i],
                 p_input[t.i], p_cached[t.i], p_output[t.i], p_charge[t.i], least(p_charge[t.i], p_reserved[t.i]), 0, p_time[t.i],
                 p_ttft[t.i], p_latency[t.i], p_by_key[t.i], p_final[t.i], p_status[t.i], p_source[t.i], p_route[t.i])::billing.usage_request AS usage
        FROM unnest(todo) WITH ORDINALITY AS t (i, n)
       WHERE p_what[t.i] = 1 AND p_account[t.i] = ANY (slow)
         AND NOT EXISTS (SELECT FROM unnest(steps) AS s WHERE p_request[s.i] = p_request[t.i] AND s.refusal IS NOT NULL)
       ORDER BY t.n
    LOOP
      SELECT late + r.late_change, bound + r.bound_change INTO late, bound FROM billing.apply_record(one.usage) AS r;
    END LOOP;
    steps := ARRAY(SELECT s FROM unnest(steps) AS s WHERE s.refusal IS NULL AND s.account_id <> ALL (slow));
    leases := ARRAY(SELECT l FROM unnest(leases) AS l WHERE l.account_id <> ALL (slow));
  END IF;

  -- 5. All others at once.
  UPDATE billing.balance b SET posted = b.posted - c.spent, held = b.held + c.held
    FROM (SELECT l.balance_at, sum(l.spent_change) AS spent, sum(l.held_change) AS held FROM unnest(leases) AS l GROUP BY l.balance_at) AS c
   WHERE b.ctid = c.balance_at;
  UPDATE billing.spend_lease l SET spent = l.spent + c.spent_change FROM unnest(leases) AS c WHERE l.ctid = c.lease_at;
  INSERT INTO billing.spend_lease
  SELECT c.edge_id, c.epoch, c.account_id, c.lease_key, 0, c.spent_change, 0 FROM unnest(leases) AS c WHERE c.lease_at IS NULL;
  INSERT INTO billing.usage_request
  SELECT p_request[s.i], s.account_id, s.key_id, s.edge_id, p_seq[s.i], s.epoch, s.price_version, p_reserved[s.i], p_input[s.i],
         p_cached[s.i], p_output[s.i], p_charge[s.i], least(p_charge[s.i], p_reserved[s.i]), 0, p_time[s.i], p_ttft[s.i], p_latency[s.i], p_by_key[s.i],
         p_final[s.i], p_status[s.i], p_source[s.i], p_route[s.i]
    FROM unnest(steps) AS s
  ON CONFLICT (request_id) DO UPDATE
  SET seq = excluded.seq, reserved = excluded.reserved, input_tokens = excluded.input_tokens, cached_tokens = excluded.cached_tokens,
      output_tokens = excluded.output_tokens, charge = excluded.charge, billed = excluded.billed, time_ms = excluded.time_ms,
      ttft_ms = excluded.ttft_ms, latency_ms = excluded.latency_ms, final = excluded.final, status = excluded.status,
      usage_source = excluded.usage_source, route = excluded.route;
  INSERT INTO billing.usage_period AS u
  SELECT s.account_id, false, s.period, s.key_id, s.price_version, sum(s.input_change), sum(s.cached_change), sum(s.output_change),
         sum(s.billed_change), 0, sum(s.bound_change)
    FROM unnest(steps) AS s GROUP BY s.account_id, s.period, s.key_id, s.price_version
  ON CONFLICT (account_id, no_log, period, key_id, price_version) DO UPDATE
  SET input_tokens = u.input_tokens + excluded.input_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
      output_tokens = u.output_tokens + excluded.output_tokens, charged = u.charged + excluded.charged, bound = u.bound + excluded.bound;
  IF EXISTS (SELECT FROM billing.key_spend) THEN
    PERFORM billing.book_key(c.account_id, c.key_id, today, c.change::bigint)
       FROM (SELECT s.account_id, s.key_id, sum(s.billed_change) AS change FROM unnest(steps) AS s GROUP BY s.account_id, s.key_id) AS c
       JOIN billing.key_spend k ON k.account_id = c.account_id AND k.key_id = c.key_id;
  END IF;
  SELECT bound + coalesce(sum(s.bound_change), 0) INTO bound FROM unnest(steps) AS s;
END $$;

-- Applies totals of no-log requests, which are cumulative over an epoch: the newer version replaces the older whole.
-- Nothing of a folded epoch is applied, and nothing of an account or a price that is not known (nothing is kept of it).
CREATE FUNCTION billing.apply_totals(p_edge uuid, p_epoch bigint, p_account uuid[], p_key uuid[], p_price bigint[], p_version bigint[],
  p_input bigint[], p_cached bigint[], p_output bigint[], OUT late bigint)
LANGUAGE plpgsql AS $$
DECLARE
  t record;
  old billing.nolog_total;
  today date;
  billed bigint;
  late_change bigint;
  month date;
BEGIN
  late := 0;
  PERFORM 1 FROM billing.balance b WHERE b.account_id = ANY (p_account) ORDER BY b.account_id FOR UPDATE;
  IF EXISTS (SELECT FROM billing.nolog_fold f WHERE f.edge_id = p_edge AND f.epoch = p_epoch) THEN RETURN; END IF;
  today := billing.today();
  FOR t IN
    SELECT c.*, b.month_closed, p.input_pico, p.cached_pico, p.output_pico
      FROM unnest(p_account, p_key, p_price, p_version, p_input, p_cached, p_output)
        AS c (account, key, price, version, input, cached, output)
      JOIN billing.balance b ON b.account_id = c.account
      JOIN billing.price p ON p.price_version = c.price
     ORDER BY c.account, c.key, c.price, c.version
  LOOP
    SELECT * INTO old FROM billing.nolog_total n
     WHERE n.edge_id = p_edge AND n.epoch = p_epoch AND n.account_id = t.account AND n.key_id = t.key AND n.price_version = t.price;
    IF NOT FOUND THEN
      old := ROW(p_edge, p_epoch, t.account, t.key, t.price, -1, 0, 0, 0, 0, 0);
    END IF;
    CONTINUE WHEN t.version <= old.version;
    billed := billing.charge(t.input, t.cached, t.output, t.input_pico, t.cached_pico, t.output_pico);
    late_change := billing.accrue(p_edge, p_epoch, t.account, t.key, billed - old.billed, old.late);
    INSERT INTO billing.nolog_total
    VALUES (p_edge, p_epoch, t.account, t.key, t.price, t.version, t.input, t.cached, t.output, billed, old.late + late_change)
    ON CONFLICT (edge_id, epoch, account_id, key_id, price_version) DO UPDATE
    SET version = excluded.version, input_tokens = excluded.input_tokens, cached_tokens = excluded.cached_tokens,
        output_tokens = excluded.output_tokens, billed = excluded.billed, late = excluded.late;
    month := date_trunc('month', greatest(today, t.month_closed + interval '1 month'))::date;
    PERFORM billing.book(t.account, true, month, t.key, t.price, t.input - old.input_tokens, t.cached - old.cached_tokens,
      t.output - old.output_tokens, billed - old.billed - late_change, late_change, 0);
    PERFORM billing.book_key(t.account, t.key, today, billed - old.billed);
    late := late + late_change;
  END LOOP;
END $$;

-- Closes an epoch's totals for ever: its sums stay in usage_period alone. Idempotent.
CREATE FUNCTION billing.fold_epoch(p_edge uuid, p_epoch bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO billing.nolog_fold VALUES (p_edge, p_epoch) ON CONFLICT DO NOTHING;
  DELETE FROM billing.nolog_total WHERE edge_id = p_edge AND epoch = p_epoch;
$$;
