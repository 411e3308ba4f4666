-- Limits of an account as a whole, which all of its keys and its chats share. 0: no limit of that kind.

ALTER TABLE account.account
  ADD COLUMN requests_per_minute bigint NOT NULL DEFAULT 0 CHECK (requests_per_minute >= 0),
  ADD COLUMN tokens_per_minute bigint NOT NULL DEFAULT 0 CHECK (tokens_per_minute >= 0),
  ADD COLUMN concurrent_requests bigint NOT NULL DEFAULT 0 CHECK (concurrent_requests >= 0);
