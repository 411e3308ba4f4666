export { bootstrapInstance, loginRoles, ownerRole, scramVerifier, type Instance, type LoginRole } from './bootstrap.ts';
export { databaseAway } from './database-away.ts';
export { checkInstancesDiffer, migrate } from './migrate.ts';
export { isPostgresError, openPool, sqlState, transaction, type Connection, type Pool, type PoolOptions, type Queryable } from './pool.ts';
