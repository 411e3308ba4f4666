import type { Invariant } from './invariant.ts';

/** Every column of the books that could hold words, with what may stand in it. */
const patterns: Readonly<Record<string, string>> = {
  'customer.stripe_customer_id': '^cus_\\w+$',
  'customer.stripe_subscription_id': '^sub_\\w+$',
  'balance.state': '^[a-z]+$',
  'revision.name': '^[a-z]+$',
  'kafka_offset.topic': '^[\\w.-]{1,249}$',
  'kafka_offset.cluster_id': '^[\\w-]{0,64}$',
  'ledger_account.name': '^[a-z]+(:[a-z0-9-]+)?$',
  'ledger_transfer.debit_account': '^[a-z]+(:[a-z0-9-]+)?$',
  'ledger_transfer.credit_account': '^[a-z]+(:[a-z0-9-]+)?$',
  'ledger_transfer.kind': '^[a-z_]+$',
  'ledger_transfer.reference': '^[\\w:-]{0,255}$',
  'model.model_id': '^[^[:cntrl:]]+$',
  'price.model_id': '^[^[:cntrl:]]+$',
  'dead_letter.reason': '^[a-z_]+$',
  'discrepancy.kind': '^[a-z_]+$',
  'discrepancy.subject': '^[\\w:. -]{1,255}$',
  'postgres_timeline.timeline': '^[0-9A-F]{0,8}$',
  'stripe_call.kind': '^[a-z_]+$',
  'stripe_call.target': '^[\\w:-]{0,255}$',
  'stripe_call.state': '^[a-z_]+$',
  'stripe_call.object_id': '^\\w{0,255}$',
  'stripe_event.event_id': '^[\\w:. -]{0,255}$',
  'stripe_event.type': '^[a-z_.]{0,255}$',
  'stripe_event.object_id': '^[\\w:-]{0,255}$',
  'stripe_event.outcome': '^[a-z_]+$',
  'stripe_credit.object_id': '^\\w{0,255}$',
  'stripe_credit.kind': '^[a-z_]+$',
  'stripe_credit.payment_intent_id': '^\\w{0,255}$',
  'stripe_reversal.object_id': '^\\w{0,255}$',
  'stripe_reversal.credit_id': '^\\w{0,255}$',
  'stripe_reversal.kind': '^[a-z_]+$',
};

/** Columns whose values a run over a part of the books leaves out: they grow with every day. */
const long: readonly string[] = ['ledger_transfer', 'ledger_account'];

const values = Object.entries(patterns).map(([name, pattern]) => {
  const [table = '', column = ''] = name.split('.');
  const whole = long.includes(table) ? 'AND $3::bigint IS NULL' : '';
  return `SELECT '${name}', NULL::uuid, NULL::bigint, count(*), count(*) = 0 FROM billing.${table} WHERE ${column} !~ '${pattern}' ${whole}`;
});

/**
 * No content anywhere: no column of the books can hold words but those of the list above, what stands in those has their form,
 * and what is kept of a record is a record. That no sink of any process has content is shown by the tests with a canary.
 */
export const noContent: Invariant = {
  number: 11,
  sentence: 'The books hold counts, amounts, times and ids, and no place for words.',
  kind: 'content_found',
  query: `
    SELECT c.relname || '.' || a.attname AS subject, NULL::uuid AS account_id, NULL::bigint AS expected, NULL::bigint AS found,
           c.relname || '.' || a.attname IN (${Object.keys(patterns).map((name) => `'${name}'`).join(', ')}) AS holds
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = 'billing'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
       AND (t.typcategory = 'S' OR t.typname IN ('json', 'jsonb', 'xml', '_text', '_varchar', '_bytea', 'hstore')
            OR t.typname = 'bytea' AND c.relname <> 'dead_letter')
       AND $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL
    UNION ALL ${values.join('\n    UNION ALL ')}
    UNION ALL SELECT 'dead_letter.record', NULL, NULL, count(*), count(*) = 0 FROM billing.dead_letter WHERE octet_length(record) <> 128`,
};
