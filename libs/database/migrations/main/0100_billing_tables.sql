-- What billing owns: money, leases of it, and the counts that it is charged by. docs/money.md explains every number.
-- Money is nano-USD, prices are pico-USD per token, times of records are UTC milliseconds. Where a key is optional it
-- is the nil UUID instead of NULL, so that it can be part of a primary key.

-- What the payment provider knows an account by.
CREATE TABLE billing.customer (
  account_id uuid PRIMARY KEY,
  stripe_customer_id text UNIQUE
);

-- available = posted - held + overdraft, and it is never negative.
CREATE TABLE billing.balance (
  account_id uuid PRIMARY KEY,
  -- All transfers of the ledger, less the usage of the periods that are still open.
  posted bigint NOT NULL DEFAULT 0,
  -- The sum of greatest(granted - spent, 0) over the account's leases.
  held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
  overdraft bigint NOT NULL DEFAULT 0 CHECK (overdraft >= 0),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'suspended', 'closing')),
  -- billing.revision 'state' as of the last change of state; 0: it never changed.
  state_revision bigint NOT NULL DEFAULT 0,
  -- The newest day and month that were closed: nothing is booked into them or before them.
  day_closed date,
  month_closed date,
  CHECK (posted - held >= -overdraft)
) WITH (fillfactor = 60);
CREATE INDEX balance_state ON billing.balance (state_revision) WHERE state_revision > 0;

-- Counters whose order of numbers is the order of commits: the row is locked until the commit.
CREATE TABLE billing.revision (
  name text PRIMARY KEY CHECK (name IN ('catalog', 'state')),
  value bigint NOT NULL
);
INSERT INTO billing.revision VALUES ('catalog', 0), ('state', 0);

-- The one session of an edge. It is open or released; a released epoch stays so for ever.
CREATE TABLE billing.edge_session (
  edge_id uuid PRIMARY KEY,
  epoch bigint NOT NULL,
  -- Of the newest heartbeat; 0: none yet.
  number bigint NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL,
  -- By partition (index 1..12): the last seq that was written before this epoch.
  base bigint[] NOT NULL CHECK (array_length(base, 1) = 12),
  released boolean NOT NULL DEFAULT false,
  -- By partition: Kafka's log ends when the reconciler first saw the session expired.
  barrier bigint[]
) WITH (fillfactor = 50);

-- How far the records of an edge have been applied. Contiguous from 1.
CREATE TABLE billing.edge_progress (
  edge_id uuid NOT NULL,
  partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 11),
  applied bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (edge_id, partition)
) WITH (fillfactor = 50);

-- Where the consumer goes on reading: written in the transaction that applies what was read.
CREATE TABLE billing.kafka_offset (
  topic text NOT NULL,
  partition smallint NOT NULL,
  -- Of the cluster that the offset belongs to; another cluster's log is read from its beginning.
  cluster_id text NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

-- What an edge may spend. It has no id and no expiry: it lives as long as its epoch. Both counters are cumulative.
CREATE TABLE billing.spend_lease (
  edge_id uuid NOT NULL,
  epoch bigint NOT NULL,
  account_id uuid NOT NULL,
  -- Nil unless the key has a spend limit.
  key_id uuid NOT NULL,
  granted bigint NOT NULL,
  -- Can be negative: a row made for a charge that went down.
  spent bigint NOT NULL,
  -- Of the newest SetLease; 0: none was seen.
  version bigint NOT NULL,
  PRIMARY KEY (edge_id, epoch, account_id, key_id)
) WITH (fillfactor = 60);
CREATE INDEX spend_lease_account ON billing.spend_lease (account_id, key_id);

-- Edges that were refused because leases of others hold the money: those are asked to give back.
CREATE TABLE billing.lease_wait (
  account_id uuid NOT NULL,
  edge_id uuid NOT NULL,
  refused_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, edge_id)
);

-- What a key with a spend limit has spent: today, this month and since it was first limited (with what is known of
-- before). A row exists once the key had a lease of its own; it then counts all charges of the key.
CREATE TABLE billing.key_spend (
  account_id uuid NOT NULL,
  key_id uuid NOT NULL,
  day date NOT NULL,
  day_nano bigint NOT NULL,
  month date NOT NULL,
  month_nano bigint NOT NULL,
  total_nano bigint NOT NULL,
  -- As of the newest SetLease; 0: no limit of that kind.
  day_limit bigint NOT NULL DEFAULT 0,
  month_limit bigint NOT NULL DEFAULT 0,
  total_limit bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, key_id)
) WITH (fillfactor = 60);

-- One row per request of a normal key: its last record. Partitioned by the day of the UUIDv7 (its first 48 bits), so
-- that a final always meets its checkpoint's row, whatever the clocks say.
CREATE TABLE billing.usage_request (
  request_id uuid NOT NULL,
  account_id uuid NOT NULL,
  key_id uuid NOT NULL,
  edge_id uuid NOT NULL,
  seq bigint NOT NULL,
  lease_epoch bigint NOT NULL,
  price_version bigint NOT NULL,
  reserved bigint NOT NULL,
  input_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  -- What the count costs.
  charge bigint NOT NULL,
  -- least(charge, reserved): what the lease was charged. The rest is loss:bound.
  billed bigint NOT NULL,
  -- What of billed the account did not have: loss:late.
  late bigint NOT NULL,
  time_ms bigint NOT NULL,
  ttft_ms bigint NOT NULL,
  latency_ms bigint NOT NULL,
  lease_by_key boolean NOT NULL,
  final boolean NOT NULL,
  status smallint NOT NULL,
  usage_source smallint NOT NULL,
  route smallint NOT NULL,
  PRIMARY KEY (request_id)
) PARTITION BY RANGE (request_id);
CREATE INDEX usage_request_account ON billing.usage_request (account_id, request_id);
CREATE TABLE billing.usage_request_default PARTITION OF billing.usage_request DEFAULT;

