import type { Pool } from '@tacet/database';

/** A rule of billing taken away: a part of one of its functions is replaced. */
interface BrokenRule {
  readonly sentence: string;
  readonly function: string;
  readonly from: string;
  readonly to: string;
}

/** Rules that BREAK_RULE takes away, one at a time, to see that a test then fails. */
export const brokenRules: Readonly<Record<string, BrokenRule>> = {
  version: {
    sentence: 'The newer version of a SetLease wins.',
    function: 'set_leases',
    from: 'ELSIF c.version > lease_version THEN',
    to: 'ELSIF true THEN',
  },
  available: {
    sentence: 'A lease grows only out of what is available.',
    function: 'set_leases',
    from: 'greatest(c.posted - account_held + c.overdraft, 0) ELSE 0 END',
    to: '1000000 ELSE 0 END',
  },
  key_room: {
    sentence: "A key's holds count against its limit.",
    function: 'set_leases',
    from: 'greatest(c.room - key_held, 0)',
    to: 'c.room',
  },
  fence: {
    sentence: 'A newer epoch fences the grants of older ones.',
    function: 'set_leases',
    from: "WHEN t.epoch < s.epoch OR s.released THEN 'fenced'",
    to: "WHEN s.released THEN 'fenced'",
  },
  released_for_ever: { sentence: 'A released epoch is refused for ever.', function: 'renew_session', from: 'OR known.released', to: '' },
  late: {
    sentence: 'What neither hold nor balance covers is loss:late.',
    function: 'accrue',
    from: 'late_change := greatest(bare - available, 0)',
    to: 'late_change := 0',
  },
  late_back: {
    sentence: 'A late part is given back when a charge goes down.',
    function: 'accrue',
    from: 'late_change := -least(p_late, -p_delta, available - bare)',
    to: 'late_change := 0',
  },
  late_first: {
    sentence: 'What returns into a hold is not given back before it is covered.',
    function: 'accrue',
    from: '-least(p_late, -p_delta, available - bare)',
    to: '-least(p_late, -p_delta)',
  },
  skip: {
    sentence: 'What was applied before is skipped.',
    function: 'take_runs',
    from: 'skipped := greatest(done + 1 - p_seq[k], 0)',
    to: 'skipped := 0',
  },
  uncovered: {
    sentence: 'An account that could come short is taken record by record.',
    function: 'apply_usage',
    from: 'HAVING bool_or(l.owes) OR sum(l.uncovered) > min(l.available)',
    to: 'HAVING false',
  },
  owes: {
    sentence: 'So is one that has a late part to give back.',
    function: 'apply_usage',
    from: 'HAVING bool_or(l.owes) OR sum(l.uncovered)',
    to: 'HAVING sum(l.uncovered)',
  },
  order: {
    sentence: 'Records are taken in the order of their sequence.',
    function: 'apply_usage',
    from: 'ORDER BY t.n\n',
    to: 'ORDER BY t.n DESC\n',
  },
  whole: {
    sentence: 'The later record replaces the earlier whole.',
    function: 'apply_usage',
    from: 'p_input[t.i] - coalesce(u.input_tokens, 0)',
    to: 'greatest(p_input[t.i] - coalesce(u.input_tokens, 0), 0)',
  },
  spent_is_paid: {
    sentence: 'What was spent beyond a grant is paid already.',
    function: 'set_leases',
    from: 'base := greatest(lease_granted, least(c.target, c.spent))',
    to: 'base := lease_granted',
  },
  gap: { sentence: 'What is beyond a gap waits.', function: 'take_runs', from: 'p_seq[k] > done + 1 OR', to: '' },
  dead_by_seq: {
    sentence: 'Leases of an older epoch stay until its records are applied.',
    function: 'sweep_leases',
    from: '>= known.base[billing.partition_of(l.account_id) + 1]',
    to: '>= 0',
  },
  totals_final: {
    sentence: 'Leases of an older epoch stay until its totals are final.',
    function: 'sweep_leases',
    from: 'EXISTS (SELECT FROM billing.nolog_fold f WHERE f.edge_id = p_edge AND f.epoch = l.epoch)',
    to: 'true',
  },
  folded_for_ever: {
    sentence: 'Totals of a folded epoch are refused.',
    function: 'apply_totals',
    from: 'IF EXISTS (SELECT FROM billing.nolog_fold f WHERE f.edge_id = p_edge AND f.epoch = p_epoch) THEN RETURN; END IF;',
    to: '',
  },
  totals_version: {
    sentence: 'The newer version of totals wins.',
    function: 'apply_totals',
    from: 'CONTINUE WHEN t.version <= old.version',
    to: 'CONTINUE WHEN false',
  },
  barrier: {
    sentence: 'A lost edge waits for what was in Kafka at its expiry.',
    function: 'release_edge',
    from: 'coalesce(o.next_offset, 0) < least(known.barrier[p], p_log_ends[p])',
    to: 'false',
  },
  timeline: {
    sentence: 'Nobody is released within a lifetime of a failover.',
    function: 'timeline_is_settled',
    from: 'SELECT seen_at + p_lifetime < clock_timestamp() FROM billing.postgres_timeline',
    to: 'SELECT p_lifetime IS NOT NULL',
  },
  later_epoch: {
    sentence: 'A release never takes the leases of a later epoch.',
    function: 'sweep_leases',
    from: '(l.epoch < known.epoch OR known.released AND l.epoch = known.epoch)',
    to: 'l.epoch <= known.epoch',
  },
  number: { sentence: 'Only a greater number moves the expiry.', function: 'renew_session', from: 'AND p_number > number', to: '' },
};

/** Takes the rule that BREAK_RULE names away; throws when its function does not have that part. */
export async function breakRule(owner: Pool): Promise<void> {
  const name = process.env['BREAK_RULE'];
  if (!name) return;
  const rule = brokenRules[name];
  if (!rule) throw new Error(`there is no rule ${name}`);
  const { rows } = await owner.query<{ text: string }>(
    "SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE proname = $1 AND pronamespace = 'billing'::regnamespace",
    [rule.function],
  );
  const text = rows[0]?.text ?? '';
  if (!text.includes(rule.from)) throw new Error(`${rule.function} has no such part`);
  await owner.query(text.replace(rule.from, () => rule.to));
}
