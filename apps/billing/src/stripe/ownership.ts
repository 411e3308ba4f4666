import type { Queryable } from '@tacet/database';

/** What we write into the metadata of everything that we make at Stripe. */
export interface OwnMetadata {
  readonly tacet_deployment: string;
  readonly tacet_account: string;
}

/** Reads the id of this deployment: two that share an account at Stripe must not take the other's payments. */
export async function readDeploymentId(database: Queryable): Promise<string> {
  const { rows } = await database.query<{ id: string }>('SELECT deployment_id AS id FROM billing.deployment');
  const [row] = rows;
  if (!row) throw new Error('the database has no deployment id; it was not migrated whole');
  return row.id;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The account that an object of Stripe's is about; undefined when it is not ours. */
export function accountIn(metadata: Readonly<Record<string, string>> | null | undefined, deploymentId: string): string | undefined {
  if (metadata?.['tacet_deployment'] !== deploymentId) return undefined;
  const account = metadata['tacet_account'] ?? '';
  return uuid.test(account) ? account : undefined;
}
