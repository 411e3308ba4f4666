-- What key-service owns: wrapped data keys (DEKs), the versions of the master keys (KEKs) that wrap them, and how
-- far a rewrapping has come. Nothing here opens a record without a KEK, and KEKs are not here. Versions are u32 in
-- the formats, hence bigint.

CREATE TABLE keystore.kek (
  provider text NOT NULL,
  kek_id text NOT NULL,
  version bigint NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
  -- active: wraps (one of each key). retired: only unwraps. destroyed: does neither, for ever.
  state text NOT NULL CHECK (state IN ('active', 'retired', 'destroyed')),
  created_at timestamptz NOT NULL,
  -- When the last DEK was wrapped away from it. Backups that need it end that much later.
  rewrapped_at timestamptz,
  PRIMARY KEY (provider, kek_id, version),
  CHECK (state <> 'active' OR rewrapped_at IS NULL)
);
CREATE UNIQUE INDEX kek_active ON keystore.kek (provider, kek_id) WHERE state = 'active';

-- Partitioned so that what a destroyed DEK leaves in its file can be erased under a short lock (see erase_remains), and
-- so that a batch of a rewrapping touches few pages.
CREATE TABLE keystore.dek (
  account_id uuid NOT NULL,
  dek_version bigint NOT NULL CHECK (dek_version BETWEEN 1 AND 4294967295),
  -- WrappedDekV1. The columns beside it repeat what it says.
  wrapped bytea NOT NULL CHECK (get_byte(wrapped, 0) = 209 AND length(wrapped) <= 4096),
  provider text NOT NULL,
  kek_id text NOT NULL,
  kek_version bigint NOT NULL CHECK (kek_version BETWEEN 1 AND 4294967295),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, dek_version)
) PARTITION BY HASH (account_id);
-- In the row itself, never in a TOAST table, which erase_remains would have to know of; keys do not compress.
ALTER TABLE keystore.dek ALTER COLUMN wrapped SET STORAGE PLAIN;

DO $$
BEGIN
  FOR remainder IN 0..63 LOOP
    -- Half of each page stays free, so that a rewrapped row finds room beside the old one (HOT).
    EXECUTE format('CREATE TABLE keystore.dek_%s PARTITION OF keystore.dek FOR VALUES WITH (MODULUS 64, REMAINDER %s) WITH (fillfactor = 50)', remainder, remainder);
    -- A rewrapping goes from partition to partition.
    EXECUTE format('GRANT SELECT, UPDATE (wrapped, kek_version) ON keystore.dek_%s TO tacet_key_service', remainder);
  END LOOP;
END
$$;

-- The rewrapping of all DEKs of a key: one row each, so that it goes on where it was interrupted.
CREATE TABLE keystore.rewrap_job (
  provider text NOT NULL,
  kek_id text NOT NULL,
  -- The version that it wraps under.
  target_version bigint NOT NULL,
  -- The partition that it has come to, and the last DEK that is done there; none: at its beginning.
  cursor_partition integer NOT NULL,
  cursor_account uuid,
  cursor_version bigint,
  done bigint NOT NULL,
  -- Could not be unwrapped, and stay as they are.
  skipped bigint NOT NULL,
  total bigint NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (provider, kek_id),
  CHECK ((cursor_account IS NULL) = (cursor_version IS NULL))
);

-- DELETE leaves a row's bytes in its page, and VACUUM marks the room as free without clearing it. This writes the
-- partition of an account anew, with the rows that live, into another file; the old file is cut to nothing when the
-- transaction commits. Only the partition is locked, for some milliseconds.
CREATE FUNCTION keystore.erase_remains(of_account uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  partition_name text;
  living keystore.dek[];
BEGIN
  SELECT format('keystore.dek_%s', remainder) INTO STRICT partition_name
    FROM generate_series(0, 63) remainder WHERE satisfies_hash_partition('keystore.dek'::regclass, 64, remainder, of_account);
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', partition_name);
  EXECUTE format('SELECT array_agg((account_id, dek_version, wrapped, provider, kek_id, kek_version, created_at)::keystore.dek) FROM %s', partition_name) INTO living;
  EXECUTE format('TRUNCATE %s', partition_name);
  EXECUTE format('INSERT INTO %s (account_id, dek_version, wrapped, provider, kek_id, kek_version, created_at) SELECT * FROM unnest($1)', partition_name) USING living;
END
$$;
REVOKE ALL ON FUNCTION keystore.erase_remains FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE (state, rewrapped_at) ON keystore.kek TO tacet_key_service;
GRANT SELECT, INSERT, DELETE, UPDATE (wrapped, kek_version) ON keystore.dek TO tacet_key_service;
GRANT SELECT, INSERT, UPDATE ON keystore.rewrap_job TO tacet_key_service;
GRANT EXECUTE ON FUNCTION keystore.erase_remains TO tacet_key_service;
