export { eventually } from './eventually.ts';
export { createTestDatabase, sharedServersVariable, type SharedServers, type TestDatabase } from './postgres.ts';
