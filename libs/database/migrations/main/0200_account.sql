-- What account owns: people, their sessions and keys, and their conversations, sealed. Times are UTC; ids are
-- UUIDv7, so their order is that of creation and pages are cut by them. Secrets (session tokens, mailed tokens,
-- API keys, receipt tokens) are here only as SHA-256 hashes.

CREATE TABLE account.account (
  account_id uuid PRIMARY KEY,
  -- Lower case. None: an account that only keys can use.
  email text UNIQUE CHECK (length(email) <= 254),
  email_verified boolean NOT NULL DEFAULT false,
  -- bcrypt over an HMAC under the pepper of that version. None: nobody can sign in with a password.
  password_hash text,
  pepper_version integer,
  status text NOT NULL CHECK (status IN ('opening', 'active', 'suspended', 'deleting')),
  -- All keys of the account are no-log, whatever the keys themselves say.
  all_keys_no_log boolean NOT NULL DEFAULT false,
  -- New conversations are ephemeral unless they say otherwise.
  ephemeral_by_default boolean NOT NULL DEFAULT false,
  created_on date NOT NULL,
  CHECK ((password_hash IS NULL) = (pepper_version IS NULL))
);
CREATE INDEX account_opening ON account.account (account_id) WHERE status = 'opening';
CREATE INDEX account_unverified ON account.account (created_on) WHERE NOT email_verified;

CREATE TABLE account.session (
  hash bytea PRIMARY KEY CHECK (length(hash) = 32),
  account_id uuid NOT NULL REFERENCES account.account ON DELETE CASCADE,
  -- The absolute end. Idle sessions end sooner, by last_seen_on.
  expires_at timestamptz NOT NULL,
  last_seen_on date NOT NULL,
  authenticated_at timestamptz NOT NULL
);
CREATE INDEX session_account ON account.session (account_id);
CREATE INDEX session_expiry ON account.session (expires_at);

CREATE TABLE account.email_token (
  hash bytea PRIMARY KEY CHECK (length(hash) = 32),
  account_id uuid NOT NULL REFERENCES account.account ON DELETE CASCADE,
  -- verify: a sign-up; carries the password of that very sign-up. reset: a forgotten password.
  purpose text NOT NULL CHECK (purpose IN ('verify', 'reset')),
  password_hash text,
  pepper_version integer,
  expires_at timestamptz NOT NULL,
  CHECK ((purpose = 'verify') = (password_hash IS NOT NULL)),
  CHECK ((password_hash IS NULL) = (pepper_version IS NULL))
);
CREATE INDEX email_token_account ON account.email_token (account_id);
CREATE INDEX email_token_expiry ON account.email_token (expires_at);

