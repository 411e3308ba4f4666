import { readBackOffice } from '../back-office.ts';
import type { Rates } from '../price.ts';
import { isSamePrice } from '../price-history.ts';
import type { Purse, Stage } from '../stage.ts';
import { readStatement } from '../statement.ts';

/** Whether billing has a request of a customer at these prices. */
export async function isBilledAt({ constellation }: Stage, { account }: Purse, rates: Rates): Promise<boolean> {
  const { prices } = await readBackOffice(constellation.servers.databases.main.databaseAdminUrl);
  const { requests } = await readStatement(constellation.operator, account.accountIdBytes);
  return requests.some(({ priceVersion }) => {
    const billed = prices.get(priceVersion);
    return billed !== undefined && isSamePrice(billed, rates);
  });
}
