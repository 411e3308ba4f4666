-- Sessions of edges and what they may spend. Every call of a session locks edge_session first; only these functions
-- write granted and version of a lease. Times of sessions are the database's alone.

-- Begins a session for a newer epoch, which fences all older ones. Answers false, and changes nothing, when the epoch is
-- not newer than the one that is known: it was used before, or was released.
CREATE FUNCTION billing.open_session(p_edge uuid, p_epoch bigint, p_base bigint[], p_lifetime interval) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  known bigint;
BEGIN
  INSERT INTO billing.edge_session (edge_id, epoch, expires_at, base) VALUES (p_edge, 0, '-infinity', p_base) ON CONFLICT DO NOTHING;
  SELECT epoch INTO STRICT known FROM billing.edge_session WHERE edge_id = p_edge FOR UPDATE;
  IF p_epoch <= known THEN RETURN false; END IF;
  UPDATE billing.edge_session
     SET epoch = p_epoch, number = 0, expires_at = clock_timestamp() + p_lifetime, base = p_base, released = false, barrier = NULL
   WHERE edge_id = p_edge;
  RETURN true;
END $$;

-- Renews a session. Opens it where its opening is not known (a failover forgot it). Answers false when the epoch is
-- fenced: older than the known one, or released.
CREATE FUNCTION billing.renew_session(p_edge uuid, p_epoch bigint, p_number bigint, p_base bigint[], p_lifetime interval) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  known billing.edge_session;
BEGIN
  SELECT * INTO known FROM billing.edge_session WHERE edge_id = p_edge FOR UPDATE;
  IF NOT FOUND OR p_epoch > known.epoch THEN
    PERFORM billing.open_session(p_edge, p_epoch, p_base, p_lifetime);
  ELSIF p_epoch < known.epoch OR known.released THEN
    RETURN false;
  END IF;
  -- A repeated or late heartbeat moves nothing.
  UPDATE billing.edge_session
     SET number = p_number, expires_at = greatest(expires_at, clock_timestamp() + p_lifetime), barrier = NULL
   WHERE edge_id = p_edge AND epoch = p_epoch AND p_number > number;
  RETURN true;
END $$;