CREATE TABLE account.api_key (
  key_id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account.account ON DELETE CASCADE,
  public_id text NOT NULL UNIQUE,
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  name text NOT NULL,
  no_log boolean NOT NULL,
  -- Empty: every model.
  models text[] NOT NULL,
  -- 0: no limit of that kind. Spend is nano-USD.
  requests_per_minute bigint NOT NULL CHECK (requests_per_minute >= 0),
  tokens_per_minute bigint NOT NULL CHECK (tokens_per_minute >= 0),
  concurrent_requests bigint NOT NULL CHECK (concurrent_requests >= 0),
  spend_day_nano bigint NOT NULL CHECK (spend_day_nano >= 0),
  spend_month_nano bigint NOT NULL CHECK (spend_month_nano >= 0),
  spend_total_nano bigint NOT NULL CHECK (spend_total_nano >= 0),
  expires_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX api_key_account ON account.api_key (account_id, key_id);
CREATE INDEX api_key_live ON account.api_key (account_id) WHERE revoked_at IS NULL;

-- What directory streams tell: that a key or an account changed. Both ids empty: drop everything (ids that were
-- erased with their account leave this behind). Kept 10 minutes; the newest row always stays, as the mark up to
-- which everything was told. Revisions are drawn under an advisory lock, so their order is that of the commits.
CREATE TABLE account.key_revision (
  revision bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_id uuid,
  account_id uuid,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (key_id IS NULL OR account_id IS NULL)
);
CREATE INDEX key_revision_age ON account.key_revision (created_at);
INSERT INTO account.key_revision DEFAULT VALUES;

CREATE TABLE account.conversation (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account.account ON DELETE CASCADE,
  ephemeral boolean NOT NULL,
  -- Creation or marking plus 24 h; never extended.
  expires_at timestamptz,
  -- Which epoch secret its records need: floor(expires_at / 300 s).
  epoch bigint,
  -- Marked as ephemeral, and some of its records may still be sealed as durable ones.
  reseal_pending boolean NOT NULL DEFAULT false,
  model_id text NOT NULL,
  -- Sealed; a sealed record begins with 0xC1, so plaintext is refused by the table itself.
  title bytea CHECK (get_byte(title, 0) = 193 AND length(title) >= 68),
  created_at timestamptz NOT NULL,
  CHECK (ephemeral = (expires_at IS NOT NULL) AND ephemeral = (epoch IS NOT NULL))
);
ALTER TABLE account.conversation ALTER COLUMN title SET STORAGE EXTERNAL;
CREATE INDEX conversation_account ON account.conversation (account_id, id);
CREATE INDEX conversation_expiry ON account.conversation (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX conversation_reseal ON account.conversation (id) WHERE reseal_pending;

CREATE TABLE account.message (
  id uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES account.conversation ON DELETE CASCADE,
  -- The message that this one follows. It and position are sealed too, and compared after opening.
  parent_id uuid,
  -- The order in which they came. Even: what a person wrote; odd: an answer, to the message that parent_id names.
  position integer NOT NULL CHECK (position >= 0),
  body bytea NOT NULL CHECK (get_byte(body, 0) = 193 AND length(body) >= 68),
  UNIQUE (conversation_id, position)
);
-- Ciphertext does not compress.
ALTER TABLE account.message ALTER COLUMN body SET STORAGE EXTERNAL;

-- A deletion under way. Its row dies with its end, and then nothing carries the account's id.
CREATE TABLE account.deletion (
  account_id uuid PRIMARY KEY,
  step text NOT NULL CHECK (step IN ('shred', 'close', 'rows', 'forget', 'receipt')),
  step_began_at timestamptz NOT NULL,
  next_attempt_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  requested_at timestamptz NOT NULL,
  receipt_hash bytea NOT NULL UNIQUE CHECK (length(receipt_hash) = 32),
  -- What key-service answered when it destroyed the keys.
  unreadable_after timestamptz,
  backups_end timestamptz,
  -- Rows removed so far, by table.
  removed jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX deletion_due ON account.deletion (next_attempt_at);

CREATE TABLE account.receipt (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  -- Counts and dates only, as JSON, with its signature.
  body text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX receipt_expiry ON account.receipt (expires_at);

-- Attempts per subject: an HMAC of an address or a network under the pepper, so a dump tells neither.
CREATE TABLE account.throttle (
  subject bytea PRIMARY KEY CHECK (length(subject) = 32),
  attempts integer NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX throttle_expiry ON account.throttle (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON
  account.account, account.session, account.email_token, account.api_key, account.key_revision, account.conversation,
  account.message, account.deletion, account.receipt, account.throttle
  TO tacet_account;

-- The pruner sees keys and expiry times, nothing else. Messages go with their conversation (the cascade runs with
-- the owner's rights); MAINTAIN lets it VACUUM what sweeps leave behind.
GRANT DELETE, MAINTAIN ON account.session, account.email_token, account.conversation, account.receipt TO tacet_pruner;
GRANT MAINTAIN ON account.message TO tacet_pruner;
GRANT SELECT (id, expires_at) ON account.conversation TO tacet_pruner;
GRANT SELECT (hash, expires_at) ON account.session, account.email_token TO tacet_pruner;
GRANT SELECT (token_hash, expires_at) ON account.receipt TO tacet_pruner;
