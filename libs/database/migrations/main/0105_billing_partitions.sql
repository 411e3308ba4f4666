-- Days of usage_request. Ids are UUIDv7, so a day is a range of ids.

-- The least id of a UTC day: its milliseconds in the first 48 bits.
CREATE FUNCTION billing.first_request_id(day date) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (lpad(to_hex((day - date '1970-01-01')::bigint * 86400000), 12, '0') || repeat('0', 20))::uuid;

-- Makes the partitions of the days from `first` to `last` where they are missing, and moves rows of those days out of
-- the DEFAULT partition. Answers how many were made.
CREATE FUNCTION billing.make_usage_partitions(first date, last date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  day date;
  name text;
  made integer := 0;
BEGIN
  IF last - first > 400 THEN RAISE EXCEPTION 'too many days'; END IF;
  FOR day IN SELECT first + d FROM generate_series(0, last - first) AS d LOOP
    name := 'usage_request_' || to_char(day, 'YYYY_MM_DD');
    CONTINUE WHEN to_regclass('billing.' || name) IS NOT NULL;
    -- One maker at a time; and no row may reach DEFAULT between the move and the attachment.
    LOCK TABLE billing.usage_request_default IN ACCESS EXCLUSIVE MODE;
    CONTINUE WHEN to_regclass('billing.' || name) IS NOT NULL;
    -- Room in each page lets a final replace its checkpoint in place.
    EXECUTE format('CREATE TABLE billing.%I (LIKE billing.usage_request INCLUDING ALL) WITH (fillfactor = 85)', name);
    EXECUTE format(
      'WITH moved AS (DELETE FROM billing.usage_request_default WHERE request_id >= %L AND request_id < %L RETURNING *)
       INSERT INTO billing.%I SELECT * FROM moved', billing.first_request_id(day), billing.first_request_id(day + 1), name);
    EXECUTE format('ALTER TABLE billing.usage_request ATTACH PARTITION billing.%I FOR VALUES FROM (%L) TO (%L)',
      name, billing.first_request_id(day), billing.first_request_id(day + 1));
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Drops the partitions of days before `day`, and such rows out of DEFAULT. Answers how many partitions were dropped.
CREATE FUNCTION billing.drop_usage_partitions(before date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  name text;
  dropped integer := 0;
BEGIN
  -- Nobody may lose what a bill was made of lately.
  IF before > billing.today() - 30 THEN RAISE EXCEPTION 'usage of the last 30 days is not dropped'; END IF;
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'billing.usage_request'::regclass AND c.relname ~ '^usage_request_\d{4}_\d{2}_\d{2}$'
       AND to_date(right(c.relname, 10), 'YYYY_MM_DD') < before
     ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE billing.%I', name);
    dropped := dropped + 1;
  END LOOP;
  DELETE FROM billing.usage_request_default WHERE time_ms < (before - date '1970-01-01')::bigint * 86400000;
  RETURN dropped;
END $$;

SELECT billing.make_usage_partitions(billing.today() - 1, billing.today() + 3);