-- Sums of what was charged within a period: a day, or for no-log keys a month (its first day). charged is what the
-- account paid; late and bound are what the losses paid in its place.
CREATE TABLE billing.usage_period (
  account_id uuid NOT NULL,
  no_log boolean NOT NULL,
  period date NOT NULL,
  key_id uuid NOT NULL,
  price_version bigint NOT NULL,
  input_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  charged bigint NOT NULL,
  late bigint NOT NULL,
  bound bigint NOT NULL,
  -- Closed: a transfer of the ledger stands for it, and nothing is added any more.
  closed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (account_id, no_log, period, key_id, price_version)
) WITH (fillfactor = 60);
CREATE INDEX usage_period_open ON billing.usage_period (period, account_id) WHERE NOT closed;

-- Charges of accounts that are no more, without their ids.
CREATE TABLE billing.deleted_usage (
  period date PRIMARY KEY,
  amount bigint NOT NULL,
  closed boolean NOT NULL DEFAULT false
);

-- Totals of no-log requests of an epoch that is not closed yet. Closed epochs have their sums in usage_period alone.
CREATE TABLE billing.nolog_total (
  edge_id uuid NOT NULL,
  epoch bigint NOT NULL,
  account_id uuid NOT NULL,
  key_id uuid NOT NULL,
  price_version bigint NOT NULL,
  version bigint NOT NULL,
  input_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  billed bigint NOT NULL,
  late bigint NOT NULL,
  PRIMARY KEY (edge_id, epoch, account_id, key_id, price_version)
);
CREATE INDEX nolog_total_account ON billing.nolog_total (account_id);

-- Epochs whose totals are folded for good.
CREATE TABLE billing.nolog_fold (
  edge_id uuid NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (edge_id, epoch)
);

-- Double entry. A transfer takes its amount from the debited account and gives it to the credited one.
CREATE TABLE billing.ledger_account (
  name text PRIMARY KEY
);
INSERT INTO billing.ledger_account (name) VALUES
  ('revenue:usage'), ('stripe:clearing'), ('promo'), ('breakage'), ('closed:accounts'),
  ('loss:late'), ('loss:bound'), ('loss:deleted'), ('loss:chargeback');

-- Append-only: billing may neither change nor delete a row. Ids are derived from what a transfer stands for.
CREATE TABLE billing.ledger_transfer (
  transfer_id uuid PRIMARY KEY,
  debit_account text NOT NULL REFERENCES billing.ledger_account,
  credit_account text NOT NULL REFERENCES billing.ledger_account,
  amount bigint NOT NULL CHECK (amount > 0),
  kind text NOT NULL CHECK (kind IN ('grant', 'usage', 'loss_late', 'loss_bound', 'loss_deleted', 'forfeit', 'closed')),
  -- What it stands for: a grant's id, a period.
  reference text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (debit_account <> credit_account)
);
CREATE INDEX ledger_transfer_debit ON billing.ledger_transfer (debit_account, created_at);
CREATE INDEX ledger_transfer_credit ON billing.ledger_transfer (credit_account, created_at);

CREATE TABLE billing.model (
  model_id text PRIMARY KEY CHECK (octet_length(model_id) BETWEEN 1 AND 256),
  context_tokens bigint NOT NULL,
  output_default bigint NOT NULL,
  overhead_tokens bigint NOT NULL,
  media_tokens_max bigint NOT NULL,
  -- What new requests are admitted under.
  price_version bigint NOT NULL
);

-- Immutable: billing may only add rows. The version is derived from the content (apps/billing/src/price-version.ts).
CREATE TABLE billing.price (
  price_version bigint PRIMARY KEY CHECK (price_version BETWEEN 1 AND 2147483647),
  model_id text NOT NULL,
  input_pico bigint NOT NULL CHECK (input_pico BETWEEN 0 AND 1000000000000),
  cached_pico bigint NOT NULL CHECK (cached_pico BETWEEN 0 AND 1000000000000),
  output_pico bigint NOT NULL CHECK (output_pico BETWEEN 0 AND 1000000000000),
  effective_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX price_model ON billing.price (model_id);

-- Records that could not be applied although they arrived whole; kept for 7 days.
CREATE TABLE billing.dead_letter (
  dead_letter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  received_at timestamptz NOT NULL DEFAULT now(),
  reason text NOT NULL CHECK (reason IN ('unknown_format', 'unknown_price', 'request_conflict', 'refused')),
  -- None: the record names no place that could be.
  edge_id uuid,
  partition smallint,
  seq bigint,
  record bytea NOT NULL
);
CREATE INDEX dead_letter_received ON billing.dead_letter (received_at);

-- What does not agree. Found again, a row counts up; it is never repaired silently.
CREATE TABLE billing.discrepancy (
  kind text NOT NULL,
  -- Ids of what disagrees; docs/money.md tells for each kind which.
  subject text NOT NULL,
  account_id uuid,
  expected bigint,
  found bigint,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  times bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX discrepancy_account ON billing.discrepancy (account_id);

-- The timeline of Postgres itself: it changes with a failover, and commits may then be missing.
CREATE TABLE billing.postgres_timeline (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  timeline text NOT NULL,
  seen_at timestamptz NOT NULL
);
INSERT INTO billing.postgres_timeline (timeline, seen_at) VALUES ('', '-infinity');
