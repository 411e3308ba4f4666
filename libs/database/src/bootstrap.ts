import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';

/** The two instances; they never share a server, so that no backup of messages holds the keys to them. */
export type Instance = 'main' | 'keystore';

/** Login roles by instance: one per process, with only the rights that migrations grant it. */
export const loginRoles = {
  main: ['tacet_owner', 'tacet_account', 'tacet_billing', 'tacet_pruner'],
  keystore: ['tacet_keystore_owner', 'tacet_key_service'],
} as const;

export type LoginRole = (typeof loginRoles)[Instance][number];

/** Roles that nobody logs in as; functions with rights of their own belong to them. */
const definerRoles: { readonly [I in Instance]: readonly string[] } = { main: ['tacet_forget'], keystore: [] };

/** Who owns schemas and tables and runs migrations. */
export const ownerRole = { main: 'tacet_owner', keystore: 'tacet_keystore_owner' } as const satisfies Record<Instance, LoginRole>;

/**
 * Makes the roles and the database of an instance, or brings their passwords up to date; idempotent. `adminUrl`
 * is a superuser's, for any existing database. Passwords reach the server as SCRAM verifiers, so that no
 * statement log can hold them.
 */
export async function bootstrapInstance(adminUrl: string, instance: Instance, database: string, passwords: Readonly<Partial<Record<LoginRole, string>>>): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    // Roles belong to the whole server, and several databases may be bootstrapped at once.
    await admin.query('SELECT pg_advisory_lock(7453)');
    for (const role of loginRoles[instance]) await ensureLoginRole(admin, role, passwords[role]);
    for (const role of definerRoles[instance]) {
      await ensureRole(admin, role);
      await admin.query(`GRANT ${role} TO ${ownerRole[instance]}`);
    }
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${ownerRole[instance]}`);
    await admin.query(`REVOKE ALL ON DATABASE ${pg.escapeIdentifier(database)} FROM PUBLIC`);
    await admin.query(`GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${loginRoles[instance].join(', ')}`);
  } finally {
    await admin.end();
  }
}

async function ensureLoginRole(admin: pg.Client, role: LoginRole, password: string | undefined): Promise<void> {
  await ensureRole(admin, role);
  const login = password === undefined ? 'LOGIN' : `LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`;
  await admin.query(`ALTER ROLE ${role} ${login}`);
  // An ordinary role may not set the first of these itself; openPool refuses a role without them.
  await admin.query(`ALTER ROLE ${role} SET log_parameter_max_length = 0`);
  await admin.query(`ALTER ROLE ${role} SET log_parameter_max_length_on_error = 0`);
}

async function ensureRole(admin: pg.Client, role: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (!rowCount) await admin.query(`CREATE ROLE ${role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION`);
}

const scramIterations = 4096;

/** A SCRAM-SHA-256 verifier as PostgreSQL stores it (RFC 5803; RFC 7677). Passwords must be ASCII. */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  if (!/^[\x21-\x7e]+$/.test(password)) throw new RangeError('a database password is made of printable ASCII without spaces');
  const salted = pbkdf2Sync(password, salt, scramIterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${scramIterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
