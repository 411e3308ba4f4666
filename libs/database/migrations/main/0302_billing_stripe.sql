-- Payments by Stripe. Ids of Stripe's objects and amounts alone: no name, no address, no card.

-- Names this deployment in the objects it makes at Stripe, so that two that share an account there never take the other's.
CREATE TABLE billing.deployment (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  deployment_id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO billing.deployment DEFAULT VALUES;

ALTER TABLE billing.customer
  ADD COLUMN stripe_subscription_id text,
  -- Auto top-up: when less than `below` is posted, `amount` is charged, and in a UTC month no more than `month_max`. No amount: off.
  ADD COLUMN topup_below_nano bigint,
  ADD COLUMN topup_amount_nano bigint,
  ADD COLUMN topup_month_max_nano bigint,
  -- The last one was declined: none is tried until the customer sets it again.
  ADD COLUMN topup_failed boolean NOT NULL DEFAULT false,
  -- Billing suspended the account for a debt, and lets it go when the debt is paid.
  ADD COLUMN suspended_for_debt boolean NOT NULL DEFAULT false,
  ADD CHECK ((topup_amount_nano IS NULL) = (topup_below_nano IS NULL) AND (topup_amount_nano IS NULL) = (topup_month_max_nano IS NULL));
CREATE INDEX customer_topup ON billing.customer (account_id) WHERE topup_amount_nano IS NOT NULL AND NOT topup_failed;

-- What was asked of Stripe. Written before the call: its id is the key that makes a repeated call the same.
CREATE TABLE billing.stripe_call (
  call_id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES billing.customer ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('customer', 'top_up', 'subscription', 'refund', 'auto_top_up')),
  -- 0: none, or for a refund all.
  amount_nano bigint NOT NULL,
  -- What the call is about: the card that is charged, the object that is refunded, a hash of what a page is made of.
  target text NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'failed')),
  -- What Stripe made.
  object_id text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stripe_call_account ON billing.stripe_call (account_id, kind, created_at);
-- One at a time.
CREATE UNIQUE INDEX stripe_call_open ON billing.stripe_call (account_id, kind) WHERE state = 'open' AND kind IN ('customer', 'auto_top_up');
CREATE INDEX stripe_call_object ON billing.stripe_call (object_id);

-- What has to be looked at: an event of Stripe's, once by its id, or something of our own that calls for the same. Never trusted:
-- it only says which object to ask for.
CREATE TABLE billing.stripe_event (
  event_id text PRIMARY KEY,
  type text NOT NULL,
  object_id text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  -- What came of it; null: it waits.
  outcome text
);
CREATE INDEX stripe_event_due ON billing.stripe_event (due_at) WHERE outcome IS NULL;

-- Money that came in, once by the object that it came by: a Checkout Session, an invoice, a payment intent.
CREATE TABLE billing.stripe_credit (
  object_id text PRIMARY KEY,
  -- None: the account was deleted since.
  account_id uuid REFERENCES billing.customer ON DELETE SET NULL,
  kind text NOT NULL CHECK (kind IN ('top_up', 'subscription', 'auto_top_up')),
  payment_intent_id text UNIQUE,
  -- What the account was credited, and what the customer paid for it (taxes and discounts make the difference).
  amount_nano bigint NOT NULL CHECK (amount_nano > 0),
  paid_nano bigint NOT NULL CHECK (paid_nano >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stripe_credit_account ON billing.stripe_credit (account_id);
CREATE INDEX stripe_credit_created ON billing.stripe_credit (created_at);

-- Money that went back: a refund, a dispute.
CREATE TABLE billing.stripe_reversal (
  object_id text PRIMARY KEY,
  -- None: the account was deleted.
  account_id uuid REFERENCES billing.customer ON DELETE SET NULL,
  credit_id text NOT NULL REFERENCES billing.stripe_credit,
  kind text NOT NULL CHECK (kind IN ('refund', 'dispute')),
  -- What is taken of the credit, and what went at Stripe.
  amount_nano bigint NOT NULL CHECK (amount_nano > 0),
  returned_nano bigint NOT NULL,
  -- What of the amount loss:chargeback has paid so far in the account's place.
  owed_nano bigint NOT NULL CHECK (owed_nano BETWEEN 0 AND amount_nano),
  -- Taken; false: it came back (the refund failed, the dispute was won).
  active boolean NOT NULL,
  -- How often it was taken or came back: part of the ids of its transfers.
  round integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stripe_reversal_account ON billing.stripe_reversal (account_id);
CREATE INDEX stripe_reversal_credit ON billing.stripe_reversal (credit_id);

CREATE INDEX ledger_transfer_stripe ON billing.ledger_transfer (reference) WHERE 'stripe:clearing' IN (debit_account, credit_account);

GRANT UPDATE ON billing.customer TO tacet_billing;
GRANT SELECT ON billing.deployment TO tacet_billing;
GRANT SELECT, INSERT, UPDATE ON billing.stripe_call, billing.stripe_credit, billing.stripe_reversal TO tacet_billing;
GRANT SELECT, INSERT, UPDATE, DELETE ON billing.stripe_event TO tacet_billing;
