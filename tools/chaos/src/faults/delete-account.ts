import { eventually } from '@tacet/testing';
import { isAccountGone } from '../back-office.ts';
import { leavers, plain } from '../customers.ts';
import { askAs, slowAnswer } from '../load.ts';
import type { Purse, Stage } from '../stage.ts';
import { whileBusy, type FaultScene } from './fault.ts';

const streams = 2;
const runningMs = { least: 200, most: 1_500 };
const beginMsMax = 60_000;
const answerMsMax = 10_000;

/** Somebody deletes their account while answers are still coming; the deletion then runs to its end beside everything else. */
export function deleteAccount(scene: FaultScene): Promise<void> | undefined {
  const { stage, dice, log, busy, receipts } = scene;
  const names = leavers.map(({ name }) => name);
  const purse = stage.purses.find((one) => names.includes(one.customer.name) && !one.isGone && !busy.has(placeOf(one)));
  if (!purse) return undefined;
  const ms = dice.between(runningMs.least, runningMs.most);
  const wishes = Array.from({ length: streams }, () => ({ purse, model: plain, edge: dice.between(0, stage.edgeUrls.length - 1), stream: true, demo: { ...slowAnswer, promptTokens: dice.between(1, 900) } }));
  log.count('account deleted');
  log.tell(`a ${purse.customer.name} has the account deleted ${ms} ms after ${streams} streams have begun`);
  return whileBusy(busy, placeOf(purse), async () => {
    const answers = Promise.all(wishes.map((wish) => askAs(stage, wish, new AbortController().signal)));
    await new Promise((resolve) => setTimeout(resolve, ms));
    await eventually('the deletion of an account begins', () => beginDeletion(stage, purse), beginMsMax);
    purse.isGone = true;
    const ended = await answers;
    receipts.push(...ended);
    const cut = ended.filter(({ done, pieces }) => pieces > 0 && !done);
    if (cut.length > 0) log.count('stream of a deleted account cut');
  });
}

function placeOf({ account }: Purse): string {
  return `account ${account.accountId}`;
}

/** Signs in and deletes the account, as its owner does. True once that is so, whether or not the answer came. */
export async function beginDeletion({ constellation }: Stage, { account }: Purse): Promise<boolean> {
  const { email, password, accountId } = account;
  const origin = constellation.accounts[0]?.url ?? '';
  const signal = AbortSignal.timeout(answerMsMax);
  const headers = { connection: 'close' };
  try {
    const signedIn = await fetch(`${origin}/api/session`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ email, password }), signal });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const { status } = await fetch(`${origin}/api/account`, { method: 'DELETE', headers: { ...headers, cookie }, signal });
    if (status === 202) return true;
  } catch {
    // What became of it is in the database.
  }
  return isAccountGone(constellation.servers.databases.main.databaseAdminUrl, accountId);
}