-- Makes the row that counts a limited key's spend, with what its day sums know of the time before.
-- Needs the locked balance.
CREATE FUNCTION billing.open_key(p_account uuid, p_key uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO billing.key_spend (account_id, key_id, day, day_nano, month, month_nano, total_nano)
  SELECT p_account, p_key, t.today, coalesce(sum(u.charged + u.late) FILTER (WHERE u.period = t.today AND NOT u.no_log), 0),
         date_trunc('month', t.today)::date,
         coalesce(sum(u.charged + u.late) FILTER (WHERE u.period >= date_trunc('month', t.today)::date), 0),
         coalesce(sum(u.charged + u.late), 0)
    FROM (SELECT billing.today() AS today) AS t
    LEFT JOIN billing.usage_period u ON u.account_id = p_account AND u.key_id = p_key
   GROUP BY t.today
  ON CONFLICT DO NOTHING;
$$;

-- Opens the keys of calls and remembers their limits, the last call's of each key. Needs the locked balances.
CREATE FUNCTION billing.limit_keys(p_account uuid[], p_key uuid[], p_day bigint[], p_month bigint[], p_total bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM billing.open_key(t.account, t.key)
     FROM (SELECT DISTINCT t.account, t.key FROM unnest(p_account, p_key) AS t (account, key)) AS t
     JOIN billing.balance b ON b.account_id = t.account
    WHERE t.key <> '00000000-0000-0000-0000-000000000000'
      AND NOT EXISTS (SELECT FROM billing.key_spend k WHERE k.account_id = t.account AND k.key_id = t.key);
  UPDATE billing.key_spend k SET day_limit = t.day, month_limit = t.month, total_limit = t.total
    FROM (SELECT DISTINCT ON (t.account, t.key) t.*
            FROM unnest(p_account, p_key, p_day, p_month, p_total) WITH ORDINALITY AS t (account, key, day, month, total, n)
           WHERE t.day IS NOT NULL ORDER BY t.account, t.key, t.n DESC) AS t
   WHERE k.account_id = t.account AND k.key_id = t.key
     AND (k.day_limit, k.month_limit, k.total_limit) IS DISTINCT FROM (t.day, t.month, t.total);
END $$;

-- What is left of a key's limits beside its holds; null: no limit. Of immutable parts alone (hence timestamp), or it would not be
-- inlined, and a call of it costs more than all else that is done for a lease.
CREATE FUNCTION billing.key_room(k billing.key_spend, p_today date) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN least(
  CASE WHEN k.day_limit > 0 THEN k.day_limit - CASE WHEN k.day = p_today THEN k.day_nano ELSE 0 END END,
  CASE WHEN k.month_limit > 0 THEN k.month_limit - CASE WHEN k.month = date_trunc('month', p_today::timestamp)::date THEN k.month_nano ELSE 0 END END,
  CASE WHEN k.total_limit > 0 THEN k.total_limit - k.total_nano END);

-- Why a target was not granted in full; names are those of the Refusal enum. `needed` is by how much the lease was to
-- grow; `total` and `room` are what account and key have when every hold is returned, `free` and `room_free` what they have now.
CREATE FUNCTION billing.refusal(state text, needed bigint, total bigint, free bigint, room bigint, room_free bigint)
RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE
  WHEN state IS NULL OR state = 'closing' THEN 'REFUSAL_UNKNOWN_ACCOUNT'
  WHEN state = 'suspended' THEN 'REFUSAL_SUSPENDED'
  WHEN needed > free AND needed > total THEN 'REFUSAL_INSUFFICIENT_BALANCE'
  WHEN needed > room_free AND needed > room THEN 'REFUSAL_KEY_LIMIT'
  ELSE 'REFUSAL_IN_FLIGHT'
END;

-- Sets leases, for any edges and accounts. Each call carries the whole cumulative target of one lease and a version; the
-- newer version wins, and a repeated or late call changes nothing and is told what is. A lease grows only out of what
-- is available; what it has spent beyond its grant is paid already and costs nothing to be granted. Limits of a key are
-- null in a call that does not know them (a heartbeat). The calls are taken in order of account, so locks are, too.
-- outcome: set, fenced (an older or a released epoch), or no_session (an epoch that billing has not heard of yet).
CREATE FUNCTION billing.set_leases(p_edge uuid[], p_epoch bigint[], p_account uuid[], p_key uuid[], p_version bigint[], p_target bigint[],
  p_day_limit bigint[], p_month_limit bigint[], p_total_limit bigint[])
RETURNS TABLE (place bigint, outcome text, version bigint, granted bigint, posted bigint, held bigint, overdraft bigint, refusal text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  nil CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
  today date;
  c record;
  -- The account, the key and the lease that the loop is at, and what is of them now.
  last_account uuid;
  last_key uuid;
  last_edge uuid;
  last_epoch bigint;
  account_held bigint;
  key_held bigint;
  lease_granted bigint;
  lease_version bigint;
  base bigint;
  free bigint;
  room_free bigint;
  given bigint;
  -- In the order of the loop: of each lease and account the last one is what is now.
  leases billing.spend_lease[] := '{}';
  held_accounts uuid[] := '{}';
  held_amounts bigint[] := '{}';
  waiting_accounts uuid[] := '{}';
  waiting_edges uuid[] := '{}';
BEGIN
  PERFORM 1 FROM billing.edge_session s WHERE s.edge_id IN (SELECT DISTINCT e FROM unnest(p_edge) AS e) ORDER BY s.edge_id FOR SHARE;
  PERFORM 1 FROM billing.balance b WHERE b.account_id IN (SELECT DISTINCT a FROM unnest(p_account) AS a) ORDER BY b.account_id FOR UPDATE;
  today := billing.today();
  IF EXISTS (SELECT FROM unnest(p_key) AS k WHERE k <> nil) THEN
    PERFORM billing.limit_keys(p_account, p_key, p_day_limit, p_month_limit, p_total_limit);
  END IF;

  FOR c IN
    SELECT t.*,
           CASE WHEN s.epoch IS NULL OR t.epoch > s.epoch THEN 'no_session'
                WHEN t.epoch < s.epoch OR s.released THEN 'fenced' ELSE 'set' END AS outcome,
           b.state, b.posted, b.held, b.overdraft, coalesce(l.granted, 0) AS granted, coalesce(l.spent, 0) AS spent,
           coalesce(l.version, -1) AS known_version, billing.key_room(k, today) AS room,
           CASE WHEN t.key <> nil THEN (SELECT coalesce(sum(greatest(o.granted - o.spent, 0)), 0) FROM billing.spend_lease o
                                         WHERE o.account_id = t.account AND o.key_id = t.key) END::bigint AS key_holds
      FROM unnest(p_edge, p_epoch, p_account, p_key, p_version, p_target) WITH ORDINALITY
        AS t (edge, epoch, account, key, version, target, n)
      LEFT JOIN billing.edge_session s ON s.edge_id = t.edge
      LEFT JOIN billing.balance b ON b.account_id = t.account
      LEFT JOIN billing.spend_lease l ON l.edge_id = t.edge AND l.epoch = t.epoch AND l.account_id = t.account AND l.key_id = t.key
      LEFT JOIN billing.key_spend k ON k.account_id = t.account AND k.key_id = t.key AND t.key <> nil
     ORDER BY t.account, t.key, t.edge, t.epoch, t.n
  LOOP
    IF c.account IS DISTINCT FROM last_account THEN account_held := coalesce(c.held, 0); END IF;
    IF (c.account, c.key) IS DISTINCT FROM (last_account, last_key) THEN key_held := c.key_holds; END IF;
    IF (c.account, c.key, c.edge, c.epoch) IS DISTINCT FROM (last_account, last_key, last_edge, last_epoch) THEN
      lease_granted := c.granted;
      lease_version := c.known_version;
    END IF;
    last_account := c.account; last_key := c.key; last_edge := c.edge; last_epoch := c.epoch;
    place := c.n; outcome := c.outcome; refusal := 'REFUSAL_NONE';
    IF c.outcome = 'set' THEN
      free := CASE WHEN c.state = 'open' THEN greatest(c.posted - account_held + c.overdraft, 0) ELSE 0 END;
      room_free := CASE WHEN c.room IS NOT NULL THEN greatest(c.room - key_held, 0) END;
      base := greatest(lease_granted, least(c.target, c.spent));
      given := CASE WHEN c.target > base THEN base + least(c.target - base, free, room_free) ELSE c.target END;
      IF c.state IS NULL THEN
        given := 0;
        lease_version := c.version;
      ELSIF c.version > lease_version THEN
        account_held := account_held + greatest(given - c.spent, 0) - greatest(lease_granted - c.spent, 0);
        key_held := key_held + greatest(given - c.spent, 0) - greatest(lease_granted - c.spent, 0);
        lease_granted := given;
        lease_version := c.version;
        leases := leases || ROW(c.edge, c.epoch, c.account, c.key, given, c.spent, c.version)::billing.spend_lease;
        held_accounts := held_accounts || c.account;
        held_amounts := held_amounts || account_held;
      ELSE
        given := lease_granted;
      END IF;
      -- A repeated call is told again why it was cut; a late one, of an older version, is not asked for any more.
      IF given < c.target AND c.version = lease_version THEN
        refusal := billing.refusal(c.state, c.target - base, c.posted + c.overdraft, free, c.room, room_free);
      END IF;
      IF refusal = 'REFUSAL_IN_FLIGHT' THEN
        waiting_accounts := waiting_accounts || c.account;
        waiting_edges := waiting_edges || c.edge;
      END IF;
    END IF;
    version := greatest(lease_version, 0); granted := lease_granted;
    posted := coalesce(c.posted, 0); held := account_held; overdraft := coalesce(c.overdraft, 0);
    RETURN NEXT;
  END LOOP;

  UPDATE billing.balance b SET held = t.held
    FROM (SELECT DISTINCT ON (a.account) a.account, a.held FROM unnest(held_accounts, held_amounts) WITH ORDINALITY AS a (account, held, n)
           ORDER BY a.account, a.n DESC) AS t
   WHERE b.account_id = t.account AND b.held <> t.held;
  INSERT INTO billing.spend_lease AS l
  SELECT DISTINCT ON (n.edge_id, n.epoch, n.account_id, n.key_id) n.edge_id, n.epoch, n.account_id, n.key_id, n.granted, n.spent, n.version
    FROM unnest(leases) AS n ORDER BY n.edge_id, n.epoch, n.account_id, n.key_id, n.version DESC
  ON CONFLICT (edge_id, epoch, account_id, key_id) DO UPDATE SET granted = excluded.granted, version = excluded.version;
  INSERT INTO billing.lease_wait AS w
  SELECT a.account, a.edge, clock_timestamp()
    FROM (SELECT DISTINCT account, edge FROM unnest(waiting_accounts, waiting_edges) AS w (account, edge)) AS a
  ON CONFLICT (account_id, edge_id) DO UPDATE SET refused_at = excluded.refused_at;
END $$;

-- Removes leases and gives their holds back. Needs the locked session of the edge.
CREATE FUNCTION billing.drop_leases(p_leases billing.spend_lease[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  removed integer;
BEGIN
  PERFORM 1 FROM billing.balance b WHERE b.account_id IN (SELECT DISTINCT l.account_id FROM unnest(p_leases) AS l)
   ORDER BY b.account_id FOR UPDATE;
  WITH gone AS (
    DELETE FROM billing.spend_lease l USING unnest(p_leases) AS p
     WHERE l.edge_id = p.edge_id AND l.epoch = p.epoch AND l.account_id = p.account_id AND l.key_id = p.key_id
    RETURNING l.account_id, greatest(l.granted - l.spent, 0) AS hold
  ), released AS (
    UPDATE billing.balance b SET held = b.held - g.hold FROM (SELECT account_id, sum(hold) AS hold FROM gone GROUP BY account_id) AS g
     WHERE b.account_id = g.account_id
  )
  SELECT count(*) INTO removed FROM gone;
  RETURN removed;
END $$;

-- Removes the leases of dead epochs of an edge, at most `p_most`, and answers how many. Of an older epoch a lease goes as
-- soon as everything that was written before the present epoch is applied in the partition of its account, and the
-- totals of its epoch are final; of a released epoch, and of those before it, all go.
CREATE FUNCTION billing.sweep_leases(p_edge uuid, p_most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  known billing.edge_session;
  dead billing.spend_lease[];
BEGIN
  SELECT * INTO known FROM billing.edge_session WHERE edge_id = p_edge FOR UPDATE;
  IF NOT FOUND THEN RETURN 0; END IF;
  SELECT array_agg(d) INTO dead FROM (
    SELECT l FROM billing.spend_lease l
     WHERE l.edge_id = p_edge AND (l.epoch < known.epoch OR known.released AND l.epoch = known.epoch)
       AND (known.released
            OR EXISTS (SELECT FROM billing.nolog_fold f WHERE f.edge_id = p_edge AND f.epoch = l.epoch)
           AND coalesce((SELECT g.applied FROM billing.edge_progress g
                          WHERE g.edge_id = p_edge AND g.partition = billing.partition_of(l.account_id)), 0)
            >= known.base[billing.partition_of(l.account_id) + 1])
     ORDER BY l.account_id LIMIT p_most) AS d (d);
  IF dead IS NULL THEN RETURN 0; END IF;
  RETURN billing.drop_leases(dead);
END $$;
