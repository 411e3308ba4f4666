export { eventually } from './eventually.ts';
export { createTestDatabase, type TestDatabase } from './postgres.ts';
export { startTestKafka, startTestRedis, type TestServer } from './servers.ts';
export { sharedServers, sharedServersVariable, type SharedServers } from './shared-servers.ts';
